import { describe, expect, it } from "vitest";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { type Account, accountOf, type Planned } from "./account.ts";
import { callsOf, type Phase } from "./calls.ts";
import { allows } from "./evaluate.ts";

const PHASES: readonly Phase[] = ["create", "read", "change", "remove"];

/** What a person alone makes, changes and removes. */
const isGuarded = ({ provider, name, inputs, outputs }: Planned): boolean =>
  provider === "aws-guarded" ||
  /-(predictions|audit)-/.test(String(inputs["bucket"] ?? outputs["bucket"] ?? "")) ||
  name === "audit-trail";

/** What a person alone does of the life of a resource that CI otherwise changes: the guide to CI says why. */
const BY_A_PERSON: Readonly<Record<string, Partial<Record<Phase, RegExp>>>> = {
  "aws:kms/key:Key": { create: /./, change: /Disable|PutKeyPolicy/, remove: /./ },
  // AWS makes it with the network, without tags.
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": { create: /./ },
  // A private name joins a zone of AWS's to the network.
  "aws:ec2/vpcEndpoint:VpcEndpoint": { create: /^route53:/, remove: /^route53:/ },
};

const byAPerson = ({ type }: Planned, phase: Phase, action: string): boolean => BY_A_PERSON[type]?.[phase]?.test(action) ?? false;

const TAGGING = /:(Tag|Untag|AddTags|RemoveTags|CreateTags|DeleteTags|PutBucketTagging)/;

/** Reads, and tags of a bucket and a trail, by which nothing is decided. */
const HARMLESS = /:(Get|List|Describe)|^s3:(PutBucketTagging|TagResource|UntagResource)$|^cloudtrail:(Add|Remove)Tags$/;

/** Asks once for what is asked of many resources of one type: routes and subnets are alike. */
async function refused(account: Account, role: string, phase: Phase, resources: readonly Planned[]): Promise<string[]> {
  const rights = account.roles.get(role)!;
  const seen = new Set<string>();
  const lines: string[] = [];
  for (const resource of resources) {
    for (const request of (await callsOf(account, resource, phase)).filter(({ action }) => !byAPerson(resource, phase, action))) {
      const key = JSON.stringify(request);
      if (!seen.has(key) && !(await allows(account, rights, request))) {
        lines.push(`${request.action} on ${request.resource} (${resource.type.split(":").at(-1)} ${resource.name})`);
      }
      seen.add(key);
    }
  }
  return [...new Set(lines)];
}

describe.each(ENVIRONMENTS)("the deploying role of %s", (environment) => {
  it.each(PHASES)("has every action to %s what the layers plan", async (phase) => {
    const account = await accountOf(environment);
    const own = account.resources.filter((each) => !isGuarded(each) || phase === "read");
    expect(await refused(account, "ci-deploy", phase, own)).toEqual([]);
  });

  it("changes nothing that is a person's: its own roles, the boundaries, the trail, the keys, the zone, the stores of people and of the audit", async () => {
    const account = await accountOf(environment);
    const guarded = account.resources.filter(
      (each) => (isGuarded(each) || each.type in BY_A_PERSON) && !each.type.endsWith("ServiceLinkedRole"),
    );
    const rights = account.roles.get("ci-deploy")!;
    const allowed: string[] = [];
    for (const resource of guarded) {
      const calls = await Promise.all(
        (["create", "change", "remove"] as const).map(async (phase) =>
          (await callsOf(account, resource, phase)).filter(
            ({ action }) => isGuarded(resource) || byAPerson(resource, phase, action),
          ),
        ),
      );
      for (const request of calls.flat().filter(({ action }) => !HARMLESS.test(action))) {
        if (await allows(account, rights, request)) {
          allowed.push(`${request.action} on ${request.resource}`);
        }
      }
    }
    expect(guarded.length).toBeGreaterThan(20);
    expect(allowed).toEqual([]);
  });

  it("may give every resource the tag that changes with a release, wherever the provider puts it", async () => {
    const account = await accountOf(environment);
    const tagged = account.resources.filter(({ tags }) => tags["release"] !== undefined);
    const untaggable: string[] = [];
    for (const resource of tagged) {
      const calls = await callsOf(account, resource, "change");
      for (const request of calls.filter(({ action }) => TAGGING.test(action))) {
        if (!(await allows(account, account.roles.get("ci-deploy")!, request))) {
          untaggable.push(`${request.action} on ${request.resource}`);
        }
      }
    }
    expect(tagged.length).toBeGreaterThan(100);
    expect(untaggable).toEqual([]);
  });
});
