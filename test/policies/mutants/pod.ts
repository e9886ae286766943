const IMAGE = `333333333333.dkr.ecr.eu-north-1.amazonaws.com/millrace-prod/model-server@sha256:${"1".repeat(64)}`;
/** A pod that keeps every rule. */
export const pod = (edit: (pod: any) => void = () => undefined): any => {
  const spec = {
    automountServiceAccountToken: false,
    serviceAccountName: "jobs",
    securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "one",
        image: IMAGE,
        securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
        resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "128Mi" } },
        readinessProbe: { httpGet: { path: "/", port: 8080 } },
        livenessProbe: { httpGet: { path: "/", port: 8080 } },
      },
    ],
  };
  edit(spec);
  return spec;
};
