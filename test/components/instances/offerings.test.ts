import { describe, expect, it } from "vitest";
import { INSTANCE_TYPES } from "#components/instances/instance";
import { OFFERING_REGIONS, regionsOffering, zonesOffering } from "#components/instances/offerings";

describe("offerings", () => {
  it.each([
    ["g6.xlarge", "eu-west-1", []],
    ["g6.xlarge", "eu-north-1", ["eun1-az1", "eun1-az2"]],
    ["p5.48xlarge", "eu-central-1", []],
    ["p5.48xlarge", "eu-north-1", ["eun1-az1", "eun1-az2", "eun1-az3"]],
    ["m7i.large", "us-east-1", ["use1-az1", "use1-az2", "use1-az4", "use1-az5", "use1-az6"]],
    ["m7i.large", "mars-north-1", undefined],
    ["m99i.large", "eu-north-1", undefined],
    ["toString", "eu-north-1", undefined],
  ])("%s in %s: %j", (type, region, zones) => {
    expect(zonesOffering(type, region)).toEqual(zones);
  });

  it("names the regions of a type", () => {
    expect(regionsOffering("p4de.24xlarge")).toEqual([
      "ap-northeast-1",
      "ap-southeast-1",
      "eu-central-1",
      "us-east-1",
      "us-west-2",
    ]);
    expect(regionsOffering("m99i.large")).toEqual([]);
  });

  it("knows at least one region for every type, and common types everywhere", () => {
    expect(INSTANCE_TYPES.filter((type) => regionsOffering(type).length === 0)).toEqual([]);
    expect(regionsOffering("m7i.large")).toEqual(OFFERING_REGIONS);
  });
});
