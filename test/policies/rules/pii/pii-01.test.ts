import { describe, expect, it } from "vitest";
import { RULES } from "#policies/catalogue";
import { evaluate, sentence } from "#policies/evaluate";
import type { Resource } from "#policies/resource";
import { describeRule } from "../../harness.ts";

const foundation = { layer: "foundation" } as const;

const server = (logger: object | undefined, annotations: object = {}) => ({
  type: "kubernetes:serving.kserve.io/v1beta1:InferenceService",
  name: "credit",
  inputs: { metadata: { annotations }, spec: { predictor: { model: {}, ...(logger && { logger }) } } },
});

const tagged = { tags: { "data-classification": "restricted" } };

const stranger = "arn:aws:iam::999999999999:root";

describeRule("PII-01", [
  {
    ...foundation,
    what: "predictions under a key of S3's own",
    resource: "predictions-encryption",
    change: (inputs) => (inputs.rules[0].applyServerSideEncryptionByDefault = { sseAlgorithm: "AES256" }),
    says: "foundation-prod/predictions-encryption: 'rules.0.applyServerSideEncryptionByDefault.sseAlgorithm' must be aws:kms, got 'AES256'",
    unknown: "rules.0.applyServerSideEncryptionByDefault.sseAlgorithm",
  },
  {
    ...foundation,
    what: "predictions over plain HTTP",
    resource: "predictions-policy",
    change: (inputs) => (inputs.policy = inputs.policy.replace(`"aws:SecureTransport":"false"`, `"aws:SecureTransport":"true"`)),
    says: "foundation-prod/predictions-policy: 'policy' must be closed to requests without TLS, got 'plain HTTP'",
    unknown: "policy",
  },
  {
    ...foundation,
    what: "predictions for another account",
    resource: "predictions-policy",
    change: (inputs) => {
      const document = JSON.parse(inputs.policy);
      document.Statement.push({ Effect: "Allow", Principal: { AWS: stranger }, Action: "s3:GetObject", Resource: "*" });
      inputs.policy = JSON.stringify(document);
    },
    says: `foundation-prod/predictions-policy: 'policy.Statement.5.Principal' must be principals of known accounts, got '${stranger}'`,
  },
  {
    ...foundation,
    what: "predictions that anybody reads unseen",
    resource: "audit-trail",
    type: "aws:cloudtrail/trail:Trail",
    change: ({ advancedEventSelectors: [, , accesses] }) =>
      accesses.fieldSelectors.push({ field: "readOnly", equals: ["false"] }),
    says: "foundation-prod/predictions: 'reads' must be recorded by a CloudTrail trail, got 'not recorded'",
    unknown: "advancedEventSelectors",
  },
  {
    ...foundation,
    what: "predictions that are kept for a year",
    resource: "predictions-lifecycle",
    change: (inputs) => (inputs.rules[1].expiration.days = 365),
    says: "foundation-prod/predictions-lifecycle: 'expiration' must be at most 120 days for all objects, got '372 days'",
    unknown: "rules.1.expiration.days",
  },
  {
    ...foundation,
    what: "predictions that are kept for ever",
    resource: "predictions-lifecycle",
    change: (inputs) => inputs.rules.pop(),
    says: "foundation-prod/predictions-lifecycle: 'expiration' must be at most 120 days for all objects, got 'for ever'",
  },
  {
    ...foundation,
    what: "predictions that are marked as public",
    resource: "predictions",
    type: "aws:s3/bucket:Bucket",
    change: (inputs) => (inputs.tags["data-classification"] = "public"),
    says: "foundation-prod/predictions: 'tags.data-classification' must be pii or restricted, got 'public'",
    unknown: "tags",
  },
  {
    layer: "workloads",
    what: "answers about people in a queue under AWS's own key",
    add: { type: "aws:sqs/queue:Queue", name: "answers", inputs: tagged },
    says: "workloads-prod/answers: 'kmsMasterKeyId' must be a customer managed key, got 'nothing'",
    unknown: "tags",
  },
  {
    layer: "workloads",
    what: "a model server that writes down what it is asked",
    add: server({ url: "http://log" }),
    says: "workloads-prod/credit: 'spec.predictor.logger.mode' must be metadata, unless its payloads are redacted, got 'all'",
    unknown: "spec.predictor.logger",
  },
]);

describe("PII-01", () => {
  const faults = (...resources: Partial<Resource>[]): string[] => {
    const base = {
      name: "x",
      address: "s/x",
      inputs: {},
      protect: false,
      ignoreChanges: [],
      parent: "",
      dependencies: [],
      provider: {},
    };
    const terms = {
      rules: RULES.filter(({ id }) => id === "PII-01"),
      environment: "prod",
      exceptions: [],
      today: "2026-11-21",
    } as const;
    return evaluate(
      resources.map((each) => ({ ...base, type: "", ...each })),
      terms,
    ).violations.map(sentence);
  };

  it.each([server(undefined), server({ mode: "metadata" }), server({ mode: "all" }, { "millrace.dev/payloads": "redacted" })])(
    "lets a model server log %j",
    (resource) => expect(faults(resource)).toEqual([]),
  );

  it("asks nothing of what is not tagged, and as much of what a provider tags", () => {
    const queue = { type: "aws:sqs/queue:Queue" };
    expect(faults(queue)).toEqual([]);
    expect(faults({ ...queue, inputs: tagged })).toHaveLength(1);
    expect(faults({ ...queue, provider: { defaultTags: JSON.stringify(tagged) } })).toHaveLength(1);
    expect(faults({ ...queue, inputs: { ...tagged, kmsMasterKeyId: "k" } })).toEqual([]);
  });
});
