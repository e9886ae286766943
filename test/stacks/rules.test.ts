import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { PROJECT_FOLDER } from "#engine/project";
import { inWords, problemsOf } from "#stacks/wording";

/** How the library speaks. */
const ITS_WORDS = /Too (small|big)|Invalid|expected|received|Unrecognized|undefined|\bNaN\b.*received/;

const refusals = (schema: z.ZodType, value: unknown): string[] =>
  problemsOf(schema.safeParse(value, { error: inWords }).error!, value).map(({ path, text }) => `${path} ${text}`.trim());

describe("a rule without a sentence of its own", () => {
  it.each<[schema: z.ZodType, value: unknown, sentence: string]>([
    [z.array(z.string()).min(1), [], "must be a list with at least 1 item, got '[]'"],
    [z.array(z.string()).max(1), ["a", "b"], 'must be a list with at most 1 item, got \'["a","b"]\''],
    [z.string().min(2), "a", "must be text of at least 2 characters, got 'a'"],
    [z.string().max(1), "ab", "must be text of at most 1 character, got 'ab'"],
    [z.int().positive(), 0, "must be more than 0, got '0'"],
    [z.number().max(3), 4, "must be at most 3, got '4'"],
    [z.number().lt(3), 3, "must be less than 3, got '3'"],
    [z.number().multipleOf(2), 3, "must be a multiple of 2, got '3'"],
    [z.int(), 1.5, "must be a whole number, got '1.5'"],
    [z.int(), 1e300, "must be at most 9007199254740991, got '1e+300'"],
    [z.boolean(), "yes", "must be true or false, got 'yes'"],
    [z.null(), 1, "must be null, got '1'"],
    [z.enum(["dev", "prod"]), "prd", "must be one of dev, prod, got 'prd'"],
    [z.literal("x/1"), "x/2", "must be x/1, got 'x/2'"],
    [z.string().regex(/^a$/), "b", "must be text like /^a$/, got 'b'"],
    [z.iso.datetime(), "now", "must be a time in UTC, such as 2026-11-21T09:00:00Z, got 'now'"],
    [z.url(), "x", "must be an address, such as https://example.com, got 'x'"],
    [z.union([z.string(), z.number()]), true, "must be of a form that is known here, got 'true'"],
    [
      z.discriminatedUnion("kind", [z.object({ kind: z.literal("a") })]),
      { kind: "b" },
      "kind must be an object whose kind is a known one, got 'b'",
    ],
    [z.record(z.string().regex(/^a$/), z.string()), { b: "x" }, "b must be text like /^a$/"],
    [z.string().refine(() => false), "x", "must be another value, got 'x'"],
  ])("%# is said in our words", (schema, value, sentence) => {
    expect(refusals(schema, value)).toEqual([sentence]);
    expect(sentence).not.toMatch(ITS_WORDS);
  });

  /** Who reads no message of the library: some of them say only where, others have a sentence for each of their rules. */
  const OWN_WORDS = [
    "cli/promote/line.ts",
    "plan/account/answers.ts",
    "policies/exceptions.ts",
    "promotion/account.ts",
    "promotion/approvals/files.ts",
    "promotion/artifacts/image-manifest.ts",
    "promotion/drill/pod.ts",
    "promotion/drill/rds.ts",
    "promotion/requirement-rules.ts",
    "promotion/rollouts/live.ts",
    "promotion/rollouts/prometheus.ts",
  ];

  it("is asked for wherever a schema reads something", () => {
    const files = globSync("{cli,ci,components,engine,plan,policies,promotion,rehearsal,stacks}/**/*.ts", {
      cwd: PROJECT_FOLDER,
    });
    const others = files.filter((file) =>
      /\.safeParse\((?![^\n]*\{ error: inWords \}\))/.test(readFileSync(join(PROJECT_FOLDER, file), "utf8")),
    );
    expect(others.sort()).toEqual(OWN_WORDS);
  });
});
