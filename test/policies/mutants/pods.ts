import { kubernetes, type StackMutant } from "./mutant.ts";
import { COLLECTION, collection, fetch, fine, good, MIGRATION, migration, model, server } from "./workloads.ts";

/** Rights of a pod, by every field that gives some. */
export const PODS: readonly StackMutant[] = [
  server("a name that leads to an address of the network", (pod) => {
    pod.hostAliases = [{ ip: "10.30.0.66", hostnames: ["s3.eu-north-1.amazonaws.com"] }];
  }),
  model("a name of the mesh that leads to the internet", (pod) => {
    pod.hostAliases = [{ ip: "203.0.113.9", hostnames: ["istiod.istio-system.svc"] }];
  }),
  model("a name that leads past the name servers in the second alias", (pod) => {
    pod.hostAliases = [
      { ip: "127.0.0.1", hostnames: ["localhost.local"] },
      { ip: "2001:db8::9", hostnames: ["sts.amazonaws.com"] },
    ];
  }),
  server("a toleration without a key", (pod) => pod.tolerations.push({ operator: "Exists" })),
  model("a toleration of every taint of GPU nodes", (pod) => {
    pod.tolerations = [{ key: "nvidia.com/gpu", operator: "Exists" }];
  }),
  model("a toleration of the system's nodes", (pod) => {
    pod.tolerations = [{ key: "CriticalAddonsOnly", operator: "Exists", effect: "NoSchedule" }];
    pod.nodeSelector = { "millrace.dev/pool": "system" };
  }),
  model("a pod bound to a node by its name", (pod) => {
    pod.nodeName = "ip-10-30-0-12.eu-north-1.compute.internal";
  }),
  model("a token of the cluster by a volume", (pod, container) => {
    pod.volumes.push({ name: "token", projected: { sources: [{ serviceAccountToken: { path: "token" } }] } });
    container.volumeMounts.push({ name: "token", mountPath: "/var/run/token" });
  }),
  server("a token for everybody who asks for a day", (pod) => {
    pod.volumes.push({
      name: "token",
      projected: {
        sources: [
          { serviceAccountToken: { path: "token", audience: "https://kubernetes.default.svc", expirationSeconds: 86400 } },
        ],
      },
    });
  }),
  model("a token that a field of the pod mounts", (pod) => {
    pod.automountServiceAccountToken = true;
  }),
  kubernetes("workloads", "core/v1:ServiceAccount", "fraud-account").bad("an account whose pods all get a token", (inputs) => {
    inputs["automountServiceAccountToken"] = true;
  }),
  model("a privileged container, as text", (_, container) => {
    container.securityContext.privileged = "true";
  }),
  fetch("a privileged container before the server", (container) => {
    container.securityContext.privileged = true;
  }),
  migration("a privileged container in a Job", (_, container) => {
    container.securityContext.privileged = true;
  }),
  collection("a privileged container in a CronJob", (_, container) => {
    container.securityContext.privileged = true;
  }),
  fetch("a container before the server as root", (container) => {
    container.securityContext.runAsUser = 0;
  }),
  collection("a container as root, against its pod", (_, container) => {
    container.securityContext.runAsNonRoot = false;
  }),
  model("a container whose seccomp is off, against its pod", (_, container) => {
    container.securityContext.seccompProfile = { type: "Unconfined" };
  }),
  server("a pod whose AppArmor is off", (pod) => {
    pod.securityContext.appArmorProfile = { type: "Unconfined" };
  }),
  server("a pod of a type that SELinux lets do everything", (pod) => {
    pod.securityContext.seLinuxOptions = { type: "spc_t" };
  }),
  server("a container that sees all of /proc", (_, container) => {
    container.securityContext.procMount = "Unmasked";
  }),
  model("a container that drops one capability", (_, container) => {
    container.securityContext.capabilities.drop = ["NET_RAW"];
  }),
  fetch("a container before the server that may trace others", (container) => {
    container.securityContext.capabilities.add = ["SYS_PTRACE"];
  }),
  model("a container that may gain rights, by default", (_, container) => {
    delete container.securityContext.allowPrivilegeEscalation;
  }),
  collection("a container that writes to its own image", (_, container) => {
    delete container.securityContext.readOnlyRootFilesystem;
  }),
  server("processes that see each other", (pod) => {
    pod.shareProcessNamespace = true;
  }),
  server("memory that is shared with the node", (pod) => {
    pod.hostIPC = true;
  }),
  migration("a Job on the network of its node", (pod) => {
    pod.hostNetwork = true;
  }),
  model("a folder of the node, for reading", (pod, container) => {
    pod.volumes.push({ name: "etc", hostPath: { path: "/etc/kubernetes" } });
    container.volumeMounts.push({ name: "etc", mountPath: "/host", readOnly: true });
  }),
  model("a volume from somebody's file server", (pod) => {
    pod.volumes.push({ name: "share", nfs: { server: "203.0.113.9", path: "/models" } });
  }),
  server("a setting of the kernel that is not safe", (pod) => {
    pod.securityContext.sysctls = [{ name: "kernel.msgmax", value: "65536" }];
  }),
  server("names from a server on the internet", (pod) => {
    pod.dnsPolicy = "None";
    pod.dnsConfig = { nameservers: ["8.8.8.8"] };
  }),
  model("a model that pushes the system out", (pod) => {
    pod.priorityClassName = "system-node-critical";
  }),
  model("a model with the account of every pod", (pod) => {
    pod.serviceAccountName = "default";
  }),
  model("a container without a limit of memory", (_, container) => {
    delete container.resources.limits;
  }),
  model("a container without a request of CPU", (_, container) => {
    delete container.resources.requests.cpu;
  }),
  model("memory without a unit", (_, container) => {
    container.resources = { requests: { cpu: "500m", memory: "1" }, limits: { memory: "1" } };
  }),
  model("memory in thousandths of a byte", (_, container) => {
    container.resources = { requests: { cpu: "500m", memory: "1024m" }, limits: { memory: "1024m" } };
  }),
  model("five hundred CPUs", (_, container) => {
    container.resources.requests.cpu = "500";
  }),
  model("a request beyond its limit", (_, container) => {
    container.resources.limits.memory = "512Mi";
  }),
  fetch("a container before the server without requests", (container) => {
    container.resources = {};
  }),
  model("a GPU without a pool of GPUs", (_, container) => {
    container.resources.limits["nvidia.com/gpu"] = "1";
  }),
  model("a server that nobody asks whether it is ready", (_, container) => {
    delete container.readinessProbe;
  }),
  server("a server that nobody asks whether it lives", (_, container) => {
    delete container.livenessProbe;
  }),
  model("a server that is asked on a port that it does not have", (_, container) => {
    container.readinessProbe.httpGet.port = "metrics";
  }),
  model("a server that is always ready", (_, container) => {
    container.readinessProbe = { exec: { command: ["true"] } };
  }),
  model("a server that is killed in the middle of a request", (pod, container) => {
    pod.terminationGracePeriodSeconds = 0;
    delete container.lifecycle;
  }),
  model("a server that may lie in one zone", (pod) => {
    delete pod.topologySpreadConstraints;
  }),
  model("a spread over zones of other pods", (pod) => {
    pod.topologySpreadConstraints[0].labelSelector.matchLabels.app = "other";
  }),
  model("a spread that never binds", (pod) => {
    pod.topologySpreadConstraints[0].maxSkew = 100;
  }),
  server("all replicas away at once", (_pod, _container, spec) => {
    spec.strategy = { type: "Recreate" };
  }),
  server("half of the replicas away at once", (_pod, _container, spec) => {
    spec.strategy.rollingUpdate.maxUnavailable = "100%";
  }),
  collection("nightly jobs that run over each other", (_pod, _container, spec) => {
    spec.concurrencyPolicy = "Allow";
  }),
  collection("a nightly job without an end", (_pod, _container, spec) => {
    delete spec.jobTemplate.spec.activeDeadlineSeconds;
  }),
  migration("a Job without an end", (_pod, _container, spec) => {
    delete spec.activeDeadlineSeconds;
  }),
  migration("a Job that is tried a thousand times", (_pod, _container, spec) => {
    spec.backoffLimit = 1000;
  }),
  model("scratch space that fills the node", (pod) => {
    pod.volumes.find(({ name }: any) => name === "scratch").emptyDir = { medium: "Memory" };
  }),

  fine("memory in another unit", (_, container) => {
    container.resources.limits.memory = "2097152Ki";
  }),
  good("memory in mebibytes", (_, container) => {
    container.resources = { requests: { cpu: "0.5", memory: "1024Mi" }, limits: { memory: "1024Mi" } };
  }),
  good("half a CPU as a number", (_, container) => {
    container.resources.requests.cpu = 0.5;
  }),
  good("one more variable", (_, container) => container.env.push({ name: "LOG_LEVEL", value: "info" })),
  good("variables in another order", (_, container) => container.env.reverse()),
  fine("one more container's worth of labels", (_pod, _container, spec) => {
    spec.template.metadata.labels["example.com/owner"] = "platform";
  }),
  good("a spread over nodes too", (pod) =>
    pod.topologySpreadConstraints.push({ ...pod.topologySpreadConstraints[0], topologyKey: "kubernetes.io/hostname" }),
  ),
  good("a container that says again what its pod says", (_, container) => {
    Object.assign(container.securityContext, { runAsNonRoot: true, runAsUser: 10001, privileged: false });
  }),
  good("a pod that says that it does not share the node's network", (pod) => {
    Object.assign(pod, { hostNetwork: false, hostPID: false, hostIPC: false });
  }),
  good("a longer time for the end", (pod) => {
    pod.terminationGracePeriodSeconds = 60;
  }),
  good("more patience of a probe", (_, container) => {
    container.readinessProbe.failureThreshold = 3;
  }),
  good("a read-only volume with the name of its pod", (pod, container) => {
    pod.volumes.push({ name: "about", downwardAPI: { items: [{ path: "name", fieldRef: { fieldPath: "metadata.name" } }] } });
    container.volumeMounts.push({ name: "about", mountPath: "/about", readOnly: true });
  }),
  good("scratch space with a size", (pod) => {
    pod.volumes.find(({ name }: any) => name === "scratch").emptyDir = { sizeLimit: "1Gi" };
  }),
  good("one more capability of none", (_, container) => {
    container.securityContext.capabilities.add = [];
  }),
  good("tolerations of a node that is away for a minute", (pod) => {
    pod.tolerations = [{ key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute", tolerationSeconds: 60 }];
  }),
  COLLECTION.harmless("a nightly job on another day", ({ spec }) => {
    spec.schedule = "30 4 * * 6";
  }),
  MIGRATION.harmless("a Job with less time", ({ spec }) => {
    spec.activeDeadlineSeconds = 1800;
  }),
  fine("an alias of the pod itself", (pod) => {
    pod.hostAliases = [{ ip: "127.0.0.1", hostnames: ["localhost.local"] }];
  }),
  fine("no alias, in so many words", (pod) => {
    pod.hostAliases = [];
  }),
];
