import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { planIn, quotasIn } from "#promotion/account";
import { rehearsalFolder, type Up, variablesOf } from "../rehearsal/account/world.ts";

const RELEASES = join(PROJECT_FOLDER, "releases");

/** A program that says this. */
function saying(code: number, out: unknown, err = ""): string {
  const tree = mkdtempSync(join(tmpdir(), "program-"));
  mkdirSync(join(tree, "cli"));
  const text = typeof out === "string" ? out : JSON.stringify(out);
  writeFileSync(
    join(tree, "cli", "millrace.mjs"),
    `process.stdout.write(${JSON.stringify(text)}); process.stderr.write(${JSON.stringify(err)}); process.exitCode = ${code};`,
  );
  return tree;
}

const FITS = { cost: { atRest: 500, ceiling: 2_000, budget: 800 }, capacity: { refusals: [], pools: [] } };

describe("the plan of a program in another folder", () => {
  it("is that of its own command", async () => {
    const { misfits, cost } = await planIn(PROJECT_FOLDER, "dev", RELEASES);
    expect(misfits).toEqual([]);
    expect(cost.ceiling).toBeGreaterThan(cost.atRest);
    expect(Object.keys(cost)).toEqual(["atRest", "ceiling"]);
  });

  it("reads the releases that are to run", async () => {
    const none = mkdtempSync(join(tmpdir(), "releases-"));
    await expect(planIn(PROJECT_FOLDER, "dev", none)).rejects.toThrow(
      /^npx millrace plan dev --json ended with 2 and said: releases\/environments\/dev\.json [^\n]+$/,
    );
  });

  it.each([0, 5, 6, 7])("counts when it ends with %i", async (code) => {
    expect(await planIn(saying(code, FITS), "dev", RELEASES)).toEqual({ misfits: [], cost: { atRest: 500, ceiling: 2_000 } });
  });

  it("has a line for each pod that does not fit", async () => {
    const refusals = ["dev: one", "dev: two"];
    expect(await planIn(saying(7, { ...FITS, capacity: { refusals } }), "dev", RELEASES)).toMatchObject({ misfits: refusals });
  });

  it.each<[what: string, tree: string, said: string]>([
    [
      "a code that is no answer",
      saying(2, "", "one is wrong\n  two is wrong\n"),
      "ended with 2 and said: one is wrong; two is wrong",
    ],
    ["no word", saying(0, ""), "ended with 0 and said: nothing"],
    ["no JSON", saying(0, "dev 3 layers"), "must print an object as this program knows it: its program is another one"],
    [
      "no price",
      saying(0, { ...FITS, cost: { atRest: null, ceiling: 1 } }),
      "must print 'cost.atRest' as this program knows it: its program is another one",
    ],
    ["no capacity", saying(0, { cost: FITS.cost }), "must print 'capacity' as this program knows it: its program is another one"],
    [
      "a program that falls over",
      saying(1, "", "file:///a/b.ts:1\n  throw x\n\nTypeError: x is not a function\n    at b.ts:1:2\n\nNode.js v24.1.0\n"),
      "ended with 1 and said: TypeError: x is not a function",
    ],
    [
      "a program that cannot be loaded",
      saying(1, "", "node:internal/x:1\n\nError [ERR_MODULE_NOT_FOUND]: Cannot find module 'x'\n    at b.ts:1:2\n"),
      "ended with 1 and said: Error [ERR_MODULE_NOT_FOUND]: Cannot find module 'x'",
    ],
  ])("is unknown with %s", async (_, tree, said) => {
    await expect(planIn(tree, "dev", RELEASES)).rejects.toThrow(new Error(`npx millrace plan dev --json ${said}`));
  });
});

describe("what the account lacks", () => {
  const doctor = (findings: object[], fits: boolean) => saying(fits ? 0 : 1, { environment: "dev", fits, findings });
  const ok = { what: "VPCs per Region: 1 (VPC)", state: "ok", found: "quota 5, used 0" };

  it("is nothing where everything is there", async () => {
    expect(await quotasIn(doctor([ok], true), "dev", RELEASES)).toEqual([]);
  });

  it("has a line for each thing, with the remedy; what is unknown counts as missing", async () => {
    const low = {
      what: "DB instances: 1 (database)",
      state: "missing",
      found: "quota 0, used 0",
      remedy: "aws service-quotas x",
    };
    const unknown = { what: "Clusters: 1 (cluster)", state: "unknown", found: "Rate exceeded", remedy: "Ask again later." };
    const bare = { what: "metal uses g5.metal, whose vCPUs are unknown", state: "unknown", found: "not counted" };
    const other = { what: "x", state: "a new word", found: "y" };
    expect(await quotasIn(doctor([ok, low, unknown, bare, other], false), "dev", RELEASES)).toEqual([
      "DB instances: 1 (database): quota 0, used 0; aws service-quotas x",
      "Clusters: 1 (cluster): unknown (Rate exceeded); Ask again later.",
      "metal uses g5.metal, whose vCPUs are unknown: unknown (not counted)",
      "x: y",
    ]);
  });

  it.each<[what: string, tree: string, said: string]>([
    [
      "no credentials",
      saying(1, "", "There are no AWS credentials that work. Sign in with `aws sso login`, or set AWS_PROFILE.\n"),
      "ended with 1 and said: There are no AWS credentials that work. Sign in with `aws sso login`, or set AWS_PROFILE.",
    ],
    ["credentials of another account", saying(2, "", "'--aws dev' must be …\n"), "ended with 2 and said: '--aws dev' must be …"],
    ["no question", doctor([], true), "must print 'findings' as this program knows it: its program is another one"],
    [
      "a verdict that its findings contradict",
      doctor([ok], false),
      "must say whether dev fits, got findings of dev that contradict its verdict",
    ],
    [
      "findings of another environment",
      saying(0, { environment: "prod", fits: true, findings: [ok] }),
      "must say whether dev fits, got findings of prod that contradict its verdict",
    ],
  ])("is unknown with %s", async (_, tree, said) => {
    await expect(quotasIn(tree, "dev", RELEASES)).rejects.toThrow(new Error(`npx millrace doctor --aws dev --json ${said}`));
  });

  describe("in a rehearsal", () => {
    afterEach(() => void vi.unstubAllEnvs());
    const inRehearsal = (changes: unknown, state: Up = "up"): void => {
      vi.stubEnv("PATH", `${join(PROJECT_FOLDER, "rehearsal/plugins/bin")}:${process.env["PATH"]}`);
      Object.entries(variablesOf(rehearsalFolder(state, changes))).forEach(([name, value]) => vi.stubEnv(name, value));
    };

    it.each(["empty", "half up", "up"] as const)("is nothing where the environment is %s", async (state) => {
      inRehearsal({}, state);
      expect(await quotasIn(PROJECT_FOLDER, "dev", RELEASES)).toEqual([]);
    });

    it("is a quota that a story has lowered, and what the credentials may not ask", async () => {
      inRehearsal({ quotas: { "L-1216C47A": 8 }, denied: ["eks:DescribeAddonVersions"] });
      const lines = await quotasIn(PROJECT_FOLDER, "dev", RELEASES);
      expect(lines[0]).toMatch(
        /^Running On-Demand Standard .*: 24 \(.*\): quota 8, used 6; aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A --desired-value 24 --region eu-north-1$/,
      );
      expect(new Set(lines.slice(1).map((line) => /: (.*)$/.exec(line)?.[1]))).toEqual(
        new Set([
          "unknown (AccessDeniedException: the credentials may not ask); Ask with credentials that are allowed eks:DescribeAddonVersions.",
        ]),
      );
    });
  });
});
