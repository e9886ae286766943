import { describe, expect, it } from "vitest";
import { describeRule, found, ruleOf } from "../../harness.ts";
import { kueue, made } from "./samples.ts";

/** Changes the manager's configuration inside the chart's values. */
const configured = (change: (configuration: any) => void) => (inputs: any) => {
  const { managerConfig } = inputs.values;
  const configuration = JSON.parse(managerConfig.controllerManagerConfigYaml);
  change(configuration);
  managerConfig.controllerManagerConfigYaml = JSON.stringify(configuration);
};

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

describe("GPU-06", () => {
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
    expect(found("GPU-06", webhooks(...others))).toEqual([]);
    expect(found("GPU-06", webhooks(...others, podWebhook))).toEqual(["webhooks[4].namespaceSelector: nothing"]);
  });

  it("reads Kueue's configuration as YAML, and leaves other charts alone", () => {
    const chart = (name: string, text: string) =>
      made("helm.sh/v3:Release", "queues", { chart: name, values: { managerConfig: { controllerManagerConfigYaml: text } } });
    const good =
      "integrations: {frameworks: [batch/job]}\nmanagedJobsNamespaceSelector: {matchExpressions: [{key: millrace.dev/team, operator: Exists}]}";
    const another = good.replace("millrace.dev", "example.com");
    const none = good.replace("batch/job", "kubeflow.org/mpijob");
    expect(found("GPU-06", chart("oci://registry.example/charts/kueue", good))).toEqual([]);
    expect(found("GPU-06", chart("kueue", another))).toHaveLength(1);
    expect(found("GPU-06", chart("kueue", another), ruleOf("GPU-06").elsewhere)).toEqual([]);
    expect(found("GPU-06", chart("kueue", none))).toEqual([`${VALUE}.integrations.frameworks: kubeflow.org/mpijob`]);
    expect(found("GPU-06", chart("kueue", "{"))).toEqual([`${VALUE}: a text that is not YAML`]);
    expect(found("GPU-06", chart("kueue-viz", "{"))).toEqual([]);
  });
});
