import { expect, it } from "vitest";
import { CiRoles } from "#components/ci/ci-roles";
import { type Recorded, record } from "../../harness/graph.ts";
import { type Account, accountOf } from "../../iam/account.ts";
import { allows, type Context, type Rights } from "../../iam/evaluate.ts";
import { ciRoles, promotionLedger as ledger, pulumiState as state } from "../minimal.ts";
import { named } from "../named.ts";

const graph = record(
  () =>
    new CiRoles("ci", {
      ...ciRoles,
      state,
      ledger,
      administrators: Array(10).fill("arn:aws:iam::111111111111:role/platform-engineers"),
      guardedStores: ["predictions", "audit"],
    }),
);

const policyOf = ({ inputs }: Recorded): object => JSON.parse(inputs["policy"]);

/** A role of CI as IAM sees it. */
async function rightsOf(use: "plan" | "deploy"): Promise<Rights> {
  const resources = await graph;
  return {
    arn: `arn:aws:iam::111111111111:role/millrace-test-ci-${use}`,
    policies: resources
      .filter(({ type, name }) => type === "aws:iam/policy:Policy" && name.startsWith(`ci-${use}-`))
      .map((each) => ({ name: each.name, policy: policyOf(each) })),
    boundary: { name: "boundary", policy: policyOf(named(resources, "ci-boundary")) },
  };
}

const own = "arn:aws:s3:::ledger/test/00000001.json";
const other = "arn:aws:s3:::ledger/prod/00000001.json";
const NEW: Context = { "s3:if-none-match": "*" };

it.each<[use: "plan" | "deploy", verdict: "may" | "may not", action: string, resource: string, context?: Context]>([
  ["deploy", "may", "s3:PutObject", own, NEW],
  ["deploy", "may not", "s3:PutObject", own],
  ["deploy", "may not", "s3:PutObject", other, NEW],
  ["deploy", "may not", "s3:PutObject", "arn:aws:s3:::ledger/test", NEW],
  ["deploy", "may", "s3:GetObject", own],
  ["deploy", "may", "s3:GetObject", other],
  ["deploy", "may", "s3:ListBucket", "arn:aws:s3:::ledger"],
  ["deploy", "may", "s3:ListBucketVersions", "arn:aws:s3:::ledger"],
  ["deploy", "may not", "s3:DeleteObject", own],
  ["deploy", "may not", "s3:DeleteObjectVersion", own],
  ["deploy", "may not", "s3:BypassGovernanceRetention", own],
  ["deploy", "may not", "s3:PutObjectRetention", own],
  ["deploy", "may not", "s3:PutBucketPolicy", "arn:aws:s3:::ledger"],
  ["deploy", "may not", "s3:PutLifecycleConfiguration", "arn:aws:s3:::ledger"],
  ["deploy", "may not", "s3:DeleteBucket", "arn:aws:s3:::ledger"],
  ["deploy", "may", "kms:GenerateDataKey", ledger.keyArn],
  ["deploy", "may not", "kms:ScheduleKeyDeletion", ledger.keyArn],
  ["deploy", "may not", "kms:PutKeyPolicy", ledger.keyArn],
  ["plan", "may", "s3:GetObject", own],
  ["plan", "may", "s3:GetObject", other],
  ["plan", "may", "s3:ListBucketVersions", "arn:aws:s3:::ledger"],
  ["plan", "may", "kms:Decrypt", ledger.keyArn],
  ["plan", "may not", "s3:PutObject", own, NEW],
  ["plan", "may not", "s3:DeleteObject", own],
  ["plan", "may not", "kms:GenerateDataKey", ledger.keyArn],
])("the role to %s %s %s on %s %j", async (use, verdict, action, resource, context = {}) => {
  const account: Account = {
    ...(await accountOf("dev")),
    number: "111111111111",
    region: "eu-west-1",
    resourcePolicies: new Map(),
  };
  expect(await allows(account, await rightsOf(use), { action, resource, context })).toBe(verdict === "may");
});

it("every policy fits IAM with the ledger too", async () => {
  for (const { name, inputs } of (await graph).filter(({ type }) => type === "aws:iam/policy:Policy")) {
    expect(inputs["policy"].length, name).toBeLessThan(6_144);
  }
});
