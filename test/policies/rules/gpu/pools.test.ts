import { describe, expect, it } from "vitest";
import { isGpuType } from "#policies/rules/gpu/pools";
import { found } from "../../harness.ts";
import { one, POOL } from "./samples.ts";

describe("GPUs of other shapes", () => {
  it("knows instance types with NVIDIA's GPUs", () => {
    const types = [
      "g4dn.xlarge",
      "g4ad.xlarge",
      "gr6.4xlarge",
      "p6-b200.48xlarge",
      "m7g.large",
      "c7gn.large",
      "trn1.2xlarge",
      "t4g.small",
    ];
    expect(types.filter(isGpuType)).toEqual(["g4dn.xlarge", "gr6.4xlarge", "p6-b200.48xlarge"]);
  });

  it("leaves pools of processors alone", () => {
    const requirements = [{ key: "karpenter.k8s.aws/instance-category", operator: "In", values: ["c", "m"] }];
    const disruption = { consolidateAfter: "300s" };
    const template = { spec: { requirements, expireAfter: "720h" } };
    const cpu = one(POOL, { spec: { limits: { cpu: "100" }, disruption, template } });
    expect(["GPU-01", "GPU-02", "GPU-03"].flatMap((id) => found(id, cpu))).toEqual([]);
  });
});
