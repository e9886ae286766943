import { describe, expect, it } from "vitest";
import { TrainingQueues, type TrainingQueuesArgs } from "#components/training/queues";
import { CHARTS } from "#components/versions";
import { record, refusal } from "../../harness/graph.ts";
import { trainingQueues as minimal, gpuPool as pool } from "../minimal.ts";

const queues = (args: Partial<TrainingQueuesArgs> = {}) =>
  record(() => void new TrainingQueues("queues", { ...minimal, ...args }));
const find = async (name: string, args: Partial<TrainingQueuesArgs> = {}) =>
  (await queues(args)).find((resource) => resource.custom && resource.name === name);
const configuration = async (args: Partial<TrainingQueuesArgs> = {}) =>
  JSON.parse((await find("queues-controller", args))?.inputs["values"].managerConfig.controllerManagerConfigYaml);

describe("TrainingQueues", () => {
  it("is Kueue with what all teams share", async () => {
    const graph = (await queues()).filter(({ parent }) => parent === "queues");
    expect(graph.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).sort()).toEqual([
      "Cohort queues-cohort",
      "Namespace queues-namespace",
      "QueueGuard queues-guard",
      "Release queues-controller",
      "ResourceFlavor queues-flavor-gpu-training",
      "WorkloadPriorityClass queues-priority-high",
      "WorkloadPriorityClass queues-priority-low",
    ]);
    for (const { name, dependencies } of graph.filter(({ type }) => type.includes("kueue.x-k8s.io"))) {
      expect(dependencies, name).toContain("queues-controller");
    }
  });

  it("runs two replicas on the system nodes, in its own namespace", async () => {
    expect((await find("queues-controller"))?.inputs).toMatchObject({
      name: "kueue",
      namespace: "kueue-system",
      chart: CHARTS.kueue.chart,
      version: CHARTS.kueue.version,
      atomic: true,
      values: {
        enablePrometheus: false,
        controllerManager: {
          replicas: 2,
          podDisruptionBudget: { enabled: true, minAvailable: 1 },
          nodeSelector: { "millrace.dev/pool": "system" },
        },
      },
    });
    expect((await find("queues-namespace"))?.inputs["metadata"].name).toBe("kueue-system");
  });

  it("is left in the cluster when the component goes: its chart takes the CRDs along", async () => {
    expect((await find("queues-controller"))?.retainOnDelete).toBe(true);
    expect((await find("queues-namespace"))?.retainOnDelete).toBe(true);
  });

  it("manages team namespaces only, so that its outage stops no other pod", async () => {
    expect(await configuration()).toMatchObject({
      apiVersion: "config.kueue.x-k8s.io/v1beta2",
      kind: "Configuration",
      integrations: { frameworks: ["batch/job"] },
      managedJobsNamespaceSelector: { matchExpressions: [{ key: "millrace.dev/team", operator: "Exists" }] },
      manageJobsWithoutQueueName: true,
      leaderElection: { leaderElect: true },
    });
  });

  it("checks quotas of what its queues cover, so that a job may name any other resource", async () => {
    const { featureGates, resources } = await configuration();
    expect({ featureGates, resources }).toEqual({
      featureGates: { QuotaCheckStrategy: true },
      resources: { quotaCheckStrategy: "IgnoreUndeclared" },
    });
  });

  it("takes quota back from a job whose pods do not start, and retries the job for ever", async () => {
    expect((await configuration())["waitForPodsReady"]).toEqual({
      timeout: "20m",
      recoveryTimeout: "20m",
      blockAdmission: false,
      requeuingStrategy: { timestamp: "Eviction", backoffBaseSeconds: 60, backoffMaxSeconds: 3600 },
    });
    expect((await configuration({ podsReadyMinutes: 30 }))["waitForPodsReady"].timeout).toBe("30m");
  });

  it("has one flavor for each pool, which places a job's pods on the pool's nodes", async () => {
    expect((await find("queues-flavor-gpu-training"))?.inputs).toEqual({
      apiVersion: "kueue.x-k8s.io/v1beta2",
      kind: "ResourceFlavor",
      metadata: { name: "gpu-training" },
      spec: {
        nodeLabels: pool.nodeLabels,
        nodeTaints: [{ key: "nvidia.com/gpu", value: "true", effect: "NoSchedule" }],
        tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
      },
    });
    const cpu = { flavor: "cpu", nodeLabels: { "millrace.dev/pool": "cpu" }, gpus: 0 };
    expect((await find("queues-flavor-cpu", { pools: [cpu, pool] }))?.inputs["spec"]).toEqual({ nodeLabels: cpu.nodeLabels });
  });

  it("has a cohort and two priorities around the usual 0", async () => {
    expect((await find("queues-cohort"))?.inputs).toMatchObject({ metadata: { name: "training" }, spec: {} });
    expect((await find("queues-priority-high"))?.inputs).toMatchObject({ metadata: { name: "high" }, value: 1000 });
    expect((await find("queues-priority-low"))?.inputs).toMatchObject({ metadata: { name: "low" }, value: -1000 });
  });

  it("lets Prometheus read its metrics when asked to", async () => {
    const args = { prometheus: { namespace: "monitoring", serviceAccount: "prometheus" } };
    expect((await find("queues-controller", args))?.inputs["values"]).toMatchObject({
      enablePrometheus: true,
      metrics: { prometheusNamespace: "monitoring" },
    });
    expect((await find("queues-metrics", args))?.inputs).toMatchObject({
      roleRef: { kind: "ClusterRole", name: "kueue-metrics-reader" },
      subjects: [{ kind: "ServiceAccount", name: "prometheus", namespace: "monitoring" }],
    });
  });

  it.each<[Partial<TrainingQueuesArgs>, string]>([
    [{ pools: [] }, "'pools' must be a list of at least 1 entries, got '0'"],
    [{ pools: [pool, pool] }, "'flavors' must be distinct, got 'gpu-training'"],
    [{ podsReadyMinutes: 0 }, "'podsReadyMinutes' must be a whole number of at least 1, got '0'"],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new TrainingQueues("queues", { ...minimal, ...args }))).toBe(message);
  });
});
