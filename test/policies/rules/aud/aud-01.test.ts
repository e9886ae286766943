import { describe, expect, it } from "vitest";
import { resourcesOf } from "#plan/policy";
import { RULES } from "#policies/catalogue";
import { evaluate, sentence } from "#policies/evaluate";
import { readable } from "#policies/resource";
import { stackOf } from "../../../harness/stacks.ts";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const trail = { layer: "foundation", resource: "audit-trail", type: "aws:cloudtrail/trail:Trail" } as const;

const group = { layer: "foundation", resource: "cluster-logs-group", type: "aws:cloudwatch/logGroup:LogGroup" } as const;

describeRule("AUD-01", [
  {
    ...trail,
    what: "a trail of one region",
    change: (inputs) => (inputs.isMultiRegionTrail = false),
    says: "foundation-prod/audit-trail: 'isMultiRegionTrail' must be true, got 'false'",
    unknown: "isMultiRegionTrail",
  },
  {
    ...trail,
    what: "log files that can be changed unseen",
    change: (inputs) => delete inputs.enableLogFileValidation,
    says: "foundation-prod/audit-trail: 'enableLogFileValidation' must be true, got 'false'",
  },
  {
    ...trail,
    what: "a trail without the services that have no region",
    change: (inputs) => (inputs.includeGlobalServiceEvents = false),
    says: "foundation-prod/audit-trail: 'includeGlobalServiceEvents' must be true, got 'false'",
  },
  {
    ...trail,
    what: "a trail that is switched off",
    change: (inputs) => (inputs.enableLogging = false),
    says: "foundation-prod/audit-trail: 'enableLogging' must be true, got 'false'",
  },
  {
    ...trail,
    what: "a trail under AWS's own key",
    change: (inputs) => delete inputs.kmsKeyId,
    says: "foundation-prod/audit-trail: 'kmsKeyId' must be a customer managed key, got 'nothing'",
    unknown: "kmsKeyId",
  },
  {
    ...trail,
    what: "writes to models that are not recorded",
    change: ({ advancedEventSelectors: [, writes] }) =>
      writes.fieldSelectors.find(({ field }: any) => field === "resources.ARN").startsWiths.pop(),
    says: "foundation-prod/models: 'writes' must be recorded by a CloudTrail trail, got 'not recorded'",
    unknown: "advancedEventSelectors",
  },
  {
    ...group,
    what: "a log group under AWS's own key",
    change: (inputs) => delete inputs.kmsKeyId,
    says: "foundation-prod/cluster-logs-group: 'kmsKeyId' must be a customer managed key, got 'nothing'",
  },
  {
    ...group,
    what: "a log that goes within the year",
    change: (inputs) => (inputs.retentionInDays = 180),
    says: "foundation-prod/cluster-logs-group: 'retentionInDays' must be at least 365, got '180'",
    unknown: "retentionInDays",
  },
  {
    ...group,
    what: "a log that is kept and paid for ever",
    change: (inputs) => (inputs.retentionInDays = 0),
    says: "foundation-prod/cluster-logs-group: 'retentionInDays' must be at least 365, got 'nothing, which is for ever'",
    unknown: "retentionInDays",
  },
  {
    ...trail,
    what: "an account whose changes are not recorded",
    change: (inputs) => inputs.advancedEventSelectors.shift(),
    says: "foundation-prod/audit-trail: 'advancedEventSelectors' must be reads and writes of management, of every service but KMS, got 'a part of what is done to the account'",
    unknown: "advancedEventSelectors",
  },
  {
    ...trail,
    what: "a trail under AWS's own key, by its alias",
    change: (inputs) => (inputs.kmsKeyId = "alias/aws/s3"),
    says: "foundation-prod/audit-trail: 'kmsKeyId' must be a customer managed key of your own account, got 'alias/aws/s3'",
    unknown: "kmsKeyId",
  },
  {
    layer: "workloads",
    what: "a state of which no trail knows",
    add: { type: "aws:s3/bucket:Bucket", name: "state", inputs: {} },
    says: "workloads-prod/state: 'writes' must be recorded by a CloudTrail trail, got 'not recorded'",
  },
]);

describe("AUD-01", () => {
  const rules = RULES.filter(({ id }) => id === "AUD-01");
  const selecting = async (selectors: object) => {
    const { resources } = await stackOf("foundation", "prod");
    const registrations = structuredClone(resources);
    const own = registrations.find(({ type }) => type === trail.type)!;
    own.inputs = { ...own.inputs, advancedEventSelectors: undefined, ...selectors };
    const terms = { rules, environment: "prod", exceptions: [], today: "2026-11-21" } as const;
    return evaluate(resourcesOf({ layer: "foundation", registrations }, "prod"), terms).violations.map(sentence);
  };
  const basic = (readWriteType: string, ...values: string[]) => ({
    eventSelectors: [{}, { readWriteType, dataResources: [{ type: "AWS::S3::Object", values }] }],
  });
  const advanced = (...more: object[]) => ({
    advancedEventSelectors: [
      { fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] },
      {
        fieldSelectors: [
          { field: "eventCategory", equals: ["Data"] },
          { field: "resources.type", equals: ["AWS::S3::Object"] },
          ...more,
        ],
      },
    ],
  });

  it.each<[string, object]>([
    ["every write to S3", basic("WriteOnly", "arn:aws:s3")],
    ["everything in S3", basic("All", "arn:aws:s3:::")],
    ["everything in S3, in detail", advanced()],
    ["everything but some bucket", advanced({ field: "resources.ARN", notStartsWiths: ["arn:aws:s3:::elsewhere/"] })],
  ])("takes %s for enough", async (_, selectors) => {
    expect(await selecting(selectors)).toEqual([]);
  });

  it.each<[string, object]>([
    ["reads", basic("ReadOnly", "arn:aws:s3")],
    ["reads, in detail", advanced({ field: "readOnly", equals: ["true"] })],
    ["part of a bucket", basic("All", "arn:aws:s3:::millrace-prod-models-x/fraud/", "arn:aws:s3:::millrace-prod-artifacts-x/1/")],
    ["one kind of write", advanced({ field: "eventName", equals: ["DeleteObject"] })],
    [
      "functions",
      {
        eventSelectors: [
          { readWriteType: "All", dataResources: [{ type: "AWS::Lambda::Function", values: ["arn:aws:lambda"] }] },
        ],
      },
    ],
    ["the account alone", {}],
  ])("does not take %s for the writes to a bucket", async (_, selectors) => {
    // Resources are registered in an order of their own.
    expect((await selecting(selectors)).sort()).toEqual(
      ["artifacts", "models"].map(
        (bucket) => `AUD-01 foundation-prod/${bucket}: 'writes' must be recorded by a CloudTrail trail, got 'not recorded'`,
      ),
    );
  });

  it("does not ask a trail to record its own files", async () => {
    const resources = resourcesOf(
      { layer: "foundation", registrations: (await stackOf("foundation", "prod")).resources },
      "prod",
    );
    const loose = resources.map((each) => (each.type === trail.type ? { ...each, inputs: readable({}) } : each));
    const terms = { rules, environment: "prod", exceptions: [], today: "2026-11-21" } as const;
    const unrecorded = (list: typeof resources) =>
      evaluate(list, terms).violations.flatMap(({ address, property }) => (property === "writes" ? [address] : []));
    expect(unrecorded(resources)).toEqual([]);
    expect(unrecorded(loose).sort()).toEqual(["artifacts", "audit", "models"].map((name) => `foundation-prod/${name}`));
  });

  const management = (...more: object[]) => ({
    fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }, ...more],
  });
  const account = (...trails: object[]): string[] =>
    found(
      "AUD-01",
      trails.map((inputs) => of(trail.type, "trail", inputs)),
    ).filter((each) => each.includes("ventSelectors"));

  it.each<object>([
    {},
    { eventSelectors: [{ readWriteType: "All" }] },
    { eventSelectors: [{ excludeManagementEventSources: ["kms.amazonaws.com"] }] },
    { advancedEventSelectors: [management({ field: "eventSource", notEquals: ["kms.amazonaws.com"] })] },
    {
      advancedEventSelectors: [
        management({ field: "readOnly", equals: ["true"] }),
        management({ field: "readOnly", equals: ["false"] }),
      ],
    },
  ])("takes %j for a record of the account", (inputs) => {
    expect(account(inputs)).toEqual([]);
  });

  it.each<object>([
    { eventSelectors: [{ includeManagementEvents: "false" }] },
    { eventSelectors: [{ readWriteType: "WriteOnly" }] },
    { eventSelectors: [{ excludeManagementEventSources: ["sts.amazonaws.com"] }] },
    { advancedEventSelectors: [management({ field: "readOnly", equals: ["true"] })] },
    { advancedEventSelectors: [management({ field: "eventSource", equals: ["s3.amazonaws.com"] })] },
    { advancedEventSelectors: [management({ field: "eventName", notEquals: ["AssumeRole"] })] },
    { advancedEventSelectors: [{ fieldSelectors: [{ field: "eventCategory", equals: ["Data"] }] }] },
  ])("does not take %j for a record of the account", (inputs) => {
    expect(account(inputs)).toHaveLength(1);
  });

  it("asks for records in a bucket of the same program, where names of buckets mean something", () => {
    const into = (s3BucketName: string) => [
      of("aws:s3/bucket:Bucket", "evidence", {}),
      of(trail.type, "trail", { s3BucketName }),
    ];
    const astray = (...given: Parameters<typeof found>) => found(...given).filter((each) => each.startsWith("s3BucketName"));
    expect(astray("AUD-01", into("evidence-1"))).toEqual([]);
    expect(astray("AUD-01", into("somebody-else"))).toEqual(["s3BucketName: somebody-else"]);
    expect(astray("AUD-01", into("somebody-else"), ruleOf("AUD-01").elsewhere)).toEqual([]);
  });

  it("lets a second trail record a part, and logs pass through", () => {
    expect(account({}, { eventSelectors: [{ includeManagementEvents: false }] })).toEqual([]);
    expect(found("AUD-01", [of(group.type, "x", { kmsKeyId: "k", logGroupClass: "DELIVERY" })])).toEqual([]);
  });
});
