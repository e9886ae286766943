import { describe, expect, it } from "vitest";
import { resourcesOf } from "#plan/policy";
import { faultsOf } from "#policies/evaluate";
import { type Resource, readable } from "#policies/resource";
import { ENVIRONMENTS, type Rule } from "#policies/rule";
import { queuedPools } from "#policies/rules/gpu-pools";
import { QUEUES } from "#policies/rules/queues";
import { stackOf } from "../../harness/stacks.ts";
import { describeRule } from "../conformance.ts";

/** Changes the manager's configuration inside the chart's values. */
const configured = (change: (configuration: any) => void) => (inputs: any) => {
  const { managerConfig } = inputs.values;
  const configuration = JSON.parse(managerConfig.controllerManagerConfigYaml);
  change(configuration);
  managerConfig.controllerManagerConfigYaml = JSON.stringify(configuration);
};

const kueue = { layer: "platform", resource: "queues-controller" } as const;
const VALUE = "values.managerConfig.controllerManagerConfigYaml";
const podWebhook = {
  name: "mpod.kb.io",
  clientConfig: { service: { name: "kueue-webhook-service" } },
  rules: [{ apiGroups: [""], resources: ["pods"] }],
};

describeRule("GPU-06", [
  {
    ...kueue,
    what: "webhooks in every namespace",
    change: configured((configuration) => delete configuration.managedJobsNamespaceSelector),
    says: `platform-prod/queues-controller: '${VALUE}.managedJobsNamespaceSelector' must be a selector of the namespaces in which teams train, got 'nothing'`,
    unknown: VALUE,
  },
  {
    ...kueue,
    what: "webhooks in every namespace but two",
    change: configured((configuration) => {
      const values = ["kube-system", "kueue-system"];
      configuration.managedJobsNamespaceSelector.matchExpressions = [
        { key: "kubernetes.io/metadata.name", operator: "NotIn", values },
      ];
    }),
    says: `platform-prod/queues-controller: '${VALUE}.managedJobsNamespaceSelector' must be a selector of the namespaces in which teams train, got 'kubernetes.io/metadata.name NotIn'`,
  },
  {
    ...kueue,
    what: "webhooks on pods that fail closed",
    change: configured((configuration) => configuration.integrations.frameworks.push("pod")),
    says: `platform-prod/queues-controller: '${VALUE}.integrations.frameworks' must be a list without pod, deployment, statefulset, got 'pod'`,
  },
  {
    ...kueue,
    what: "the chart's own configuration",
    change: (inputs) => delete inputs.values.managerConfig,
    says: `platform-prod/queues-controller: '${VALUE}' must be a configuration with managedJobsNamespaceSelector and integrations.frameworks, got 'nothing'`,
  },
  {
    layer: "platform",
    what: "a manifest of Kueue's as it comes",
    add: {
      type: "kubernetes:admissionregistration.k8s.io/v1:MutatingWebhookConfiguration",
      name: "kueue-mutating",
      inputs: { metadata: { name: "kueue-mutating-webhook-configuration" }, webhooks: [podWebhook] },
    },
    says: "platform-prod/kueue-mutating: 'webhooks[0].namespaceSelector' must be a selector of the namespaces in which teams train, got 'nothing'",
    unknown: "webhooks",
  },
]);

describeRule("GPU-07", [
  {
    layer: "platform",
    what: "Karpenter's own budget",
    resource: "training",
    type: "kubernetes:karpenter.sh/v1:NodePool",
    change: ({ spec }) => (spec.disruption.budgets[0].nodes = "10%"),
    says: "platform-prod/training: 'spec.disruption.budgets' must be '100%' for Empty, got 'Empty 10%'",
    unknown: "spec.disruption.budgets",
  },
  {
    layer: "platform",
    what: "a node that is replaced under training",
    resource: "training",
    type: "kubernetes:karpenter.sh/v1:NodePool",
    change: ({ spec }) => (spec.disruption.budgets[1].nodes = "1"),
    says: "platform-prod/training: 'spec.disruption.budgets' must be '0' or '0%' for Drifted, got 'Drifted 1'",
  },
  {
    layer: "platform",
    what: "two servers that are replaced at once",
    resource: "inference",
    type: "kubernetes:karpenter.sh/v1:NodePool",
    change: ({ spec }) => (spec.disruption.budgets[1].nodes = "2"),
    says: "platform-prod/inference: 'spec.disruption.budgets' must be '0' or '0%' or '1' for Drifted, got 'Drifted 2'",
  },
  {
    layer: "platform",
    what: "a freeze at night that lets nodes go by day",
    resource: "training",
    type: "kubernetes:karpenter.sh/v1:NodePool",
    change: ({ spec }) => Object.assign(spec.disruption.budgets[2], { schedule: "0 20 * * *", duration: "10h" }),
    says: "platform-prod/training: 'spec.disruption.budgets' must be '0' or '0%' for Underutilized, got 'Underutilized without a budget'",
  },
]);

const gpuQuota = ({ spec }: any) => spec.resourceGroups[1].flavors[0].resources[0];

describeRule("GPU-08", [
  {
    layer: "workloads",
    what: "a quota above the pool's GPUs",
    resource: "risk-queue-share",
    change: (inputs) => (gpuQuota(inputs).nominalQuota = "72"),
    says: "workloads-prod/risk-queue-share: 'spec.resourceGroups' must be at most 64 GPUs of 'training' with those of all other queues, got '72 (risk 72)'",
    unknown: "spec.resourceGroups",
  },
  {
    layer: "workloads",
    environment: "dev",
    what: "a second team with what the first one has",
    add: {
      type: "kubernetes:kueue.x-k8s.io/v1beta2:ClusterQueue",
      name: "ads-queue-share",
      inputs: {
        metadata: { name: "ads" },
        spec: {
          resourceGroups: [{ flavors: [{ name: "training", resources: [{ name: "nvidia.com/gpu", nominalQuota: 1 }] }] }],
        },
      },
    },
    says: "workloads-dev/ads-queue-share: 'spec.resourceGroups' must be at most 2 GPUs of 'training' with those of all other queues, got '3 (risk 2, ads 1)'",
    unknown: "spec.resourceGroups",
  },
]);

/** A job that asks for one GPU. */
const training = (labels: object, job: object = {}) => ({
  metadata: { name: "train", namespace: "team-risk", labels },
  spec: {
    activeDeadlineSeconds: 3600,
    ...job,
    template: { spec: { containers: [{ name: "train", resources: { limits: { "nvidia.com/gpu": 1 } } }] } },
  },
});

describeRule("GPU-09", [
  {
    layer: "workloads",
    what: "a job that names no queue",
    add: { type: "kubernetes:batch/v1:Job", name: "train", inputs: training({}) },
    says: "workloads-prod/train: 'metadata.labels.kueue.x-k8s.io/queue-name' must be the name of a LocalQueue of the namespace, got 'nothing'",
    unknown: "metadata.labels",
  },
  {
    layer: "workloads",
    what: "a server among the jobs",
    add: {
      type: "kubernetes:apps/v1:Deployment",
      name: "notebook",
      inputs: training({ "kueue.x-k8s.io/queue-name": "default" }),
    },
    says: "workloads-prod/notebook: 'kind' must be a Job that names a queue, got 'Deployment'",
    unknown: "spec.template",
  },
]);

describeRule("GPU-10", [
  {
    layer: "platform",
    what: "a node that does not wait for its jobs",
    resource: "training",
    type: "kubernetes:karpenter.sh/v1:NodePool",
    change: ({ spec }) => (spec.template.spec.terminationGracePeriod = "1h30m"),
    says: "platform-prod/training: 'spec.template.spec.terminationGracePeriod' must be at least 72h, the longest training job, got '1h30m'",
    unknown: "spec.template.spec.terminationGracePeriod",
  },
  {
    layer: "workloads",
    environment: "dev",
    what: "a job that outlives its node",
    add: {
      type: "kubernetes:batch/v1:Job",
      name: "train",
      inputs: training({ "kueue.x-k8s.io/queue-name": "default" }, { activeDeadlineSeconds: 90_000 }),
    },
    says: "workloads-dev/train: 'spec.activeDeadlineSeconds' must be at most 43200, as long as nodes of the environment wait for a job, got '90000'",
    unknown: "spec.activeDeadlineSeconds",
  },
]);

const made = (kind: string, name: string, inputs: object): Resource => ({
  type: `kubernetes:${kind}`,
  name,
  address: `s/${name}`,
  inputs: readable(inputs),
  protect: false,
  parent: "",
  dependencies: [],
  ignoreChanges: [],
  provider: {},
});

const faults = (id: string, ...resources: Resource[]): string[] => {
  const rule = QUEUES.find((each) => each.id === id) as Rule;
  const found = faultsOf(rule, "check" in rule ? resources[0]! : resources, rule.parameters?.prod ?? {});
  return Array.isArray(found) ? found.map(({ property, got }) => `${property}: ${got}`) : [found.message];
};

describe("queues of other shapes", () => {
  it.each(ENVIRONMENTS)("knows the limits of the training pool of %s, which another stack makes", async (environment) => {
    const { resources } = await stackOf("platform", environment);
    const [pool, ...others] = queuedPools(resourcesOf({ layer: "platform", registrations: resources }, environment));
    const parameters = QUEUES.find(({ id }) => id === "GPU-08")?.parameters?.[environment];
    expect([pool?.name, others]).toEqual(["training", []]);
    expect(parameters).toEqual({ limits: { training: Number(pool?.inputs.spec.limits["nvidia.com/gpu"]) } });
  });

  it("holds quotas against the pool of the same stack", () => {
    const pool = made("karpenter.sh/v1:NodePool", "l4", {
      spec: { limits: { "nvidia.com/gpu": "4" }, template: { metadata: { labels: { gpu: "l4", zone: "a" } } } },
    });
    const flavor = made("kueue.x-k8s.io/v1beta2:ResourceFlavor", "l4", {
      metadata: { name: "l4" },
      spec: { nodeLabels: { gpu: "l4" } },
    });
    const share = (kind: string, nominalQuota: string) =>
      made(`kueue.x-k8s.io/v1beta2:${kind}`, kind, {
        metadata: { name: kind },
        spec: { resourceGroups: [{ flavors: [{ name: "l4", resources: [{ name: "nvidia.com/gpu", nominalQuota }] }] }] },
      });
    expect(faults("GPU-08", pool, flavor, share("ClusterQueue", "3"), share("Cohort", "1"))).toEqual([]);
    expect(faults("GPU-08", pool, flavor, share("ClusterQueue", "3"), share("Cohort", "2"))).toEqual([
      "spec.resourceGroups: 5 (ClusterQueue 3, Cohort 2)",
    ]);
  });

  it("lets webhooks be that fail open, look at teams or at Kueue's own kinds, or are not Kueue's", () => {
    const webhooks = (...list: object[]) =>
      made("admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration", "hooks", {
        metadata: { name: "hooks" },
        webhooks: list,
      });
    const others = [
      { ...podWebhook, failurePolicy: "Ignore" },
      { ...podWebhook, namespaceSelector: { matchLabels: { team: "a" } } },
      { ...podWebhook, rules: [{ apiGroups: ["kueue.x-k8s.io"], resources: ["workloads"] }] },
      { ...podWebhook, clientConfig: { service: { name: "istiod" } } },
    ];
    expect(faults("GPU-06", webhooks(...others))).toEqual([]);
    expect(faults("GPU-06", webhooks(...others, podWebhook))).toEqual(["webhooks[4].namespaceSelector: nothing"]);
  });

  it("reads Kueue's configuration as YAML, and leaves other charts alone", () => {
    const chart = (name: string, text: string) =>
      made("helm.sh/v3:Release", "queues", { chart: name, values: { managerConfig: { controllerManagerConfigYaml: text } } });
    const good = "integrations: {frameworks: [batch/job]}\nmanagedJobsNamespaceSelector: {matchLabels: {team: a}}";
    expect(faults("GPU-06", chart("oci://registry.example/charts/kueue", good))).toEqual([]);
    expect(faults("GPU-06", chart("kueue", "{"))).toEqual([`${VALUE}: a text that is no YAML`]);
    expect(faults("GPU-06", chart("kueue-viz", "{"))).toEqual([]);
  });

  it("lets a job with a queue, and a job outside of teams, ask for GPUs", () => {
    const queued = training({ "kueue.x-k8s.io/queue-name": "default" });
    const outside = { ...training({}), metadata: { namespace: "benchmarks" } };
    expect(faults("GPU-09", made("batch/v1:Job", "a", queued), made("batch/v1:Job", "b", outside))).toEqual([]);
  });

  it("knows a team's namespace by its label too", () => {
    const namespace = made("core/v1:Namespace", "lab", { metadata: { name: "lab", labels: { "millrace.dev/team": "risk" } } });
    const job = made("batch/v1:Job", "train", { ...training({}), metadata: { namespace: "lab" } });
    expect(faults("GPU-09", namespace, job)).toEqual(["metadata.labels.kueue.x-k8s.io/queue-name: nothing"]);
  });

  it("lets a pool wait for its jobs without an end", () => {
    const flavor = made("kueue.x-k8s.io/v1beta2:ResourceFlavor", "l4", { spec: { nodeLabels: { gpu: "l4" } } });
    const pool = made("karpenter.sh/v1:NodePool", "l4", {
      spec: { template: { metadata: { labels: { gpu: "l4" } }, spec: {} } },
    });
    expect(faults("GPU-10", flavor, pool)).toEqual([]);
  });
});
