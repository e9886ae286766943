import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { asParent, modelReleaseOf, pointerOf, releasesFolder } from "../../harness/releases.ts";
import { contentOf, millrace } from "./run.ts";

/** Changed folders to try: `MILLRACE_FUZZ=1000` for a thorough run. */
const COUNT = Number(process.env["MILLRACE_FUZZ"] ?? 200);
const SEED = Number(process.env["MILLRACE_FUZZ_SEED"] ?? 1);

/** Numbers from 0 to 1, the same in every run of a seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

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

const VALUES = [
  "null",
  "[]",
  "{}",
  '""',
  '"x"',
  "0",
  "-1",
  "1e999",
  "true",
  '"constructor"',
  '"__proto__"',
  '"../../etc/passwd"',
  '"\\u001b[2J"',
  `"${"a".repeat(5000)}"`,
  "[[[[[]]]]]",
  '"4"',
  '"é\\ud800"',
  "NaN",
  "9".repeat(400),
];
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
const BYTES = ["\0", "\uFEFF", "\r", "<<<<<<< HEAD\n", "{", "}", '"', ",", "\\", "\u2028", " ", "\n\n", "// a comment\n"];

/** One change at random: of a value, a key, some bytes, or a file. */
function mutate(files: Record<string, string | Buffer>, next: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const file = pick(Object.keys(files));
  const text = String(files[file]);
  const at = Math.floor(next() * (text.length + 1));
  const kind = pick([
    "value",
    "value",
    "value",
    "key",
    "double",
    "cut",
    "insert",
    "remove",
    "add",
    "copy",
    "bytes",
    "line",
  ] as const);
  const entries = [...text.matchAll(/"([^"\n]*)": ([^\n]*?)(?=,?\n)/g)];
  const entry = entries.length > 0 ? pick(entries) : undefined;
  const replaced = (by: string): string =>
    entry === undefined ? by : `${text.slice(0, entry.index)}${by}${text.slice(entry.index + entry[0].length)}`;
  switch (kind) {
    case "value":
      files[file] = replaced(`"${entry?.[1]}": ${pick(VALUES)}`);
      break;
    case "key":
      files[file] = replaced(`${pick(VALUES.filter((value) => value.startsWith('"')))}: ${entry?.[2]}`);
      break;
    case "double":
      files[file] = replaced(`${entry?.[0]},\n${entry?.[0]}`);
      break;
    case "cut":
      files[file] = text.slice(0, at);
      break;
    case "insert":
      files[file] = `${text.slice(0, at)}${pick(BYTES)}${text.slice(at)}`;
      break;
    case "remove":
      delete files[file];
      break;
    case "add":
      files[pick(NAMES)] = next() < 0.5 ? text : pick(VALUES);
      break;
    case "copy":
      files[pick(Object.keys(files))] = text;
      break;
    case "bytes":
      files[file] = Buffer.from(Array.from({ length: 40 }, () => Math.floor(next() * 256)));
      break;
    case "line": {
      const lines = text.split("\n");
      lines.splice(Math.floor(next() * lines.length), 1);
      files[file] = lines.join("\n");
    }
  }
  return `${kind} in ${file}`;
}

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
    const changes = Array.from({ length: 1 + Math.floor(next() * 2) }, () => mutate(files, next));
    if (next() < 0.3) {
      changes.push(mutate(record, next));
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
