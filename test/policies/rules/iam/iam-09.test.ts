import { describe, expect, it } from "vitest";
import { RULES } from "#policies/catalogue";
import { evaluate } from "#policies/evaluate";
import { SECRET } from "#policies/resource";
import { UNKNOWN } from "../../../harness/wire.ts";
import { describeRule, found, of } from "../../harness.ts";
import { TODAY } from "../../sample.ts";

const WANT = "a policy document: nobody can read this one, so no rule judges it";

describeRule("IAM-09", [
  {
    layer: "foundation",
    resource: "data-policy",
    what: "a policy of a bucket that is no JSON",
    change: (inputs) => (inputs.policy = "{"),
    says: `foundation-prod/data-policy: 'policy' must be ${WANT}, got 'a text that is not JSON'`,
    unknown: "policy",
  },
]);

const POLICY = "aws:iam/policy:Policy";
const statement = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };

describe("IAM-09", () => {
  it.each([
    ["{", "a text that is not JSON"],
    ["nonsense", "a text that is not JSON"],
    ["// none\n{}", "a text that is not JSON"],
    ["{'Statement': []}", "a text that is not JSON"],
    ["", "an empty text"],
    ["null", "null in place of an object"],
    ["[]", "a list in place of an object"],
    [[], "a list in place of an object"],
    ["5", "a number in place of an object"],
    [true, "a boolean in place of an object"],
    [JSON.stringify(JSON.stringify({ Statement: [statement] })), "a string in place of an object"],
    ["{}", "an object without 'Statement'"],
    [{ statement: [statement] }, "an object without 'Statement'"],
    [{ Statement: null }, "an object without 'Statement'"],
    [{ Statement: 5 }, "'Statement' of the kind number"],
    [{ Statement: "Allow" }, "'Statement' of the kind string"],
    [{ Statement: [5] }, "a statement that is no object"],
    [{ Statement: [null] }, "a statement that is no object"],
    [{ Statement: [[statement]] }, "a statement that is no object"],
    [{ Statement: [statement, { ...statement, Effect: "allow" }] }, "a statement with the effect 'allow'"],
    [{ Statement: { Action: "*", Resource: "*" } }, "a statement without 'Effect'"],
    [{ Statement: { Effect: "Allow", action: "*", Resource: "*" } }, "a statement with 'action'"],
    [{ Statement: { Effect: "Allow", Actions: ["*"] } }, "a statement with 'Actions'"],
    [{ Statement: { Effect: "Allow", Resource: "*" } }, "a statement without actions"],
    [{ Statement: { Effect: "Allow", Action: {}, Resource: "*" } }, "a statement without actions"],
  ])("refuses %j", (policy, got) => expect(found("IAM-09", of(POLICY, "p", { policy }))).toEqual([`policy: ${got}`]));

  it.each([
    JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
    { Statement: statement },
    { Statement: [{ ...statement, Sid: "A", Condition: {}, NotAction: "s3:*", Action: undefined }] },
    { Statement: [] },
    undefined,
    null,
  ])("accepts %j", (policy) => expect(found("IAM-09", of(POLICY, "p", { policy }))).toEqual([]));

  it("waits for what nobody knows yet, and for secrets", () => {
    expect(found("IAM-09", of(POLICY, "p", { policy: UNKNOWN }))).toEqual(["open: policy"]);
    expect(found("IAM-09", of(POLICY, "p", { policy: SECRET }))).toEqual(["open: policy"]);
    expect(found("IAM-09", of(POLICY, "p", { policy: { Statement: [{ ...statement, Resource: UNKNOWN }] } }))).toEqual([]);
  });

  it.each([
    ["aws:iam/role:Role", "assumeRolePolicy"],
    ["aws:s3/bucketPolicy:BucketPolicy", "policy"],
    ["aws:kms/key:Key", "policy"],
    ["aws:kms/keyPolicy:KeyPolicy", "policy"],
    ["aws:sqs/queue:Queue", "policy"],
    ["aws:sqs/queuePolicy:QueuePolicy", "policy"],
    ["aws:sns/topicPolicy:TopicPolicy", "policy"],
    ["aws:ecr/repositoryPolicy:RepositoryPolicy", "policy"],
    ["aws:secretsmanager/secretPolicy:SecretPolicy", "policy"],
    ["aws:opensearch/domain:Domain", "accessPolicies"],
    ["aws:ec2/vpcEndpoint:VpcEndpoint", "policy"],
  ])("reads the document of %s, and no other rule says that it cannot be read", (type, property) => {
    const terms = { rules: RULES, environment: "prod", exceptions: [], today: TODAY } as const;
    const { violations } = evaluate([of(type, "r", { [property]: "{" })], terms);
    expect(violations.filter(({ got }) => got === "a text that is not JSON").map(({ rule }) => rule.id)).toEqual(["IAM-09"]);
  });

  it("reads each inline policy of a role", () => {
    const inlinePolicies = [{ policy: { Statement: statement } }, { name: "none" }, { policy: "[]" }];
    expect(found("IAM-09", of("aws:iam/role:Role", "r", { inlinePolicies }))).toEqual([
      "inlinePolicies.2.policy: a list in place of an object",
    ]);
  });

  it("takes an optional document that is empty for none", () => {
    expect(found("IAM-09", of("aws:sqs/queue:Queue", "q", { policy: "" }))).toEqual([]);
  });
});
