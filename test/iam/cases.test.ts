import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { profiles } from "#stacks/inputs/environments/index";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { type Account, accountOf } from "./account.ts";
import { type Case, DEPLOY, OTHERS, READER } from "./cases.ts";
import { allows, type Request, type Rights } from "./evaluate.ts";
import { BEFORE_PROD, BY_HOST, EVERYWHERE, IN_PROD, PEOPLE } from "./people.ts";

/** What stands in braces. */
function filled(text: string, account: Account): string {
  const { number, region, environment, resources, roles } = account;
  const arnOf = (type: string, name: string): string =>
    resources.find((each) => each.type === type && (name === "" || each.name === name))?.arn ?? `no ${name}`;
  const database = resources.find(({ type }) => type === "aws:rds/instance:Instance")!;
  return text
    .replaceAll("{account}", number)
    .replaceAll("{region}", region)
    .replaceAll("{prefix}", `millrace-${environment}`)
    .replaceAll("{env}", environment)
    .replace(/\{bucket:(.*?)\}/, (_, name) => arnOf("aws:s3/bucket:Bucket", name))
    .replace(/\{key:(.*?)\}/, (_, name) => arnOf("aws:kms/key:Key", name))
    .replace(/\{role:(.*?)\}/, (_, name) => roles.get(name)!.arn)
    .replace("{queue}", () => arnOf("aws:sqs/queue:Queue", ""))
    .replace("{secret}", () => database.outputs["masterUserSecrets"][0].secretArn);
}

const requestOf = ([, , action, resource, context = {}]: Case, account: Account): Request => ({
  action,
  resource: filled(resource, account),
  context: Object.fromEntries(Object.entries(context).map(([key, value]) => [key, filled(value, account)])),
});

/** Cases in which AWS would decide otherwise. */
async function wrong(cases: readonly Case[], account: Account, rightsOf: (role: string) => Rights): Promise<string[]> {
  const lines: string[] = [];
  for (const each of cases) {
    const [role, verdict, action, resource, context] = each;
    const allowed = await allows(account, rightsOf(role), requestOf(each, account));
    if (allowed !== (verdict === "may")) {
      lines.push(`${role} ${verdict} ${action} ${resource} ${JSON.stringify(context ?? {})}`);
    }
  }
  return lines;
}

describe.each(ENVIRONMENTS)("in %s", (environment) => {
  it.each<[string, readonly Case[]]>([
    ["the deploying role", DEPLOY],
    ["every other role", OTHERS],
  ])("%s may do what the table says and nothing else", async (_, cases) => {
    const account = await accountOf(environment);
    expect(await wrong(cases, account, (role) => account.roles.get(role)!)).toEqual([]);
  });
});

it.each(["dev", "staging"] as const)("the next environment may read what %s published, and nothing else", async (environment) => {
  const account = await accountOf(environment);
  expect(await wrong(READER, account, (role) => account.roles.get(role)!)).toEqual([]);
});

it("nobody takes over from prod", async () => {
  expect([...(await accountOf("prod")).roles.keys()]).not.toContain("publishers-reader");
});

/** Whoever has a policy of people and nothing else. */
function personWith(account: Account, name: string): Rights {
  const { inputs } = account.resources.find((each) => each.type === "aws:iam/policy:Policy" && each.name === name)!;
  return { arn: `arn:aws:iam::${account.number}:role/${name}`, policies: [{ name, policy: JSON.parse(inputs["policy"]) }] };
}

describe.each(ENVIRONMENTS)("people in %s", (environment) => {
  const host = profiles[environment].cluster.accessHost;
  const cases = [...EVERYWHERE, ...(environment === "prod" ? IN_PROD : BEFORE_PROD), ...(host ? BY_HOST : [])];

  it("may do in AWS what was written by hand and nothing else", async () => {
    const account = await accountOf(environment);
    const people = new Map(PEOPLE.map((name) => [name as string, personWith(account, name)]));
    const ofRisk = cases.map(
      ([role, verdict, action, resource, context]): Case => [
        role,
        verdict,
        action,
        resource,
        { "aws:PrincipalTag/team": "risk", ...context },
      ],
    );
    expect(await wrong(ofRisk, account, (role) => people.get(role)!)).toEqual([]);
    expect(cases.length).toBeGreaterThanOrEqual(120);
  });
});

it("who has no team reads the files of none", async () => {
  const account = await accountOf("dev");
  const cases: Case[] = ["raw/risk/a.parquet", "raw//a.parquet", "raw/growth/a.parquet"].map((file) => [
    "people-data-scientist",
    "may not",
    "s3:GetObject",
    `{bucket:data}/${file}`,
  ]);
  expect(await wrong(cases, account, (role) => personWith(account, role))).toEqual([]);
});

it("every policy of people has cases", async () => {
  const { resources } = await accountOf("prod");
  const policies = resources.filter(({ type, name }) => type === "aws:iam/policy:Policy" && name.startsWith("people-"));
  expect(policies.map(({ name }) => name).toSorted()).toEqual(PEOPLE.toSorted());
});

it("the table has 120 cases and more, about every kind of role", () => {
  expect(DEPLOY.length + OTHERS.length).toBeGreaterThanOrEqual(120);
});

it("the deploying role of before decides 40 cases and more otherwise", async () => {
  const account = await accountOf("prod");
  const { permissions, boundary } = JSON.parse(readFileSync(join(import.meta.dirname, "deploying-role-before.json"), "utf8"));
  const before: Rights = {
    arn: account.roles.get("ci-deploy")!.arn,
    policies: [{ name: "permissions", policy: permissions }],
    boundary: { name: "boundary", policy: boundary },
  };
  expect((await wrong(DEPLOY, account, () => before)).length).toBeGreaterThanOrEqual(40);
});
