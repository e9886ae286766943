import { describe, expect, it } from "vitest";
import { nearestOffered } from "#components/instances/nearest";
import { profiles } from "#stacks/inputs/environments/index";
import { checkOfferings, partialOfferings } from "#stacks/inputs/offerings";

const everywhere = Object.values(profiles).flatMap((profile) => profile.regions.map((region) => ({ profile, region })));

describe("offerings", () => {
  it.each(everywhere)("$profile.name may run in $region, which sells all that it names", ({ profile, region }) => {
    expect(() => checkOfferings(profile, region)).not.toThrow();
  });

  it("keeps staging and prod in the European Union", () => {
    const regions = [...profiles.staging.regions, ...profiles.prod.regions];
    expect(regions.filter((region) => !/^eu-(north|central|west|south)-/.test(region) || region === "eu-west-2")).toEqual([]);
    expect(regions).not.toContain("eu-central-2");
  });

  it("says which pools have fewer zones than the environment", () => {
    expect(partialOfferings(profiles.prod, "eu-north-1")).toEqual([
      "gpu.inference.instanceType: g6e.xlarge is sold in 2 of 3 zones (eun1-az1, eun1-az2; as of 2026-10-27)",
    ]);
    expect(partialOfferings(profiles.dev, "eu-central-1")).toEqual([]);
  });

  it.each([
    ["p5.48xlarge", "eu-west-1", "p4d.24xlarge"],
    ["g6e.xlarge", "eu-west-1", "g5.2xlarge"],
    ["m7g.large", "eu-north-1", "m8g.large"],
    ["m99i.large", "eu-north-1", undefined],
    ["m7i.large", "mars", undefined],
  ])("nearest to %s in %s: %s", (type, region, nearest) => {
    expect(nearestOffered(type, region)).toBe(nearest);
  });
});
