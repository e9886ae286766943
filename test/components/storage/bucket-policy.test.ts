import { describe, expect, it } from "vitest";
import { ObjectStore, type ObjectStoreArgs } from "#components/storage/object-store";
import { type Recorded, record } from "../../harness/graph.ts";
import { objectStore as minimal } from "../minimal.ts";
import { named } from "../named.ts";

const store = (args: Partial<ObjectStoreArgs>) => record(() => new ObjectStore("data", { ...minimal, ...args }));
const statements = (graph: Recorded[]): any[] => JSON.parse(named(graph, "data-policy").inputs["policy"]).Statement;

describe("a log of a service", () => {
  it("lets one trail write, with any encryption that CloudTrail chooses", async () => {
    const graph = await store({
      deliveries: [{ log: "trail", prefix: "trail", account: "111111111111", region: "eu-west-1", trail: "audit" }],
    });
    const ours = { "aws:SourceArn": "arn:aws:cloudtrail:eu-west-1:111111111111:trail/audit" };
    const bucket = "arn:aws:s3:::millrace-test-data-";
    expect(statements(graph).slice(2)).toEqual([
      {
        Sid: "Trail",
        Effect: "Allow",
        Principal: { Service: "cloudtrail.amazonaws.com" },
        Action: ["s3:PutObject"],
        Resource: [expect.stringMatching(`^${bucket}\\w+/trail/AWSLogs/111111111111/\\*$`)],
        Condition: { StringEquals: { ...ours, "s3:x-amz-acl": "bucket-owner-full-control" } },
      },
      {
        Sid: "TrailCheck",
        Effect: "Allow",
        Principal: { Service: "cloudtrail.amazonaws.com" },
        Action: ["s3:GetBucketAcl"],
        Resource: [expect.stringMatching(`^${bucket}\\w+$`)],
        Condition: { StringEquals: ours },
      },
    ]);
  });

  it("takes logs of our account under S3's own key", async () => {
    const from = { account: "111111111111", region: "eu-west-1" };
    const graph = await record(
      () =>
        new ObjectStore("data", {
          bucketPrefix: "logs",
          deliveries: [
            { log: "access", prefix: "access", ...from },
            { log: "flow", prefix: "flow-logs", ...from },
          ],
        }),
    );
    expect(named(graph, "data-encryption").inputs["rules"]).toEqual([
      {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" },
        bucketKeyEnabled: false,
        blockedEncryptionTypes: ["SSE-C"],
      },
    ]);
    const ours = (source: string) => ({
      StringEquals: { "aws:SourceAccount": "111111111111" },
      ArnLike: { "aws:SourceArn": source },
    });
    const flow = {
      Effect: "Allow",
      Principal: { Service: "delivery.logs.amazonaws.com" },
      Condition: ours("arn:aws:logs:eu-west-1:111111111111:*"),
    };
    expect(statements(graph).slice(2)).toEqual([
      {
        Sid: "AccessLogs",
        Effect: "Allow",
        Principal: { Service: "logging.s3.amazonaws.com" },
        Action: ["s3:PutObject"],
        Resource: [expect.stringMatching(/\/access\/\*$/)],
        Condition: ours("arn:aws:s3:::*"),
      },
      { Sid: "FlowLogs", Action: ["s3:PutObject"], Resource: [expect.stringMatching(/\/flow-logs\/\*$/)], ...flow },
      {
        Sid: "FlowLogsCheck",
        Action: ["s3:GetBucketAcl", "s3:ListBucket"],
        Resource: [expect.stringMatching(/^arn:aws:s3:::logs-\w+$/)],
        ...flow,
      },
    ]);
  });
});
