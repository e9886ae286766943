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

/** Asks once for what is asked of many resources of one type: routes and subnets are alike. */
async function refused(account: Account, role: string, phase: Phase, resources: readonly Planned[]): Promise<string[]> {
  const rights = account.roles.get(role)!;
  const seen = new Set<string>();
  const lines: string[] = [];
  for (const resource of resources) {
    for (const request of await callsOf(account, resource, phase)) {
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
});
