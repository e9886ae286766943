import { expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const type = "pulumi:providers:aws";

describeRule("AWS-01", [
  {
    what: "a provider for whichever account is at hand",
    layer: "platform",
    resource: "aws",
    type,
    change: (inputs) => delete inputs.allowedAccountIds,
    says: "platform-prod/aws: 'allowedAccountIds' must be a list with the account of the environment, got 'every account'",
    unknown: "allowedAccountIds",
  },
  {
    what: "a provider that does not ask for its account",
    layer: "platform",
    resource: "aws",
    type,
    change: (inputs) => (inputs.skipRequestingAccountId = "true"),
    says: "platform-prod/aws: 'skipRequestingAccountId' must be false, got 'true'",
    unknown: "skipRequestingAccountId",
  },
]);

it.each([["[]"], ['[""]'], [[]], ["not JSON"], [{}]])("AWS-01 takes %s for no account", (allowedAccountIds) => {
  expect(found("AWS-01", of(type, "aws", { allowedAccountIds }))).toEqual(["allowedAccountIds: every account"]);
});

it("AWS-01 takes a list or its text, and asks nothing of others", () => {
  expect(found("AWS-01", of(type, "aws", { allowedAccountIds: ["333333333333"] }))).toEqual([]);
  expect(found("AWS-01", of(type, "aws", { allowedAccountIds: '["333333333333","444444444444"]' }))).toEqual([]);
  expect(found("AWS-01", of(type, "aws", {}), ruleOf("AWS-01").elsewhere)).toEqual([]);
});
