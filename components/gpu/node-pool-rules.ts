import * as pulumi from "@pulumi/pulumi";
import { isGpuInstanceType, nearestGpuInstanceType } from "../instances/instance.ts";
import { GPU_INSTANCES } from "../instances/table.ts";
import { DNS_LABEL, DNS_LABEL_RULE } from "../naming.ts";
import { check } from "../validation.ts";
import type { CapacityType, NodePoolArgs } from "./node-pool-args.ts";

/** @throws {pulumi.ResourceError} naming the first argument of a pool that breaks its rule. */
export function checkPool(name: string, args: NodePoolArgs, pool: pulumi.Resource): void {
  check.matches("name", name, DNS_LABEL, DNS_LABEL_RULE, pool);
  checkSize(args, pool);
  checkCapacity(args, pool);
  if (args.consolidation.when === "empty") {
    check.wholeNumber("consolidation.afterSeconds", args.consolidation.afterSeconds, { min: 0 }, pool);
  }
  check.wholeNumber("expireAfterHours", args.expireAfterHours, { min: 1 }, pool);
  check.wholeNumber("terminationGraceHours", args.terminationGraceHours, { min: 1 }, pool);
  check.wholeNumber("diskGiB", args.diskGiB, { min: 50 }, pool);
  check.length("subnetIds", args.subnetIds, { min: 1 }, pool);
  check.length("zones", args.zones, { min: 1 }, pool);
}

function checkSize({ instanceType, maxGpus }: NodePoolArgs, pool: pulumi.Resource): void {
  if (!isGpuInstanceType(instanceType)) {
    throw unknownType(instanceType, pool);
  }
  const { gpus } = GPU_INSTANCES[instanceType];
  check.wholeNumber("maxGpus", maxGpus, { min: gpus }, pool);
  check.that(maxGpus % gpus === 0, "maxGpus", `a multiple of ${gpus}, the GPUs of one ${instanceType}`, maxGpus, pool);
}

function unknownType(type: string, pool: pulumi.Resource): pulumi.ResourceError {
  const nearest = nearestGpuInstanceType(type);
  const hint = nearest ? `. Did you mean '${nearest}'?` : "";
  const known = Object.keys(GPU_INSTANCES).join(", ");
  return new pulumi.ResourceError(`'instanceType' must be one of ${known}, got '${type}'${hint}`, pool, true);
}

/** Karpenter's own order, which no list changes (Karpenter 1.14 documentation, "NodePools": capacity type). */
const PREFERENCE: readonly CapacityType[] = ["reserved", "spot", "on-demand"];
const RESERVATION_ID = /^cr-[0-9a-z]+$/;

function checkCapacity({ capacity, capacityReservationIds }: NodePoolArgs, pool: pulumi.Resource): void {
  check.length("capacity", capacity, { min: 1 }, pool);
  for (const type of capacity) {
    check.oneOf("capacity", type, PREFERENCE, pool);
  }
  const ordered = PREFERENCE.filter((type) => capacity.includes(type));
  const order = `in the order in which Karpenter prefers them (${ordered.join(", ")})`;
  check.that(capacity.join() === ordered.join(), "capacity", order, capacity.join(", "), pool);

  const reserved = capacity.includes("reserved");
  const named = capacityReservationIds?.length ?? 0;
  check.that(
    reserved || named === 0,
    "capacityReservationIds",
    "left out where capacity is not reserved",
    capacityReservationIds,
    pool,
  );
  const needed = "a list of at least 1 entries where capacity is nothing but reserved";
  check.that(capacity.join() !== "reserved" || named > 0, "capacityReservationIds", needed, "none", pool);
  for (const id of capacityReservationIds ?? []) {
    check.matches("capacityReservationIds", id, RESERVATION_ID, "ids of capacity reservations, cr-…", pool);
  }
}
