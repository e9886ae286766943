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
    expect(["CAN-01", "CAN-02", "CAN-04", "CAN-05", "CAN-06"].flatMap((id) => found(id, blueGreen))).toEqual([]);
  });
});
