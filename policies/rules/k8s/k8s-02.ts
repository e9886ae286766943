import { type Fault, type Finding, together, unless } from "../../findings.ts";
import { CHARTS, isChart } from "../../kubernetes/charts.ts";
import { namespaceOf } from "../../kubernetes/objects.ts";
import { CONTAINERS, everyContainer, PODS } from "../../kubernetes/pod-expressions.ts";
import { containersOf, type Pod, type PodContainer, podsOf, WORKLOAD_PATCHES, WORKLOADS } from "../../kubernetes/workloads.ts";
import { at, type Bag, bag, bags, flag, isSet, number, shown, text, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

interface Host {
  /** Namespaces whose pods may use the host; their label says `privileged`. */
  privileged: readonly string[];
  /** Whether a chart there may take every right at once: some network plugins do, and no chart of this project. */
  whole: boolean;
}
const OF_THE_HOST: Host = { privileged: ["monitoring", "gpu-operator", "kube-system"], whole: false };

/** Volumes that pods claim by name: a folder of the node stays one behind a claim. */
const VOLUMES = ["kubernetes:core/v1:PersistentVolume", "kubernetes:core/v1:PersistentVolumePatch"];

export const K8S_02 = rule<Host>({
  id: "K8S-02",
  title:
    "Pods run as a user other than root, without capabilities, with the runtime's seccomp profile, and without access to their node",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 4.2.1", "CIS EKS 4.2.2", "CIS EKS 4.2.3", "CIS EKS 4.2.4", "CIS EKS 4.2.5"],
  remediation:
    'Set `securityContext` of the pod to `{ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } }` and of each container to `{ allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } }`. Use no host namespace, no `hostPath` and no `hostPort`.',
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
  parameters: { dev: OF_THE_HOST, staging: OF_THE_HOST, prod: OF_THE_HOST },
  elsewhere: { ...OF_THE_HOST, whole: true },
  types: [...WORKLOADS, ...WORKLOAD_PATCHES, ...VOLUMES, ...CHARTS],
  check: (resource, { privileged, whole }) => {
    if (VOLUMES.includes(resource.type)) {
      return folderOfNode(bag(resource.inputs, "spec"));
    }
    if (isChart(resource)) {
      const isOfHost = privileged.includes(text(resource.inputs, "namespace") ?? "");
      return isOfHost && whole ? [] : wishesOf(at(resource.inputs, "values"), "values", isOfHost ? WHOLE : OF_NODE);
    }
    const isPatch = WORKLOAD_PATCHES.includes(resource.type);
    const findings = together(
      podsOf(resource).flatMap((pod) => [
        () => usesOfHost(pod),
        ...containersOf(pod).flatMap((each) => [
          () => portsOfHost(each),
          () => (isPatch ? rightsOf(each, pod).filter(({ got }) => got !== "nothing") : rightsOf(each, pod)),
        ]),
      ]),
    );
    return findings.length > 0 && privileged.includes(namespaceOf(resource)) ? [] : findings;
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
        message: "a pod must not mount files of its node: use a volume other than hostPath",
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
          "a container must not gain privileges: set securityContext.allowPrivilegeEscalation to false, and leave privileged out",
      },
      {
        expression: everyContainer(
          "has(c.securityContext) && has(c.securityContext.capabilities) && has(c.securityContext.capabilities.drop) && 'ALL' in c.securityContext.capabilities.drop && (!has(c.securityContext.capabilities.add) || c.securityContext.capabilities.add.all(a, a == 'NET_BIND_SERVICE'))",
        ),
        message:
          "a container must have no capabilities: set securityContext.capabilities.drop to [ALL], and add at most NET_BIND_SERVICE",
      },
      {
        expression: `${everyContainer(
          "has(c.securityContext) && has(c.securityContext.runAsNonRoot) ? c.securityContext.runAsNonRoot : has(variables.pod.runAsNonRoot) && variables.pod.runAsNonRoot",
        )} && (!has(variables.pod.runAsUser) || variables.pod.runAsUser != 0) && ${everyContainer(
          "!has(c.securityContext) || !has(c.securityContext.runAsUser) || c.securityContext.runAsUser != 0",
        )}`,
        message: "a container must not run as root: set securityContext.runAsNonRoot to true, and do not set runAsUser to 0",
      },
      {
        expression: everyContainer(
          "has(c.securityContext) && has(c.securityContext.seccompProfile) ? c.securityContext.seccompProfile.type in ['RuntimeDefault', 'Localhost'] : has(variables.pod.seccompProfile) && variables.pod.seccompProfile.type in ['RuntimeDefault', 'Localhost']",
        ),
        message: "a container must have a seccomp profile: set securityContext.seccompProfile.type to RuntimeDefault",
      },
    ],
  },
});

function usesOfHost({ path, spec }: Pod): Fault[] {
  return [
    ...["hostNetwork", "hostPID", "hostIPC"].flatMap((host) =>
      unless(flag(spec, host) !== true, { property: `${path}.${host}`, got: "true", want: "false" }),
    ),
    ...bags(spec, "volumes").flatMap((volume, index) => {
      const [kind] = FOREIGN.filter((each) => isSet(volume, each));
      return unless(kind === undefined, {
        property: `${path}.volumes[${index}]`,
        got: kind ?? "",
        want: "a volume that is not a folder of the node, nor of somebody's server",
      });
    }),
    ...bags(spec, "securityContext", "sysctls").flatMap((each, index) => {
      const got = text(each, "name") ?? "nothing";
      const property = `${path}.securityContext.sysctls[${index}].name`;
      return unless(SAFE_SYSCTLS.includes(got), { property, got, want: "a setting that the Pod Security standards allow" });
    }),
  ];
}

/** Volumes outside of the Pod Security level `restricted` that a pod names itself, without a claim. */
const FOREIGN = ["hostPath", "nfs", "iscsi", "cephfs", "glusterfs", "rbd", "fc", "gitRepo", "flexVolume"];

/** Folders of the node's own system. Others may be local disks. */
const OF_SYSTEM = /^\/+((bin|boot|dev|etc|home|lib\d*|opt|proc|root|run|sbin|sys|usr|var)(\/|$)|$)/;

function folderOfNode(spec: Bag): Fault[] {
  const want = "a volume that is no folder of the node's system, such as one of the EBS driver";
  const local = text(spec, "local", "path") ?? "";
  return [
    ...unless(!isSet(spec, "hostPath"), { property: "spec.hostPath", got: "a folder of the node", want }),
    ...unless(!OF_SYSTEM.test(local), { property: "spec.local.path", got: local, want }),
  ];
}

/** Settings of the kernel that belong to a pod alone (Pod Security Standards, "Sysctls"). */
const SAFE_SYSCTLS = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.ping_group_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
];

/** Types of SELinux that stay in a container (Pod Security Standards, "SELinux"). */
const SELINUX_TYPES = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

/** Values by which charts ask for the node, whichever chart it is. */
const OF_NODE = ["hostNetwork", "hostPID", "hostIPC", "privileged", "allowPrivilegeEscalation"];

/** Every right at once. */
const WHOLE = ["privileged"];

function wishesOf(value: unknown, path: string, wishes: readonly string[]): Finding[] {
  if (typeof value !== "object" || value === null) {
    return [];
  }
  const checks = Object.keys(value).map((key) => () => {
    const property = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
    if (wishes.includes(key)) {
      return unless(flag(value, key) !== true, { property, got: "true", want: "false" });
    }
    return typeof Reflect.getOwnPropertyDescriptor(value, key)?.value === "object"
      ? wishesOf(at(value, key), property, wishes)
      : [];
  });
  return together(checks);
}

const portsOfHost = ({ path, container }: PodContainer): Fault[] =>
  bags(container, "ports").flatMap((port, index) => {
    const got = number(port, "hostPort") ?? 0;
    return unless(got === 0, { property: `${path}.ports[${index}].hostPort`, got: String(got), want: "left out" });
  });

function rightsOf({ path, container }: PodContainer, pod: Pod): Fault[] {
  const own = bag(container, "securityContext");
  const all = bag(pod.spec, "securityContext");
  const fault = (property: string, got: unknown, want: string): Fault => ({
    property: `${path}.securityContext.${property}`,
    got: shown(got),
    want,
  });
  const drop = texts(own, "capabilities", "drop");
  const added = texts(own, "capabilities", "add").filter((capability) => capability !== "NET_BIND_SERVICE");
  const user = number(own, "runAsUser") ?? number(all, "runAsUser");
  const nonRoot = flag(own, "runAsNonRoot") ?? flag(all, "runAsNonRoot");
  const profile = text(isSet(own, "seccompProfile") ? own : all, "seccompProfile", "type");
  const armour = text(isSet(own, "appArmorProfile") ? own : all, "appArmorProfile", "type") ?? "RuntimeDefault";
  const selinux = text(isSet(own, "seLinuxOptions") ? own : all, "seLinuxOptions", "type") ?? "";
  const proc = text(own, "procMount") ?? "Default";
  const onHost = flag(own, "windowsOptions", "hostProcess") ?? flag(all, "windowsOptions", "hostProcess");
  const escalation = flag(own, "allowPrivilegeEscalation");
  return [
    ...unless(flag(own, "privileged") !== true, fault("privileged", true, "false")),
    ...unless(escalation === false, fault("allowPrivilegeEscalation", escalation, "false")),
    ...unless(drop.includes("ALL"), fault("capabilities.drop", drop.join(", "), "ALL")),
    ...unless(added.length === 0, fault("capabilities.add", added.join(", "), "NET_BIND_SERVICE or nothing")),
    ...unless(nonRoot === true, fault("runAsNonRoot", nonRoot, "true")),
    ...unless(user !== 0, fault("runAsUser", user, "a user other than root")),
    ...unless(["RuntimeDefault", "Localhost"].includes(profile ?? ""), fault("seccompProfile.type", profile, "RuntimeDefault")),
    ...unless(armour !== "Unconfined", fault("appArmorProfile.type", armour, "RuntimeDefault")),
    ...unless(SELINUX_TYPES.includes(selinux), fault("seLinuxOptions.type", selinux, "left out, or a type of containers")),
    ...unless(proc === "Default", fault("procMount", proc, "Default")),
    ...unless(onHost !== true, fault("windowsOptions.hostProcess", true, "false")),
  ];
}
