import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { type Account, accountOf } from "./account.ts";
import { type Case, DEPLOY, OTHERS, READER } from "./cases.ts";
import { allows, type Request, type Rights } from "./evaluate.ts";

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
