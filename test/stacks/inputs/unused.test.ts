import { expect, it } from "vitest";
import { GPU_INSTANCES } from "#components/instances/table";
import { profiles } from "#stacks/inputs/environments/index";
import type { GpuPoolProfile } from "#stacks/inputs/environments/profile";
import { unusedCapabilities } from "#stacks/inputs/unused";

const told = (training: Partial<GpuPoolProfile>, inference: Partial<GpuPoolProfile> = {}) => {
  const { gpu, ...rest } = profiles.dev;
  return unusedCapabilities({
    ...rest,
    gpu: { training: { ...gpu.training, ...training }, inference: { ...gpu.inference, ...inference } },
  });
};

it("says that jobs over several nodes do not use EFA", () => {
  const sentence = "interfaces, not used yet, as are placement groups: a job over several nodes talks over TCP";
  expect(unusedCapabilities(profiles.prod)).toEqual([`gpu.training.instanceType: p5.48xlarge has 32 EFA ${sentence}`]);
  expect(told({ instanceType: "p4d.24xlarge", maxGpus: 16 })).toEqual([
    `gpu.training.instanceType: p4d.24xlarge has ${GPU_INSTANCES["p4d.24xlarge"].efa} EFA ${sentence}`,
  ]);
});

it("says nothing of one node, or of a type without EFA", () => {
  expect(told({ instanceType: "p5.48xlarge", maxGpus: 8 })).toEqual([]);
  expect(told({ instanceType: "g6.xlarge", maxGpus: 8 })).toEqual([]);
});

it("says that a server gets a whole GPU where it could be divided", () => {
  expect(told({}, { instanceType: "p5.4xlarge" })).toEqual([
    "gpu.inference.instanceType: p5.4xlarge has GPUs that MIG divides, not used yet: a server gets a whole one",
  ]);
});
