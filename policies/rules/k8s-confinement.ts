import { type Fault, levels, type Rule, rule } from "../rule.ts";
import { CONTAINERS, everyContainer, PODS } from "./pod-expressions.ts";
import { containersOf, namespaceOf, type Pod, podsOf, WORKLOADS } from "./workloads.ts";

interface Host {
  /** Namespaces whose pods may use the host; their label says `privileged`. */
  privileged: readonly string[];
}
const ofTheHost: Host = { privileged: ["monitoring", "gpu-operator", "kube-system"] };

const confined = rule<Host>({
  id: "K8S-02",
  title: "Pods run as an ordinary user, without capabilities, with the runtime's seccomp profile, and see nothing of their node",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 4.2.1", "CIS EKS 4.2.2", "CIS EKS 4.2.3", "CIS EKS 4.2.4", "CIS EKS 4.2.5"],
  remediation:
    'Set `securityContext` of the pod to `{ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } }` and of each container to `{ allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } }`; use no host namespace, no `hostPath` and no `hostPort`.',
  peers: [
    "CKV_K8S_16",
    "CKV_K8S_20",
    "CKV_K8S_23",
    "CKV_K8S_26",
    "CKV_K8S_28",
    "CKV_K8S_31",
    "KSV-0001",
    "KSV-0012",
    "polaris",
    "kube-linter",
    "kyverno",
  ],
  parameters: { dev: ofTheHost, staging: ofTheHost, prod: ofTheHost },
  types: WORKLOADS,
  check: (resource, { privileged }) => {
    const faults = podsOf(resource).flatMap((pod) => [
      ...usesOfHost(pod),
      ...containersOf(pod).flatMap((each) => [...portsOfHost(each), ...rightsOf(each, pod)]),
    ]);
    return faults.length > 0 && privileged.includes(namespaceOf(resource)) ? [] : faults;
  },
  admission: {
    objects: [{ ...PODS, resources: ["pods", "pods/ephemeralcontainers"] }],
    variables: [
      {
        name: "containers",
        expression: `${CONTAINERS.expression} + (has(object.spec.ephemeralContainers) ? object.spec.ephemeralContainers : [])`,
      },
      { name: "pod", expression: "has(object.spec.securityContext) ? object.spec.securityContext : {}" },
    ],
    validations: [
      {
        expression: ["hostNetwork", "hostPID", "hostIPC"]
          .map((host) => `(!has(object.spec.${host}) || !object.spec.${host})`)
          .join(" && "),
        message: "a pod must not share the network or the processes of its node: remove hostNetwork, hostPID and hostIPC",
      },
      {
        expression: "!has(object.spec.volumes) || object.spec.volumes.all(v, !has(v.hostPath))",
        message: "a pod must not mount files of its node: use another volume than hostPath",
      },
      {
        expression: everyContainer("!has(c.ports) || c.ports.all(p, !has(p.hostPort) || p.hostPort == 0)"),
        message: "a container must not take a port of its node: remove hostPort, and use a Service",
      },
      {
        expression: everyContainer(
          "has(c.securityContext) && has(c.securityContext.allowPrivilegeEscalation) && !c.securityContext.allowPrivilegeEscalation && (!has(c.securityContext.privileged) || !c.securityContext.privileged)",
        ),
        message:
          "a container must not gain privileges: set securityContext.allowPrivilegeEscalation to false, and privileged not at all",
      },
      {
        expression: everyContainer(
          "has(c.securityContext) && has(c.securityContext.capabilities) && has(c.securityContext.capabilities.drop) && 'ALL' in c.securityContext.capabilities.drop && (!has(c.securityContext.capabilities.add) || c.securityContext.capabilities.add.all(a, a == 'NET_BIND_SERVICE'))",
        ),
        message:
          "a container must have no capabilities: set securityContext.capabilities.drop to [ALL], and add none but NET_BIND_SERVICE",
      },
      {
        expression: `${everyContainer(
          "has(c.securityContext) && has(c.securityContext.runAsNonRoot) ? c.securityContext.runAsNonRoot : has(variables.pod.runAsNonRoot) && variables.pod.runAsNonRoot",
        )} && (!has(variables.pod.runAsUser) || variables.pod.runAsUser != 0) && ${everyContainer(
          "!has(c.securityContext) || !has(c.securityContext.runAsUser) || c.securityContext.runAsUser != 0",
        )}`,
        message: "a container must not run as root: set securityContext.runAsNonRoot to true, and runAsUser not to 0",
      },
      {
        expression: everyContainer(
          "has(c.securityContext) && has(c.securityContext.seccompProfile) ? c.securityContext.seccompProfile.type in ['RuntimeDefault', 'Localhost'] : has(variables.pod.seccompProfile) && variables.pod.seccompProfile.type in ['RuntimeDefault', 'Localhost']",
        ),
        message:
          "a container must keep to the system calls of a profile: set securityContext.seccompProfile.type to RuntimeDefault",
      },
    ],
  },
});

function usesOfHost({ path, spec }: Pod): Fault[] {
  const shared = ["hostNetwork", "hostPID", "hostIPC"].filter((host) => spec[host] === true);
  const volumes: any[] = spec.volumes ?? [];
  return [
    ...shared.map((host) => ({ property: `${path}.${host}`, got: "true", want: "false" })),
    ...volumes.flatMap((volume, at) =>
      "hostPath" in volume
        ? [{ property: `${path}.volumes[${at}]`, got: "hostPath", want: "a volume that is not a folder of the node" }]
        : [],
    ),
  ];
}

const portsOfHost = ({ path, container }: { path: string; container: any }): Fault[] =>
  (container.ports ?? []).flatMap(({ hostPort }: any, at: number) =>
    hostPort ? [{ property: `${path}.ports[${at}].hostPort`, got: String(hostPort), want: "left out" }] : [],
  );

function rightsOf({ path, container }: { path: string; container: any }, pod: Pod): Fault[] {
  const own = container.securityContext ?? {};
  const all = pod.spec.securityContext ?? {};
  const at = (property: string, got: string | number | boolean | undefined, want: string): Fault => ({
    property: `${path}.securityContext.${property}`,
    got: String(got ?? "nothing"),
    want,
  });
  const { add = [], drop = [] } = own.capabilities ?? {};
  const added = add.filter((capability: string) => capability !== "NET_BIND_SERVICE");
  const user = own.runAsUser ?? all.runAsUser;
  const profile = (own.seccompProfile ?? all.seccompProfile)?.type;
  return [
    ...(own.privileged === true ? [at("privileged", true, "false")] : []),
    ...(own.allowPrivilegeEscalation === false ? [] : [at("allowPrivilegeEscalation", own.allowPrivilegeEscalation, "false")]),
    ...(drop.includes("ALL") ? [] : [at("capabilities.drop", drop.join(", ") || undefined, "ALL")]),
    ...(added.length === 0 ? [] : [at("capabilities.add", added.join(", "), "NET_BIND_SERVICE or nothing")]),
    ...((own.runAsNonRoot ?? all.runAsNonRoot) === true
      ? []
      : [at("runAsNonRoot", own.runAsNonRoot ?? all.runAsNonRoot, "true")]),
    ...(user === 0 ? [at("runAsUser", user, "a user other than root")] : []),
    ...(["RuntimeDefault", "Localhost"].includes(profile) ? [] : [at("seccompProfile.type", profile, "RuntimeDefault")]),
  ];
}

export const K8S_CONFINEMENT: readonly Rule[] = [confined];
