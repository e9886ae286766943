import { describe, expect, it } from "vitest";

import { findingsOf } from "#policies/judge";
import { readable } from "#policies/resource";
import { describeRule, faults, found, type Mutant, of, resource, ruleOf } from "../../harness.ts";

const POD = "spec.template.spec";

const OWN = `${POD}.containers[0].securityContext`;

/** A change of the model server's own security context. */
const server = (what: string, change: (context: any) => void, complaint: string): Mutant => ({
  what,
  layer: "workloads",
  resource: "fraud-rollout",
  change: ({ spec }) => change(spec.template.spec.containers[0].securityContext),
  says: `workloads-prod/fraud-rollout: '${OWN}.${complaint}`,
  unknown: `${POD}.containers.0.securityContext`,
});

const safe = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };

const pod = (more: object = {}) => ({
  securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  containers: [{ name: "main", image: "main", securityContext: safe }],
  ...more,
});

describeRule("K8S-02", [
  {
    what: "a port of the node",
    layer: "workloads",
    resource: "fraud-rollout",
    change: ({ spec }) => (spec.template.spec.containers[0].ports[0].hostPort = 8080),
    says: `workloads-prod/fraud-rollout: '${POD}.containers[0].ports[0].hostPort' must be left out, got '8080'`,
    unknown: `${POD}.containers.0.ports.0.hostPort`,
  },
  server("a privileged container", (own) => (own.privileged = true), "privileged' must be false, got 'true'"),
  server(
    "a container that may gain privileges",
    (own) => (own.allowPrivilegeEscalation = true),
    "allowPrivilegeEscalation' must be false, got 'true'",
  ),
  server(
    "a container that says nothing of gaining privileges",
    (own) => delete own.allowPrivilegeEscalation,
    "allowPrivilegeEscalation' must be false, got 'nothing'",
  ),
  server("capabilities that are kept", (own) => (own.capabilities.drop = ["KILL"]), "capabilities.drop' must be ALL, got 'KILL'"),
  server(
    "capabilities that are added",
    (own) => (own.capabilities.add = ["NET_BIND_SERVICE", "SYS_ADMIN"]),
    "capabilities.add' must be NET_BIND_SERVICE or nothing, got 'SYS_ADMIN'",
  ),
  server(
    "a container that overrides its pod's user",
    (own) => (own.runAsNonRoot = false),
    "runAsNonRoot' must be true, got 'false'",
  ),
  server("root by its number", (own) => (own.runAsUser = 0), "runAsUser' must be a user other than root, got '0'"),
  server(
    "a container without a seccomp profile",
    (own) => (own.seccompProfile = { type: "Unconfined" }),
    "seccompProfile.type' must be RuntimeDefault, got 'Unconfined'",
  ),
  {
    what: "an init container with privileges",
    layer: "workloads",
    resource: "fraud-rollout",
    change: ({ spec }) => (spec.template.spec.initContainers[0].securityContext.privileged = true),
    says: `workloads-prod/fraud-rollout: '${POD}.initContainers[0].securityContext.privileged' must be false, got 'true'`,
    unknown: `${POD}.initContainers`,
  },
  {
    what: "a job of the program without a seccomp profile",
    layer: "platform",
    resource: "tracking-collection",
    change: ({ spec }) => delete spec.jobTemplate.spec.template.spec.securityContext.seccompProfile,
    says: "platform-prod/tracking-collection: 'spec.jobTemplate.spec.template.spec.containers[0].securityContext.seccompProfile.type' must be RuntimeDefault, got 'nothing'",
    unknown: "spec.jobTemplate.spec.template.spec.securityContext",
  },
  ...["hostNetwork", "hostPID", "hostIPC"].map((host) => ({
    what: host,
    layer: "platform" as const,
    resource: "tracking-server",
    change: ({ spec }: any) => (spec.template.spec[host] = true),
    says: `platform-prod/tracking-server: '${POD}.${host}' must be false, got 'true'`,
    unknown: `${POD}.${host}`,
  })),
  {
    what: "a folder of the node",
    layer: "workloads",
    add: {
      type: "kubernetes:core/v1:Pod",
      name: "spy",
      inputs: {
        metadata: { namespace: "team-risk" },
        spec: pod({ volumes: [{ name: "node", hostPath: { path: "/etc" } }] }),
      },
    },
    says: "workloads-prod/spy: 'spec.volumes[0]' must be a volume that is not a folder of the node, nor of somebody's server, got 'hostPath'",
    unknown: "spec.volumes",
  },
  {
    what: "one of many jobs",
    layer: "workloads",
    add: {
      type: "kubernetes:jobset.x-k8s.io/v1alpha2:JobSet",
      name: "set",
      inputs: {
        metadata: { namespace: "team-risk" },
        spec: {
          replicatedJobs: [
            { name: "leader", template: { spec: { template: { spec: pod() } } } },
            { name: "workers", template: { spec: { template: { spec: pod({ hostIPC: true }) } } } },
          ],
        },
      },
    },
    says: "workloads-prod/set: 'spec.replicatedJobs[1].template.spec.template.spec.hostIPC' must be false, got 'true'",
    unknown: "spec.replicatedJobs.1.template",
  },
  {
    what: "a daemon that is not where daemons may read the node",
    layer: "platform",
    add: {
      type: "kubernetes:apps/v1:DaemonSet",
      name: "exporter",
      inputs: { metadata: { namespace: "mlflow" }, spec: { template: { spec: pod({ hostPID: true }) } } },
    },
    says: "platform-prod/exporter: 'spec.template.spec.hostPID' must be false, got 'true'",
    unknown: "metadata.namespace",
  },
]);

describe("K8S-02", () => {
  const found = (id: string, inputs: object, parameters: object = {}, provider: object = {}) =>
    findingsOf(
      ruleOf(id),
      resource("d", inputs, { type: "kubernetes:apps/v1:Deployment", provider: readable(provider) }),
      parameters,
    );

  const withPod = (spec: object, metadata: object = { namespace: "n" }) => ({ metadata, spec: { template: { spec } } });

  it("lets daemons read the node where the list says so", () => {
    const daemon = withPod({ hostNetwork: true, containers: [] }, { namespace: "monitoring" });
    expect(found("K8S-02", daemon, { privileged: ["monitoring"] })).toEqual([]);
    expect(found("K8S-02", daemon, { privileged: [] })).toHaveLength(1);
  });
});

describe("K8S-02, by fields that few people know", () => {
  const deployment = (spec: object, container: object = {}): string[] => {
    const safe = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, ...container };
    const securityContext = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };
    const pod = { securityContext, containers: [{ securityContext: safe }], ...spec };
    return faults("K8S-02", { type: "kubernetes:apps/v1:Deployment", inputs: { spec: { template: { spec: pod } } } });
  };

  it.each([
    ["AppArmor that is off", {}, { appArmorProfile: { type: "Unconfined" } }],
    ["a type of SELinux outside of containers", {}, { seLinuxOptions: { type: "spc_t" } }],
    ["all of /proc", {}, { procMount: "Unmasked" }],
    ["a process of a Windows host", {}, { windowsOptions: { hostProcess: "true" } }],
    ["a server of files", { volumes: [{ nfs: { server: "a" } }] }, {}],
    ["root as a text", {}, { runAsUser: "0" }],
  ])("refuses %s", (_, spec, container) => {
    expect(deployment(spec, container)).toHaveLength(1);
  });

  it("refuses a setting of the kernel that others feel", () => {
    const context = (name: string) => ({
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" }, sysctls: [{ name, value: "1" }] },
    });
    expect(deployment(context("kernel.msgmax"))).toHaveLength(1);
    expect(deployment(context("net.ipv4.tcp_syncookies"))).toEqual([]);
  });

  it.each([
    ["AppArmor of the runtime", {}, { appArmorProfile: { type: "RuntimeDefault" } }],
    ["a type of containers", {}, { seLinuxOptions: { type: "container_t", level: "s0:c1,c2" } }],
    ["/proc as it is", {}, { procMount: "Default" }],
    ["a claim and scratch space", { volumes: [{ persistentVolumeClaim: {} }, { emptyDir: {} }] }, {}],
  ])("accepts %s", (_, spec, container) => {
    expect(deployment(spec, container)).toEqual([]);
  });

  it("reads values of charts, outside of the namespaces that may use the node", () => {
    const chart = (namespace: string, values: object) =>
      faults("K8S-02", { type: "kubernetes:helm.sh/v3:Release", inputs: { namespace, values } });
    expect(chart("argo-rollouts", { controller: { hostNetwork: "true" } })).toEqual([
      "'values.controller.hostNetwork' must be false, got 'true'",
    ]);
    expect(chart("argo-rollouts", { containerSecurityContext: { privileged: true } })).toHaveLength(1);
    expect(chart("monitoring", { exporter: { hostNetwork: true } })).toEqual([]);
    expect(chart("argo-rollouts", { controller: { hostNetwork: false } })).toEqual([]);
  });
});

describe("K8S-02, by other types", () => {
  const patch = (spec: object) =>
    faults("K8S-02", { type: "kubernetes:apps/v1:DeploymentPatch", inputs: { spec: { template: { spec } } } });
  const volume = (spec: object) => faults("K8S-02", { type: "kubernetes:core/v1:PersistentVolume", inputs: { spec } });

  it("reads what a patch changes, and asks it for nothing else", () => {
    expect(patch({ containers: [{ name: "server", securityContext: { privileged: true } }] })).toEqual([
      "'spec.template.spec.containers[0].securityContext.privileged' must be false, got 'true'",
    ]);
    expect(patch({ hostNetwork: true })).toHaveLength(1);
    expect(patch({ containers: [{ name: "server", env: [{ name: "A", value: "b" }] }] })).toEqual([]);
    expect(patch({ containers: [{ name: "server", securityContext: { readOnlyRootFilesystem: true } }] })).toEqual([]);
  });

  it("refuses a volume that is a folder of the node's system", () => {
    expect(volume({ hostPath: { path: "/etc" } })).toHaveLength(1);
    expect(volume({ local: { path: "/" } })).toHaveLength(1);
    expect(volume({ local: { path: "/var/lib/kubelet" } })).toHaveLength(1);
    expect(volume({ local: { path: "/mnt/disks/one" } })).toEqual([]);
    expect(volume({ csi: { driver: "ebs.csi.aws.com", volumeHandle: "vol-1" } })).toEqual([]);
  });

  const open = { containers: [{ name: "a", securityContext: { privileged: true } }] };
  const pod = { apiVersion: "v1", kind: "Pod", spec: open };

  it.each<[string, object, string]>([
    ["core/v1:Pod", { spec: { ephemeralContainers: open.containers } }, "spec.ephemeralContainers[0]"],
    ["core/v1:PodTemplate", { template: { spec: open } }, "template.spec.containers[0]"],
    ["core/v1:PodTemplatePatch", { template: { spec: open } }, "template.spec.containers[0]"],
    ["core/v1:PodTemplateList", { items: [{ template: { spec: open } }] }, "items[0].template.spec.containers[0]"],
    ["core/v1:PodList", { items: [{}, { spec: open }] }, "items[1].spec.containers[0]"],
    ["apps/v1:DeploymentList", { items: [{ spec: { template: { spec: open } } }] }, "items[0].spec.template.spec.containers[0]"],
    [
      "batch/v1:CronJobList",
      { items: [{ spec: { jobTemplate: { spec: { template: { spec: open } } } } }] },
      "items[0].spec.jobTemplate.spec.template.spec.containers[0]",
    ],
    ["core/v1:List", { items: [{ kind: "Service" }, pod] }, "items[1].spec.containers[0]"],
    ["v1:List", { items: [pod] }, "items[0].spec.containers[0]"],
    ["core/v1:List", { items: [{ apiVersion: "v1", kind: "List", items: [pod] }] }, "items[0].items[0].spec.containers[0]"],
    [
      "core/v1:List",
      { items: [{ apiVersion: "apps/v1", kind: "DaemonSet", spec: { template: { spec: open } } }] },
      "items[0].spec.template.spec.containers[0]",
    ],
  ])("looks into a %s", (type, inputs, path) => {
    expect(found("K8S-02", of(`kubernetes:${type}`, "p", inputs))).toContain(`${path}.securityContext.privileged: true`);
  });
});
