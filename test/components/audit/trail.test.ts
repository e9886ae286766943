import { describe, expect, it } from "vitest";
import { AuditTrail, type AuditTrailArgs } from "#components/audit/trail";
import { record, refusal } from "../../harness/graph.ts";
import { auditTrail as minimal } from "../minimal.ts";

const KEY = "arn:aws:kms:eu-west-1:111111111111:key/1";
const all: AuditTrailArgs = {
  ...minimal,
  writes: ["arn:aws:s3:::models", "arn:aws:s3:::files"],
  accesses: ["arn:aws:s3:::answers"],
};
const trail = (args: Partial<AuditTrailArgs> = {}) => record(() => new AuditTrail("audit", { ...minimal, ...args }));
const inputsOf = async (args: Partial<AuditTrailArgs> = {}) =>
  (await trail(args)).find(({ type }) => type === "aws:cloudtrail/trail:Trail")!.inputs;

const account = { name: "account", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] };
const objects = (name: string, startsWiths: string[], ...narrower: object[]) => ({
  name,
  fieldSelectors: [
    { field: "eventCategory", equals: ["Data"] },
    { field: "resources.type", equals: ["AWS::S3::Object"] },
    { field: "resources.ARN", startsWiths },
    ...narrower,
  ],
});

describe("AuditTrail", () => {
  it("is one trail for all regions, with signed and encrypted files", async () => {
    const graph = await trail();
    expect(graph.map(({ type, name, parent }) => `${type} ${name} < ${parent}`).slice(1)).toEqual([
      "millrace:audit:AuditTrail audit < millrace-test",
      "aws:cloudtrail/trail:Trail audit < audit",
    ]);
    expect(await inputsOf()).toEqual({
      name: "millrace-test-audit",
      s3BucketName: "audit-1",
      s3KeyPrefix: "trail",
      kmsKeyId: KEY,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      advancedEventSelectors: [account],
    });
  });

  it("records writes for some buckets and every access for others", async () => {
    expect((await inputsOf(all))["advancedEventSelectors"]).toEqual([
      account,
      objects("writes", ["arn:aws:s3:::models/", "arn:aws:s3:::files/"], { field: "readOnly", equals: ["false"] }),
      objects("accesses", ["arn:aws:s3:::answers/"]),
    ]);
  });

  it.each<[Partial<AuditTrailArgs>, string]>([
    [
      { trailName: "audit-" },
      "'trailName' must be 3 to 128 letters, digits, '.', '_' and '-', and begin and end with a letter or digit, got 'audit-'",
    ],
    [{ prefix: "trail/" }, "'prefix' must be letters, digits, '.', '_' and '-', got 'trail/'"],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new AuditTrail("audit", { ...minimal, ...args }))).toBe(message);
  });
});
