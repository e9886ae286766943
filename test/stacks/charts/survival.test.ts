import { describe, expect, it } from "vitest";
import type { Values } from "#components/pods/workload";
import { CHART_NAMES, type ChartName, PLATFORMS, RENDERED, releaseIn } from "./charts.ts";

const KEEP = { "helm.sh/resource-policy": "keep" };

/** How the custom resource definitions of a chart, and with them every object of theirs, survive the end of its release. */
const SURVIVAL: Record<
  Exclude<ChartName, "keda">,
  "none" | "the chart always keeps them" | "the release is retained" | ((values: Values) => void)
> = {
  karpenter: "none",
  karpenterCrds: (values) => expect(values["additionalAnnotations"]).toEqual(KEEP),
  kueue: "the release is retained",
  devicePlugin: "none",
  dcgmExporter: "none",
  istioBase: "the chart always keeps them",
  istiod: "none",
  istioGateway: "none",
  argoRollouts: (values) => expect(values["keepCRDs"]).toBe(true),
  prometheusCrds: (values) => expect(values["crds"].annotations).toEqual(KEEP),
  prometheusStack: (values) => expect(values["crds"]).toEqual({ enabled: false }),
  pushgateway: "none",
  certManager: (values) => expect(values["crds"].keep).toBe(true),
  externalSecrets: (values) => expect(values["crds"].annotations).toEqual(KEEP),
};

describe.each(CHART_NAMES)("the definitions of %s", (name) => {
  it("outlive its release", () => {
    const { kept, deleted } = RENDERED[name].crds;
    const survival = SURVIVAL[name];
    expect([name, deleted > 0]).toEqual([name, survival === "the release is retained"]);
    expect(survival === "none" ? kept : 0).toBe(0);
  });

  it.each(PLATFORMS)("are held in %s", async (_, platform) => {
    const { inputs, retainOnDelete = false } = releaseIn(await platform(), name);
    const survival = SURVIVAL[name];
    expect([name, retainOnDelete]).toEqual([name, survival === "the release is retained"]);
    if (typeof survival === "function") {
      survival(inputs["values"]);
    }
  });
});

it.each(PLATFORMS)(
  "what is retained in %s keeps its namespace, without which its API services and webhooks would stay unanswered",
  async (_, platform) => {
    const { resources } = await platform();
    const retained = resources.filter(({ type, retainOnDelete }) => type === "kubernetes:helm.sh/v3:Release" && retainOnDelete);
    expect(retained.map(({ inputs }) => inputs["name"])).toEqual(["kueue"]);
    for (const { inputs } of retained) {
      const namespace = resources.find(
        (each) => each.type === "kubernetes:core/v1:Namespace" && each.inputs["metadata"].name === inputs["namespace"],
      );
      expect([inputs["namespace"], namespace?.retainOnDelete]).toEqual([inputs["namespace"], true]);
    }
  },
);
