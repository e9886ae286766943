import { describe, expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

describeRule("CTL-02", [
  {
    layer: "platform",
    resource: "karpenter",
    what: "a node controller that hears no warnings",
    change: ({ values }) => {
      values.settings.interruptionQueue = "";
    },
    says: "platform-prod/karpenter: 'values.settings.interruptionQueue' must be the queue by which AWS says that it takes a node, got 'nothing'",
    unknown: "values.settings.interruptionQueue",
  },
  {
    layer: "platform",
    resource: "external-secrets-controller",
    what: "secrets that a stranger's object reaches",
    change: ({ values }) => {
      delete values.processClusterPushSecret;
    },
    says: "platform-prod/external-secrets-controller: 'values.processClusterPushSecret' must be false: one object would reach the secrets of other namespaces, got 'nothing, which is true'",
  },
]);

const chart = (name: string, values: object = {}) => of("kubernetes:helm.sh/v3:Release", "c", { chart: name, values });
const loosely = (name: string, values: object) => found("CTL-02", [chart(name, values)], ruleOf("CTL-02").elsewhere);
const kueue = (controllerManagerConfigYaml: string) =>
  found("CTL-02", [chart("kueue", { enablePrometheus: true, managerConfig: { controllerManagerConfigYaml } })]);
const nodes = (settings: object) =>
  chart("karpenter", { settings: { interruptionQueue: "q", ...settings }, serviceMonitor: { enabled: true } });

/** KEDA that reads no Secret of others. */
const RESTRICTED = { permissions: { operator: { restrict: { secret: true } } } };

describe("CTL-02", () => {
  it("reads Kueue's settings as YAML and as JSON", () => {
    expect(kueue("manageJobsWithoutQueueName: true\nwaitForPodsReady: { timeout: 20m }")).toEqual([]);
    expect(kueue('{"manageJobsWithoutQueueName": true, "waitForPodsReady": {"timeout": "1h"}}')).toEqual([]);
    expect(kueue("waitForPodsReady: { timeout: 20m }")).toHaveLength(1);
    expect(kueue("manageJobsWithoutQueueName: true\nwaitForPodsReady: {}")).toHaveLength(1);
    expect(kueue("{")).toHaveLength(2);
  });

  it("wants the counters of the gateway, and what Helm must keep", () => {
    const counted = {
      "proxy.istio.io/config": "{upstream_rq_2xx|grpc}",
      "sidecar.istio.io/statsHistogramBuckets": '{"cluster":[1]}',
    };
    expect(found("CTL-02", [chart("gateway", { podAnnotations: counted })])).toEqual([]);
    for (const config of ["{upstream_rq_2xx}", "{grpc}"]) {
      expect(found("CTL-02", [chart("gateway", { podAnnotations: { ...counted, "proxy.istio.io/config": config } })])).toEqual([
        `values.podAnnotations.proxy.istio.io/config: ${config}`,
      ]);
    }
    expect(found("CTL-02", [chart("karpenter-crd", { additionalAnnotations: { "helm.sh/resource-policy": "keep" } })])).toEqual(
      [],
    );
    expect(found("CTL-02", [chart("karpenter-crd")])).toHaveLength(1);
  });

  it("knows the cluster of the stack, if there is one", () => {
    const cluster = of("aws:eks/cluster:Cluster", "e", { name: "prod" });
    expect(found("CTL-02", [nodes({ clusterName: "prod" }), cluster])).toEqual([]);
    expect(found("CTL-02", [nodes({ clusterName: "dev" }), cluster])).toEqual(["values.settings.clusterName: dev"]);
    expect(found("CTL-02", [nodes({ clusterName: "dev" })])).toEqual([]);
    expect(found("CTL-02", [nodes({})])).toEqual(["values.settings.clusterName: nothing"]);
  });

  it.each([
    ["cert-manager", { crds: { enabled: true } }],
    ["argo-rollouts", { dashboard: { enabled: true, service: { type: "ClusterIP" } } }],
    ["argo-rollouts", { dashboard: { enabled: false, service: { type: "LoadBalancer" } } }],
    ["external-secrets", { serviceAccount: { create: false, name: "reader" } }],
    ["gateway", { service: { type: "LoadBalancer" } }],
    ["gateway", { service: { ports: [null, { port: 15021, targetPort: 15021 }, { port: 443, targetPort: "https" }] } }],
    ["prometheus-pushgateway", { extraArgs: ["--web.enable-admin-api=false", "--persistence.interval=1m"], other: [[null]] }],
    ["nvidia-device-plugin", { nodeSelector: { pool: "gpu" } }],
    ["keda", { ...RESTRICTED, rbac: { scaledRefKinds: [{ apiGroup: "apps", kind: "deployments" }] } }],
    ["redis", { service: { type: "LoadBalancer" }, serviceAccount: { name: "default" } }],
  ])("accepts of others %s with %j", (name, values) => expect(loosely(name, values)).toEqual([]));

  it.each([
    ["cert-manager", { crds: { keep: "false" } }],
    ["argo-rollouts", { dashboard: { enabled: true, service: { type: "NodePort" } } }],
    ["argo-rollouts", { dashboard: { ingress: { enabled: true } } }],
    ["argo-rollouts", { keepCRDs: false }],
    ["karpenter", { settings: { interruptionQueue: "a" } }],
    ["external-secrets", { serviceAccount: { name: "default" } }],
    ["kueue", { serviceAccount: { create: "false" } }],
    ["external-secrets", { replicaCount: 2 }],
    ["external-secrets", { webhook: { failurePolicy: "Ignore" } }],
    ["istiod", { meshConfig: { enableAutoMtls: "false" } }],
    ["prometheus-pushgateway", { extraArgs: ["--web.enable-admin-api"] }],
    ["prometheus-pushgateway", { extraArgs: [null, "web.enable-lifecycle=true"] }],
    ["kueue", { extra: [{ name: "enable-pprof", value: "" }] }],
    ["gateway", { service: { ports: [{ name: "admin", port: 80, targetPort: "15000" }] } }],
    ["gateway", { service: { ports: [{ port: 15020 }] } }],
    ["keda", { rbac: { scaledRefKinds: [{ apiGroup: "apps", kind: "deployments" }] } }],
    ["keda", RESTRICTED],
    [
      "keda",
      {
        ...RESTRICTED,
        rbac: {
          scaledRefKinds: [
            { apiGroup: "apps", kind: "deployments" },
            { apiGroup: "*", kind: "*" },
          ],
        },
      },
    ],
  ])("refuses of others %s with %j", (name, values) => expect(loosely(name, values)).toHaveLength(1));
});
