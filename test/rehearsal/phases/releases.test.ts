import { describe, expect, it } from "vitest";
import type { ReleaseResult } from "#rehearsal/outcome";
import { demandBad, demandGood } from "#rehearsal/phases/releases";
import { promoted, thrownOut } from "../sample.ts";

const { windows } = promoted();
const [five, twenty, fifty, full] = windows as [
  (typeof windows)[0],
  (typeof windows)[0],
  (typeof windows)[0],
  (typeof windows)[0],
];

describe("a good release", () => {
  it("passes when no user noticed it", () => {
    expect(() => demandGood(promoted())).not.toThrow();
    expect(() =>
      demandGood(promoted({ windows: [{ ...five, sigmas: -4 }, twenty, fifty, { ...full, observed: 99 }] })),
    ).not.toThrow();
  });

  it.each<[string, Partial<ReleaseResult>, string]>([
    ["one request failed", { failed: 1 }, "a good release must fail no request, it failed 1 of 23168"],
    [
      "a share was left out",
      { windows: [five, fifty, full] },
      "a release must go through the shares 5 → 20 → 50 → 100 %, it went through 5 → 50 → 100",
    ],
    ["no share was seen", { windows: [] }, "a release must go through the shares 5 → 20 → 50 → 100 %, it went through no share"],
    [
      "one share had no requests",
      { windows: [five, { ...twenty, total: 0 }, fifty, full] },
      "requests must come in at each share, none came in at 20 %",
    ],
    [
      "a share was too small by more than chance",
      { windows: [five, { ...twenty, sigmas: -4.06 }, fifty, full] },
      "shares must lie within 4 σ of what was asked for, one lies 4.1 σ away",
    ],
    [
      "the old version still answered at 100 %",
      { windows: [five, twenty, fifty, { ...full, observed: 98.94 }] },
      "at 100 % the new version must give at least 99 % of the answers, it gave 98.9 %",
    ],
  ])("fails when %s", (_, rest, sentence) => {
    expect(() => demandGood(promoted(rest))).toThrow(new Error(sentence));
  });
});

describe("a bad release", () => {
  it("passes when only the bad version failed requests, and lost its users soon", () => {
    expect(() => demandBad(thrownOut({ abortToLastAnswer: 5 }))).not.toThrow();
  });

  it.each<[string, Partial<ReleaseResult>, string]>([
    ["another version failed", { failed: 49 }, "only the bad version may fail requests, 2 failed elsewhere"],
    [
      "it kept its users",
      { abortToLastAnswer: 5.06 },
      "traffic must be off the bad version 5 s after the verdict, its last answer came after 5.1 s",
    ],
  ])("fails when %s", (_, rest, sentence) => {
    expect(() => demandBad(thrownOut(rest))).toThrow(new Error(sentence));
  });

  it("fails when its last answer is unknown", () => {
    const { abortToLastAnswer: _, ...rest } = thrownOut();
    expect(() => demandBad(rest)).toThrow("its last answer came after NaN s");
  });
});
