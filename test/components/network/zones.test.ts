import { describe, expect, it } from "vitest";
import { OFFERING_REGIONS, zonesOffering } from "#components/instances/offerings";
import { REGION_CODES } from "#components/instances/offerings-table";
import { zoneCode, zonesOf } from "#components/network/zones";

/** Sold wherever EKS runs; a zone without it cannot hold system nodes. */
const COMMON = ["m7i.large", "t3.large"];

describe("zones", () => {
  it.each(OFFERING_REGIONS)("of %s are those in which EC2 sells common types", (region) => {
    const sold = COMMON.map((type) => new Set(zonesOffering(type, region)));
    expect(zonesOf(region)?.filter((zone) => !sold.some((zones) => zones.has(zone)))).toEqual([]);
    expect(zonesOf(region)?.length).toBeGreaterThanOrEqual(3);
  });

  it.each(Object.entries(REGION_CODES))("ids in %s begin with %s", (region, code) => {
    expect(zoneCode(region)).toBe(code);
  });

  it.each([
    ["ap-southeast-2", "apse2"],
    ["mx-central-1", "mxc1"],
    ["eu-toString-1", ""],
    ["mars", ""],
  ])("zoneCode of %s is %j", (region, code) => {
    expect(zoneCode(region)).toBe(code);
  });

  it("leaves out a zone that EKS does not serve", () => {
    expect(zonesOf("us-east-1")).not.toContain("use1-az3");
    expect(zonesOf("mars")).toBeUndefined();
  });
});
