import { describe, expect, it } from "vitest";
import { raisesOf } from "#policies/rules/can/rollouts";
import { found } from "../../harness.ts";
import { made } from "./samples.ts";

describe("releases of other shapes", () => {
  it("reads raises, the promotion behind the last step too", () => {
    expect(raisesOf([{ setWeight: 0 }, { setWeight: 20 }, { pause: {} }, { setWeight: 10 }, { setWeight: 50 }])).toEqual([
      { at: 1, from: 0, to: 20, before: -1 },
      { at: 4, from: 10, to: 50, before: 1 },
      { at: 5, from: 50, to: 100, before: 4 },
    ]);
  });

  it("leaves other strategies alone", () => {
    const blueGreen = made("argoproj.io/v1alpha1:Rollout", "release", { strategy: { blueGreen: {} } });
    expect(["CAN-01", "CAN-04", "CAN-05", "CAN-06", "CAN-08", "CAN-09"].flatMap((id) => found(id, blueGreen))).toEqual([]);
  });

  it("asks for a measurement before all users are swapped, unless a person decides", () => {
    const swap = (blueGreen: object) =>
      found("CAN-02", made("argoproj.io/v1alpha1:Rollout", "release", { strategy: { blueGreen } }));
    expect(swap({ autoPromotionEnabled: true })).toEqual(["spec.strategy.blueGreen.prePromotionAnalysis: 0 to 100 unmeasured"]);
    expect(swap({ autoPromotionEnabled: "false" })).toEqual([]);
    expect(swap({ prePromotionAnalysis: { templates: [{ templateName: "gate" }] } })).toEqual([]);
  });
});
