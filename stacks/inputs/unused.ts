import { instanceOf } from "#components/instances/instance";
import type { Profile } from "./environments/profile.ts";

/** Models of GPUs that can be divided among several pods (NVIDIA MIG user guide, "Supported GPUs"; read 2026-11-29). */
const DIVISIBLE = ["a100", "h100", "h200", "b200", "b300", "rtx-pro-6000"];

/**
 * What the instance types of a profile can do, and a user would expect, and the pools do not use, one sentence each: nothing here is
 * claimed in silence.
 */
export function unusedCapabilities({ gpu: { training, inference } }: Profile): string[] {
  return [
    ...slowBetweenNodes(training.instanceType, training.maxGpus).map((text) => `gpu.training.instanceType: ${text}`),
    ...undivided(inference.instanceType).map((text) => `gpu.inference.instanceType: ${text}`),
  ];
}

function slowBetweenNodes(type: string, maxGpus: number): string[] {
  const { efa = 0, gpus = 0 } = instanceOf(type) ?? {};
  return efa > 0 && maxGpus > gpus
    ? [
        `${type} has ${efa} EFA ${efa === 1 ? "interface" : "interfaces"}, not used yet, as are placement groups: a job over several nodes talks over TCP`,
      ]
    : [];
}

function undivided(type: string): string[] {
  const { gpuModel = "" } = instanceOf(type) ?? {};
  return DIVISIBLE.includes(gpuModel) ? [`${type} has GPUs that MIG divides, not used yet: a server gets a whole one`] : [];
}
