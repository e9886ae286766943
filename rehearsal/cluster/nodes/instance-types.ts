import { writeFileSync } from "node:fs";
import { allocatable } from "#components/instances/allocatable";
import { INSTANCE_TYPES, instanceOf } from "#components/instances/instance";
import { PriceList } from "#plan/prices";
import { resourcesOf, ZONE } from "./nodes.ts";

/** What Karpenter's simulated cloud keeps of each node (kwok/cloudprovider/helpers.go, `KubeReserved`): the room of ours is less already. */
const KEPT = { cpuMillis: 100, memoryMiB: 10 };

/** Spot is cheaper, so Karpenter asks for it first; what it costs depends on the day. */
const SPOT_SHARE = 0.4;

/** Price of a type that nobody knows: above all others, US dollars an hour. */
const UNKNOWN = 1_000;

/**
 * Writes what Karpenter may buy: every type of the table, in every zone, on demand and as spot, with the room of the real node.
 *
 * @param zones names of the zones, in one region.
 */
export function writeInstanceTypes(file: string, zones: readonly string[]): void {
  const prices = new PriceList(zones[0]!.slice(0, -1));
  const requirement = (key: string, value: string) => ({ key, operator: "In", values: [value] });
  const offerings = (price: number) =>
    zones.flatMap((zone) =>
      (["on-demand", "spot"] as const).map((capacity) => ({
        Price: capacity === "spot" ? price * SPOT_SHARE : price,
        Available: true,
        Requirements: [requirement("karpenter.sh/capacity-type", capacity), requirement(ZONE, zone)],
      })),
    );
  const types = INSTANCE_TYPES.map((name) => {
    const room = allocatable(name)!;
    return {
      name,
      architecture: instanceOf(name)!.arch,
      operatingSystems: ["linux"],
      resources: resourcesOf({
        ...room,
        cpuMillis: room.cpuMillis + KEPT.cpuMillis,
        memoryMiB: room.memoryMiB + KEPT.memoryMiB,
      }),
      offerings: offerings(prices.instanceHour(name) || UNKNOWN),
    };
  });
  writeFileSync(file, JSON.stringify(types));
}
