import { describe, expect, it } from "vitest";
import { ArgoRollouts, type ArgoRolloutsArgs } from "#components/delivery/argo-rollouts";
import { record, refusal } from "../../harness/graph.ts";

const rollouts = (args?: ArgoRolloutsArgs) => record(() => new ArgoRollouts("delivery", args));
const values = async (args?: ArgoRolloutsArgs) =>
  (await rollouts(args)).find(({ name }) => name === "delivery-controller")?.inputs["values"];

describe("ArgoRollouts", () => {
  it("is a namespace and the controller", async () => {
    const children = (await rollouts()).filter(({ parent }) => parent === "delivery");
    expect(children.map(({ type, name }) => [type, name])).toEqual([
      ["kubernetes:core/v1:Namespace", "delivery-namespace"],
      ["kubernetes:helm.sh/v3:Release", "delivery-controller"],
    ]);
    expect(children[1]?.inputs).toMatchObject({ name: "argo-rollouts", namespace: "argo-rollouts", atomic: true });
  });

  it("keeps its CRDs, writes objects of Istio only, and reports rollouts by their own namespace", async () => {
    const { installCRDs, keepCRDs, controller, providerRBAC } = await values();
    expect({ installCRDs, keepCRDs }).toEqual({ installCRDs: true, keepCRDs: true });
    expect(controller).toMatchObject({
      replicas: 2,
      pdb: { enabled: true, maxUnavailable: 1 },
      extraArgs: ["--istio-api-version=v1"],
      metrics: {
        enabled: true,
        serviceMonitor: {
          enabled: true,
          metricRelabelings: [
            { action: "replace", sourceLabels: ["exported_namespace"], regex: "(.+)", targetLabel: "namespace" },
            { action: "labeldrop", regex: "exported_namespace" },
          ],
        },
      },
    });
    expect(Object.entries(providerRBAC.providers).filter(([, allowed]) => allowed)).toEqual([["istio", true]]);
  });

  it("has no disruption budget for one replica, which could then never be moved", async () => {
    expect((await values({ replicas: 1 })).controller).toMatchObject({ replicas: 1, pdb: { enabled: false } });
  });

  it("refuses no replicas", async () => {
    expect(await refusal(() => new ArgoRollouts("delivery", { replicas: 0 }))).toBe(
      "'replicas' must be a whole number of at least 1, got '0'",
    );
  });
});
