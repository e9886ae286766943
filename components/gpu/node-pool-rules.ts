import * as pulumi from "@pulumi/pulumi";
import { instanceOf, isGpuInstanceType, nearestGpuInstanceType } from "../instances/instance.ts";
import { GPU_INSTANCES } from "../instances/table.ts";
import { DNS_LABEL, DNS_LABEL_RULE } from "../naming.ts";
import { check } from "../validation.ts";
import type { CapacityType, CpuPoolArgs, GpuPoolArgs, NodePoolArgs } from "./node-pool-args.ts";

/** @throws {pulumi.ResourceError} naming the first argument of a pool that breaks its rule. */
export function checkPool(name: string, args: NodePoolArgs, pool: pulumi.Resource): void {
  check.matches("name", name, DNS_LABEL, DNS_LABEL_RULE, pool);
  if (args.use === "general") {
    checkCpus(args, pool);
  } else {
    checkGpus(args, pool);
  }
  checkCapacity(args, pool);
  checkConsolidation(args, pool);
  check.length("subnetIds", args.subnetIds, { min: 1 }, pool);
  check.length("zones", args.zones, { min: 1 }, pool);
}

function checkGpus({ instanceType, maxGpus }: GpuPoolArgs, pool: pulumi.Resource): void {
  if (!isGpuInstanceType(instanceType)) {
    throw unknownType(instanceType, pool);
  }
  const { gpus } = GPU_INSTANCES[instanceType];
  check.wholeNumber("maxGpus", maxGpus, { min: gpus }, pool);
  check.that(maxGpus % gpus === 0, "maxGpus", `a multiple of ${gpus}, the GPUs of one ${instanceType}`, maxGpus, pool);
}

function checkCpus({ instanceTypes, maxCpus }: CpuPoolArgs, pool: pulumi.Resource): void {
  check.length("instanceTypes", instanceTypes, { min: 1 }, pool);
  check.distinct("instanceTypes", instanceTypes, pool);
  for (const type of instanceTypes) {
    const size = instanceOf(type);
    const usable = size?.gpus === 0 && size.arch === "amd64";
    check.that(usable, "instanceTypes", "known x86 EC2 instance types without GPUs, such as m7i.2xlarge", type, pool);
  }
  const { cpus, memoryMiB } = instanceOf(instanceTypes[0]!)!;
  const same = instanceTypes.every((type) => instanceOf(type)?.cpus === cpus && instanceOf(type)?.memoryMiB === memoryMiB);
  const rule = `of one size, that of ${instanceTypes[0]} (${cpus} processors, ${memoryMiB / 1024} GiB)`;
  check.that(same, "instanceTypes", rule, instanceTypes.join(", "), pool);
  check.wholeNumber("maxCpus", maxCpus, { min: cpus }, pool);
  check.that(maxCpus % cpus === 0, "maxCpus", `a multiple of ${cpus}, the processors of one ${instanceTypes[0]}`, maxCpus, pool);
}

/** Training, or a server on a GPU, loses minutes of work when it is moved; a server without GPUs moves in seconds. */
function checkConsolidation({ use, consolidation }: NodePoolArgs, pool: pulumi.Resource): void {
  const known = use === "general" ? ["empty", "underused", "never"] : ["empty", "never"];
  check.oneOf("consolidation.when", consolidation.when, known, pool);
}

function unknownType(type: string, pool: pulumi.Resource): pulumi.ResourceError {
  const nearest = nearestGpuInstanceType(type);
  const hint = nearest ? `. Did you mean '${nearest}'?` : "";
  const known = Object.keys(GPU_INSTANCES).join(", ");
  return new pulumi.ResourceError(`'instanceType' must be one of ${known}, got '${type}'${hint}`, pool, true);
}

/** Karpenter's own order, which no list changes (Karpenter 1.14 documentation, "NodePools": capacity type). */
const PREFERENCE: readonly CapacityType[] = ["reserved", "spot", "on-demand"];
export const RESERVATION_ID = /^cr-[0-9a-z]+$/;

function checkCapacity(args: NodePoolArgs, pool: pulumi.Resource): void {
  const capacity: readonly CapacityType[] = args.capacity;
  check.length("capacity", capacity, { min: 1 }, pool);
  for (const type of capacity) {
    check.oneOf("capacity", type, PREFERENCE, pool);
  }
  const ordered = PREFERENCE.filter((type) => capacity.includes(type));
  const order = `in the order in which Karpenter prefers them (${ordered.join(", ")})`;
  check.that(capacity.join() === ordered.join(), "capacity", order, capacity.join(", "), pool);

  checkReservations(capacity, args.capacityReservationIds, pool);
}

function checkReservations(capacity: readonly CapacityType[], ids: readonly string[] | undefined, pool: pulumi.Resource): void {
  const named = ids?.length ?? 0;
  if (!capacity.includes("reserved")) {
    check.that(named === 0, "capacityReservationIds", "left out where capacity is not reserved", ids, pool);
    return;
  }
  const needed = "a list of at least 1 entries where capacity is reserved, which selects nothing otherwise";
  check.that(named > 0, "capacityReservationIds", needed, "none", pool);
  check.distinct("capacityReservationIds", ids!, pool);
  for (const id of ids!) {
    check.matches("capacityReservationIds", id, RESERVATION_ID, "ids of capacity reservations, cr-…", pool);
  }
}
