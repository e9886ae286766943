import { describe, expect, it } from "vitest";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { checkRights, rights, rolesThatMay } from "#stacks/inputs/roles";

const refusal = (changes: Record<string, unknown>): string => {
  const table: Record<string, unknown> = { ...rights };
  for (const [path, value] of Object.entries(changes)) {
    const [role = "", action] = path.split(".");
    table[role] = action === undefined ? value : { ...(table[role] as object), [action]: value };
  }
  try {
    checkRights(table);
    return "";
  } catch (error) {
    return (error as Error).message.replaceAll("stacks/inputs/roles.ts: ", "");
  }
};

describe("the table of rights", () => {
  it("is valid", () => expect(refusal({})).toBe(""));

  it("lets only the promotion set champion in prod", () => {
    expect(rolesThatMay("set-champion", "prod")).toEqual(["ci"]);
    expect(rolesThatMay("set-candidate", "prod")).toEqual(["ci"]);
    expect(rolesThatMay("register-candidates", "prod")).toEqual(["ci"]);
  });

  it.each(ENVIRONMENTS)("lets data scientists in %s set no champion, and operations alone keep the keys", (environment) => {
    expect(rolesThatMay("set-champion", environment)).not.toContain("data-scientist");
    expect(rolesThatMay("keep-keys", environment)).toEqual(["sre"]);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["an unknown role", { cleaner: {} }, /^cleaner must be a known key \(/],
    ["a missing role", { sre: undefined }, /^sre must be an object/],
    ["an unknown action", { "sre.fly": ["dev"] }, /^sre\.fly must be a known key \(/],
    ["an unknown environment", { "sre.read-logs": ["qa"] }, /^sre\.read-logs\[0\] must be one of dev, staging, prod, got 'qa'/],
    ["a right nowhere", { "sre.read-logs": [] }, /^sre\.read-logs must be .*, got '\[\]'$/],
    ["a word in place of a list", { "sre.read-logs": "dev" }, /^sre\.read-logs must be a list/],
    [
      "an environment twice",
      { "sre.read-logs": ["dev", "dev"] },
      /^sre\.read-logs must name each environment once, got 'dev, dev'$/,
    ],
    [
      "a person who sets champion in prod",
      { "ml-engineer.set-champion": ["prod"] },
      /^ml-engineer\.set-champion must not contain prod: only the promotion \(ci\) decides what serves there$/,
    ],
    [
      "a keeper of keys who reads data",
      { "sre.read-team-data": ["prod"] },
      /^sre must not have both keep-keys and read-team-data in prod: who keeps keys uses none$/,
    ],
    [
      "an auditor who operates",
      { "auditor.operate-models": ["dev"] },
      /^auditor must not have both read-trail and operate-models in dev: who checks changes nothing$/,
    ],
  ])("may not have %s", (_, changes, sentence) => {
    expect(refusal(changes)).toMatch(sentence);
  });
});
