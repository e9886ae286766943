import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { NOTHING } from "#promotion/approvals/approval";
import { approvalFiles, approvalsInFiles } from "#promotion/approvals/files";
import { checkGates } from "#promotion/gates/check";
import { verifyAll } from "#promotion/releases/verify";
import { readSettings } from "#promotion/settings";
import { mutate } from "../harness/mutate.ts";
import { random } from "../harness/random.ts";
import { factsOf, modelCandidate, requirementsOf } from "./facts.ts";
import { approvedBy, folderOf } from "./written.ts";

/** Changed folders to try. */
const COUNT = Number(process.env["MILLRACE_FUZZ"] ?? 1000);
const SEED = Number(process.env["MILLRACE_FUZZ_SEED"] ?? 1);

const NAMES = [
  "approvals/x.json",
  "approvals/prod/x.json",
  "approvals/prd/models-fraud-4/grace.json",
  "approvals/prod/models-fraud-4/linus.json",
  "approvals/prod/models-fraud-5/grace.json",
  "approvals/prod/__proto__/constructor.json",
  "approvals/prod/models-fraud-4/grace.txt",
  "promotion.jsonc",
  "signers.json",
];

const TRACE = /^\s*at .*:\d+:\d+|TypeError|RangeError|Cannot read/m;

it(`${COUNT} changed files of promotion are answered in words, and none makes an approval`, { timeout: 600_000 }, async () => {
  const folder = folderOf();
  const file = approvedBy("grace", folder);
  const good = Object.fromEntries(
    ["promotion.json", "signers.json", file.replace("releases/", "")].map((name) => [
      name,
      readFileSync(join(folder, name), "utf8"),
    ]),
  );
  const before = approvalsInFiles({ kind: "files", folder }, "prod", readSettings(folder)).given;
  const wrong: string[] = [];
  const said: Record<string, number> = {};
  for (let index = 0; index < COUNT; index++) {
    const next = random(SEED * 100_003 + index);
    const files: Record<string, string | Buffer> = { ...good };
    const changes = Array.from({ length: 1 + Math.floor(next() * 2) }, () => mutate(files, next, NAMES));
    for (const name of ["approvals", "promotion.json", "promotion.jsonc", "signers.json"]) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    const note = (fault: string): void => void wrong.push(`seed ${SEED}, ${index}: ${fault} after ${changes.join("; ")}`);
    const texts: string[] = [];
    try {
      const settings = readSettings(folder);
      const { given, refused } = approvalsInFiles({ kind: "files", folder }, "prod", settings);
      texts.push(...refused);
      // What was not signed must not count: only what was written before may be read.
      if (given.some((each) => JSON.stringify(each) !== JSON.stringify(before[0]))) {
        note(`an approval that nobody gave: ${JSON.stringify(given)}`);
      }
      const candidate = modelCandidate();
      const verdicts = await checkGates(
        factsOf({ settings, approvals: async () => ({ ...NOTHING, given, refused }) }, candidate),
        requirementsOf(),
      );
      const approvals = verdicts.find(({ gate }) => gate === "approvals")!;
      texts.push(...verdicts.map(({ detail }) => detail));
      said[approvals.state] = (said[approvals.state] ?? 0) + 1;
      if (approvals.state !== "failed") {
        note(`approvals ${approvals.state}`);
      }
    } catch (error) {
      said["refused"] = (said["refused"] ?? 0) + 1;
      texts.push((error as Error).message);
      if (!pulumi.RunError.isInstance(error)) {
        note(`${String(error)}`);
      }
    }
    try {
      approvalFiles(folder);
      texts.push(...(await verifyAll(folder)).files.flatMap(({ problems }) => problems));
    } catch (error) {
      note(`verify: ${(error as Error).stack}`);
    }
    for (const text of texts.filter((each) => TRACE.test(each) || /[^\P{Cc}\n]/u.test(each))) {
      note(`'${text}'`);
    }
  }
  process.stdout.write(`answers: ${JSON.stringify(said)}\n`);
  expect(wrong).toEqual([]);
});
