import { ServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor";
import { describe, expect, it } from "vitest";
import { Mesh, type MeshArgs } from "#components/mesh/mesh";
import { record, refusal } from "../../harness/graph.ts";

const mesh = (args?: MeshArgs) => record(() => new Mesh("mesh", args));
const istiod = async (args?: MeshArgs) => (await mesh(args)).find(({ name }) => name === "mesh-istiod")?.inputs ?? {};

describe("Mesh", () => {
  it("is a namespace, Istio's CRDs, its control plane, and a monitor of it", async () => {
    const children = (await mesh()).filter(({ parent }) => parent === "mesh");
    expect(children.map(({ type, name, dependencies }) => [type, name, dependencies])).toEqual([
      ["kubernetes:core/v1:Namespace", "mesh-namespace", []],
      ["kubernetes:helm.sh/v3:Release", "mesh-base", ["mesh-namespace"]],
      ["kubernetes:helm.sh/v3:Release", "mesh-istiod", expect.arrayContaining(["mesh-base"])],
      ["kubernetes:monitoring.coreos.com/v1:ServiceMonitor", "mesh-monitor", expect.arrayContaining(["mesh-istiod"])],
    ]);
    expect(children[0]?.inputs["metadata"]).toEqual({
      name: "istio-system",
      labels: { "pod-security.kubernetes.io/enforce": "baseline", "millrace.dev/filled-by": "chart" },
    });
  });

  it("tells the gateway of changes within half a second, logs no request, and reaches registered services only", async () => {
    expect(await istiod()).toMatchObject({
      name: "istiod",
      chart: "istiod",
      atomic: true,
      values: {
        autoscaleMin: 2,
        autoscaleMax: 5,
        env: { PILOT_DEBOUNCE_MAX: "500ms" },
        meshConfig: { accessLogEncoding: "JSON", enablePrometheusMerge: true, outboundTrafficPolicy: { mode: "REGISTRY_ONLY" } },
      },
    });
    expect((await istiod())["values"].meshConfig).not.toHaveProperty("accessLogFile");
  });

  it("takes every argument", async () => {
    expect((await istiod({ accessLogs: true, minReplicas: 1, maxReplicas: 3 }))["values"]).toMatchObject({
      autoscaleMin: 1,
      autoscaleMax: 3,
      meshConfig: { accessLogFile: "/dev/stdout" },
    });
  });

  it("is scraped under the job name that its alert reads", async () => {
    const monitor = (await mesh()).find(({ name }) => name === "mesh-monitor")?.inputs as any;
    expect(monitor.metadata).toEqual({ name: "istiod", namespace: "istio-system" });
    expect(monitor.spec).toMatchObject({
      selector: { matchLabels: { app: "istiod" } },
      endpoints: [{ port: "http-monitoring" }],
    });
    new ServiceMonitor(monitor).validate();
  });

  it.each<[MeshArgs, string]>([
    [{ minReplicas: 0 }, "'minReplicas' must be a whole number of at least 1, got '0'"],
    [{ maxReplicas: 1.5 }, "'maxReplicas' must be a whole number of at least 1, got '1.5'"],
    [{ minReplicas: 4, maxReplicas: 3 }, "'minReplicas' must be at most 'maxReplicas' (3), got '4'"],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new Mesh("mesh", args))).toBe(message);
  });
});
