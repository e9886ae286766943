import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Step, steps } from "#plan/sequence";

/** Does the steps: what they do not name stays in its order. */
function applied(before: readonly string[], after: readonly string[], list: readonly Step[]): string[] {
  const gone = new Set(list.filter(({ kind }) => kind !== "added").map(({ from }) => from));
  const stays = before.filter((_, at) => !gone.has(at));
  const come = new Map(list.filter(({ kind }) => kind !== "removed").map(({ to }) => [to, after[to]!]));
  return after.map((_, at) => come.get(at) ?? stays.shift()!);
}

describe("steps", () => {
  it.each<[string, string, string]>([
    ["abc", "abc", ""],
    ["abc", "axc", "changed 1→1"],
    ["abc", "ac", "removed 1→1"],
    ["ac", "abc", "added 1→1"],
    ["abcd", "dabc", "moved 3→0"],
    ["ab", "xyb", "changed 0→0, added 1→1"],
    ["aab", "ab", "removed 1→1"],
  ])("from %s to %s: %s", (before, after, told) => {
    expect(
      steps(Array.from(before), Array.from(after))
        .map(({ kind, from, to }) => `${kind} ${from}→${to}`)
        .join(", "),
    ).toBe(told);
  });

  it("lead from any list to any other", () => {
    const list = fc.array(fc.constantFrom("a", "b", "c", "d", "e", "f", "g"), { maxLength: 12 });
    fc.assert(
      fc.property(list, list, (before, after) => {
        expect(applied(before, after, steps(before, after))).toEqual(after);
      }),
      { numRuns: 500 },
    );
  });

  it("answer for lists that are too long to compare", () => {
    const [before, after] = ["a", "b"].map((name) => Array.from({ length: 3000 }, (_, at) => `${name}${at}`));
    expect(steps(before!, after!)).toHaveLength(3000);
  });
});
