import { describe, expect, it } from "vitest";
import { describeRule, said } from "../../harness.ts";
import { resource } from "./samples.ts";

describe("S3-07", () => {
  it("has of two policies that wait for it the one of its own component", () => {
    const bucket = (name: string) => resource("aws:s3/bucket:Bucket", name, {}, { parent: name });
    const ownership = (name: string, dependencies: string[], objectOwnership: string) =>
      resource(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        name,
        { rule: { objectOwnership } },
        { parent: name, dependencies },
      );
    expect(
      said(
        "S3-07",
        bucket("a"),
        bucket("b"),
        ownership("a", ["a", "b"], "ObjectWriter"),
        ownership("b", ["b"], "BucketOwnerEnforced"),
      ),
    ).toEqual(["S3-07 s/a: 'rule.objectOwnership' must be BucketOwnerEnforced, got 'ObjectWriter'"]);
  });
});

describeRule("S3-07", [
  {
    what: "objects that belong to whoever wrote them",
    layer: "foundation",
    resource: "data-owner",
    change: (inputs) => (inputs.rule.objectOwnership = "ObjectWriter"),
    says: "foundation-prod/data-owner: 'rule.objectOwnership' must be BucketOwnerEnforced, got 'ObjectWriter'",
    unknown: "rule.objectOwnership",
  },
  {
    what: "a bucket of which nobody says who owns its objects",
    layer: "workloads",
    add: { type: "aws:s3/bucket:Bucket", name: "features", inputs: {} },
    says: "workloads-prod/features: 'ownershipControls' must be BucketOwnerEnforced, got 'nothing'",
  },
]);
