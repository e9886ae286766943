import { describe, expect, it } from "vitest";
import { Keda, type KedaArgs } from "#components/autoscaling/keda";
import { record, refusal } from "../../harness/graph.ts";
import { named } from "../named.ts";

const LEAST: KedaArgs = { monitoringNamespace: "monitoring", vpcCidr: "10.0.0.0/16" };
const keda = (args: Partial<KedaArgs> = {}) => record(() => new Keda("load", { ...LEAST, ...args }));
const values = async (args?: Partial<KedaArgs>) => named(await keda(args), "load-controller").inputs["values"];

describe("Keda", () => {
  it("is a namespace that enforces the strictest standard, its traffic and the controller", async () => {
    const children = (await keda()).filter(({ parent }) => parent === "load");
    expect(children.map(({ type, name }) => `${type} ${name}`).toSorted()).toEqual([
      "kubernetes:core/v1:Namespace load-namespace",
      "kubernetes:helm.sh/v3:Release load-controller",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy load-traffic",
    ]);
    expect(named(children, "load-namespace").inputs["metadata"].labels).toMatchObject({
      "pod-security.kubernetes.io/enforce": "restricted",
    });
    expect(named(children, "load-controller").inputs).toMatchObject({ chart: "keda", namespace: "keda", atomic: true });
  });

  it("reads no Secret of others, scales Rollouts alone, and writes no API service or webhook", async () => {
    const { rbac, permissions, certificates, webhooks } = await values();
    expect(rbac).toEqual({ scaledRefKinds: [{ apiGroup: "argoproj.io", kind: "rollouts" }] });
    expect(permissions).toEqual({ operator: { restrict: { secret: true } }, metricServer: { restrict: { secret: true } } });
    expect(certificates).toEqual({ certManager: { enabled: true } });
    expect(webhooks).toEqual({ enabled: false });
  });

  it("calls nothing but names, the API server and Prometheus", async () => {
    const { podSelector, policyTypes, egress } = named(await keda(), "load-traffic").inputs["spec"];
    expect([podSelector, policyTypes]).toEqual([{}, ["Ingress", "Egress"]]);
    const to = egress.map(({ to: [peer], ports }: any) => [
      peer.namespaceSelector?.matchLabels["kubernetes.io/metadata.name"] ?? peer.ipBlock.cidr,
      ...ports.map(({ port }: any) => port),
    ]);
    expect(to).toEqual([
      ["kube-system", 53, 53],
      ["0.0.0.0/0", 443],
      ["keda", 9_666],
      ["monitoring", 9_090],
    ]);
  });

  it("is called by Prometheus, by the API server and by itself alone", async () => {
    const { ingress } = named(await keda(), "load-traffic").inputs["spec"];
    const from = ingress.map(({ from: [peer], ports: [{ port }] }: any) => [
      peer.namespaceSelector?.matchLabels["kubernetes.io/metadata.name"] ?? peer.ipBlock.cidr,
      port,
    ]);
    expect(from).toEqual([
      ["keda", 9_666],
      ["monitoring", 8_080],
      ["10.0.0.0/16", 6_443],
    ]);
  });

  it("keeps its definitions, has two replicas that are drained one at a time, and no limit of CPU", async () => {
    const { crds, operator, metricsServer, podDisruptionBudget, resources } = await values();
    expect(crds.additionalAnnotations).toEqual({ "helm.sh/resource-policy": "keep" });
    expect([operator, metricsServer]).toEqual([{ replicaCount: 2 }, { replicaCount: 2 }]);
    expect(podDisruptionBudget).toEqual({ operator: { maxUnavailable: 1 }, metricServer: { maxUnavailable: 1 } });
    expect(resources.operator.limits).toEqual({ memory: "512Mi", cpu: null });
    expect((await values({ replicas: 1 })).podDisruptionBudget).toEqual({ operator: {}, metricServer: {} });
  });

  it("is scraped, so that its silence is heard", async () => {
    const { prometheus } = await values();
    const monitored = { enabled: true, serviceMonitor: { enabled: true } };
    expect(prometheus).toEqual({ operator: monitored, metricServer: monitored });
  });

  it("refuses no replicas", async () => {
    expect(await refusal(() => new Keda("load", { ...LEAST, replicas: 0 }))).toBe(
      "'replicas' must be a whole number of at least 1, got '0'",
    );
  });
});
