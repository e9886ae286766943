import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { mutate } from "../../harness/mutate.ts";
import { random } from "../../harness/random.ts";
import { asParent, modelReleaseOf, pointerOf, releasesFolder } from "../../harness/releases.ts";
import { contentOf, millrace } from "./run.ts";

/** Changed folders to try: `MILLRACE_FUZZ=1000` for a thorough run. */
const COUNT = Number(process.env["MILLRACE_FUZZ"] ?? 200);
const SEED = Number(process.env["MILLRACE_FUZZ_SEED"] ?? 1);

const FIRST = modelReleaseOf();
const GOOD = contentOf(
  releasesFolder({
    "models/fraud/3.json": FIRST,
    "models/fraud/4.json": modelReleaseOf("fraud", "4", { parent: asParent(FIRST) }),
    "environments/dev.json": pointerOf({ fraud: "4" }),
    "environments/staging.json": pointerOf({ fraud: "3" }),
    "environments/prod.json": pointerOf({ fraud: "3" }),
    "stable/prod.json": '{"fraud": []}',
  }),
);

const NAMES = [
  "x.json",
  "models/fraud/latest.json",
  "models/fraud/04.json",
  "models/fraud/5.json",
  "models/fruad/1.json",
  "models/4.json",
  "platform/x.json",
  "environments/prd.json",
  "models/..json",
  "dev.json",
  "models/__proto__/1.json",
  "models/constructor/1.json",
];
const RECORD = JSON.stringify({
  run: "5f".repeat(16),
  data: "d",
  features: "f",
  code: "6a".repeat(20),
  metrics: { test: { auc: 0.9 }, validation: { auc: 0.9 } },
  sha256: "7b".repeat(32),
  image: FIRST.image,
});

/** Commands with the exit codes that their help documents. None of them may change what is there. */
const COMMANDS: readonly (readonly [args: (record: string) => string[], codes: readonly number[]])[] = [
  [() => ["verify"], [0, 1]],
  [() => ["verify", "fraud@prod", "--json"], [0, 1, 2]],
  [() => ["list"], [0, 2]],
  [() => ["show", "fraud@4"], [0, 2]],
  [() => ["show", "platform@prod", "--json"], [0, 2]],
  [() => ["diff", "fraud@prod", "fraud@dev"], [0, 2]],
  [(record) => ["create", "model", "fraud", "--version", "7", "--from", record, "--author", "Ada"], [0, 2]],
];

it(`commands of releases answer ${COUNT} changed folders with a documented exit code, without a trace, and change nothing`, {
  timeout: 3_600_000,
}, async () => {
  const wrong: string[] = [];
  const codes: Record<string, number> = {};
  for (let index = 0; index < COUNT; index++) {
    const next = random(SEED * 100_003 + index);
    const files: Record<string, string | Buffer> = { ...GOOD };
    const record: Record<string, string | Buffer> = { record: RECORD };
    const changes = Array.from({ length: 1 + Math.floor(next() * 2) }, () => mutate(files, next, NAMES));
    if (next() < 0.3) {
      changes.push(mutate(record, next, NAMES));
    }
    const folder = releasesFolder({ "platform/2026.11.21-1.json": undefined, "signers.json": undefined });
    for (const [file, content] of [...Object.entries(files), [".record", record["record"] ?? ""] as const]) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), content);
    }
    const before = contentOf(folder);
    const [args, allowed] = COMMANDS[Math.floor(next() * COMMANDS.length)]!;
    const typed = args(join(folder, ".record"));
    const began = performance.now();
    const { code, out, err } = await millrace(folder, "release", ...typed);
    const seconds = (performance.now() - began) / 1000;
    const after = contentOf(folder);
    if (code === 0 && typed[0] === "create") {
      delete after["models/fraud/7.json"];
    }
    codes[`${typed[0]} ${String(code)}`] = (codes[`${typed[0]} ${String(code)}`] ?? 0) + 1;
    const faults = [
      ...(allowed.includes(code as number) ? [] : [`exit ${String(code)}`]),
      ...(/^\s+at .*:\d+:\d+/m.test(err + out) ? ["a trace"] : []),
      ...(code === 2 && err.trim() === "" ? ["no sentence"] : []),
      ...(code === 1 && !out.includes("✗") && !out.includes('"problems": [\n') ? ["no fault shown"] : []),
      ...(JSON.stringify(after) === JSON.stringify(before) ? [] : ["something changed"]),
      ...(["\u0000", "\u0007", "\u0008", "\u001b"].some((character) => (out + err).includes(character))
        ? ["a control character"]
        : []),
      ...(seconds > 5 ? [`${seconds} s`] : []),
    ];
    if (faults.length > 0) {
      wrong.push(
        `seed ${SEED}, ${index}: ${faults.join(", ")} from ${typed.join(" ")} after ${changes.join("; ")}\n${(err + out).slice(0, 500)}`,
      );
    }
    rmSync(folder, { recursive: true });
  }
  process.stdout.write(`exit codes: ${JSON.stringify(codes)}\n`);
  expect(wrong).toEqual([]);
});
