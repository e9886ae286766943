import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contains, formatCidr, overlaps, parseCidr } from "#components/network/cidr";
import { carve, LARGEST_VPC, MOST_ZONES, SMALLEST_VPC, type ZoneSubnets } from "#components/network/subnets";

const vpc = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: LARGEST_VPC, max: SMALLEST_VPC }))
  .map(([address, bits]) => formatCidr({ address: address - (address % 2 ** (32 - bits)), bits }));
const zones = fc.integer({ min: 2, max: MOST_ZONES });
const flat = (subnets: ZoneSubnets[]): string[] => subnets.flatMap((zone) => Object.values(zone) as string[]);

describe("carve", () => {
  it("cuts 10.10.0.0/16 so that the pods of each zone get 8192 addresses", () => {
    expect(carve("10.10.0.0/16", 3)).toEqual([
      { public: "10.10.32.0/21", private: "10.10.0.0/19", intra: "10.10.40.0/21" },
      { public: "10.10.96.0/21", private: "10.10.64.0/19", intra: "10.10.104.0/21" },
      { public: "10.10.160.0/21", private: "10.10.128.0/19", intra: "10.10.168.0/21" },
    ]);
  });

  it("leaves 512 addresses for the pods of a zone in the smallest VPC", () => {
    expect(carve("10.10.0.0/20", 2)[0]).toEqual({ public: "10.10.2.0/25", private: "10.10.0.0/23", intra: "10.10.2.128/25" });
  });

  it("gives as many zones as asked for, three subnets each, aligned and inside the VPC", () => {
    fc.assert(
      fc.property(vpc, zones, (cidr, count) => {
        const subnets = flat(carve(cidr, count));
        expect(subnets).toHaveLength(3 * count);
        // parseCidr takes canonical ranges only: what it reads is aligned.
        expect(subnets.every((subnet) => contains(parseCidr(cidr)!, parseCidr(subnet)!))).toBe(true);
      }),
    );
  });

  it("gives no address twice", () => {
    fc.assert(
      fc.property(vpc, zones, (cidr, count) => {
        const subnets = flat(carve(cidr, count)).map((subnet) => parseCidr(subnet)!);
        expect(subnets.some((one, i) => subnets.some((other, j) => i < j && overlaps(one, other)))).toBe(false);
      }),
    );
  });

  it("moves no subnet when a zone is added", () => {
    fc.assert(
      fc.property(vpc, fc.integer({ min: 1, max: MOST_ZONES - 1 }), (cidr, count) => {
        expect(carve(cidr, count + 1).slice(0, count)).toEqual(carve(cidr, count));
      }),
    );
  });
});
