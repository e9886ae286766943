import type { Mutant } from "#rehearsal/mutants/mutant";
import { object, type ProdMutant } from "./mutant.ts";

/** One change to the tracking server, a Deployment of two containers. */
const server = (what: string, change: (pod: any, container: any) => void): Mutant => ({
  what,
  layer: "platform",
  resource: object("apps/v1:Deployment", "tracking-server"),
  change: (inputs) => {
    const pod = inputs["spec"].template.spec;
    change(pod, pod.containers[0]);
  },
});

/** One change to the model server, a Rollout. */
const model = (what: string, change: (container: any) => void): Mutant => ({
  what: `${what}, in a Rollout`,
  layer: "workloads",
  resource: object("argoproj.io/v1alpha1:Rollout", "fraud-rollout"),
  change: (inputs) => change(inputs["spec"].template.spec.containers[0]),
});

const privileged = (container: any): void => {
  container.securityContext.privileged = true;
};
const latest = (container: any): void => {
  container.image = container.image.replace(/[:@].*/, ":latest");
};
const unlimited = (container: any): void => {
  delete container.resources;
};

/** What a pod must not be. */
export const POD_MUTANTS: readonly ProdMutant[] = [
  server("a privileged container", (_, container) => privileged(container)),
  server("a container that may gain privileges", (_, container) => {
    container.securityContext.allowPrivilegeEscalation = true;
  }),
  server("a container that runs as root", (pod) => {
    pod.securityContext.runAsNonRoot = false;
    pod.securityContext.runAsUser = 0;
  }),
  server("the capability SYS_ADMIN", (_, container) => {
    container.securityContext.capabilities.add = ["SYS_ADMIN"];
  }),
  server("all capabilities of the runtime", (_, container) => {
    delete container.securityContext.capabilities;
  }),
  server("no seccomp profile", (pod) => {
    delete pod.securityContext.seccompProfile;
  }),
  server("a root file system that can be written", (_, container) => {
    container.securityContext.readOnlyRootFilesystem = false;
  }),
  server("Docker's socket mounted", (pod) => {
    pod.volumes.push({ name: "docker", hostPath: { path: "/var/run/docker.sock" } });
  }),
  server("the network of the node", (pod) => {
    pod.hostNetwork = true;
  }),
  server("the processes of the node", (pod) => {
    pod.hostPID = true;
  }),
  server("a port of the node", (_, container) => {
    container.ports[0].hostPort = 5000;
  }),
  server("the tag `latest`", (_, container) => latest(container)),
  server("an image from Docker Hub, by digest", (_, container) => {
    container.image = `docker.io/somebody/mlflow@sha256:${"0".repeat(64)}`;
  }),
  server("no requests and no limits", (_, container) => unlimited(container)),
  server("no probes", (_, container) => {
    delete container.readinessProbe;
    delete container.livenessProbe;
  }),
  server("no spread over zones", (pod) => {
    delete pod.topologySpreadConstraints;
  }),
  server("a password in a variable", (_, container) => {
    container.env.push({ name: "SMTP_PASSWORD", value: "q7Rk9sLw2mXvB4tZ" });
  }),
  server("a token for the Kubernetes API", (pod) => {
    pod.automountServiceAccountToken = true;
  }),
  server("the service account `default`", (pod) => {
    pod.serviceAccountName = "default";
  }),
  {
    what: "the namespace `default`",
    layer: "platform",
    resource: object("apps/v1:Deployment", "tracking-server"),
    change: (inputs) => {
      inputs["metadata"].namespace = "default";
    },
  },
  model("a privileged container", privileged),
  model("the tag `latest`", latest),
  model("no requests and no limits", unlimited),
  {
    what: "a single replica",
    layer: "platform",
    resource: object("autoscaling/v2:HorizontalPodAutoscaler", "tracking-autoscaler"),
    change: (inputs) => {
      inputs["spec"].minReplicas = 1;
    },
  },
  { what: "no disruption budget", layer: "platform", removes: [object("policy/v1:PodDisruptionBudget", "tracking-budget")] },
];
