import { describe, expect, it } from "vitest";
import { changeBack } from "#promotion/rollback";
import type { Target } from "#promotion/target";
import { digestOfRelease } from "#stacks/inputs/releases/canonical";
import { asParent, modelReleaseOf, releasesFolder } from "../harness/releases.ts";
import { at, chain, changed, promoted } from "./chain.ts";

const versions = ["3", "4", "5"].reduce<ReturnType<typeof modelReleaseOf>[]>(
  (all, version) => [...all, modelReleaseOf("fraud", version, { parent: all.at(-1) ? asParent(all.at(-1)!) : null })],
  [],
);
const releases = releasesFolder(Object.fromEntries(versions.map((each) => [`models/fraud/${each.version}.json`, each])));
const TARGET = { environment: "prod", releases } as Target;
const fraud = (from: string | null, to: string) => ({
  ...changed("models/fraud", from, to),
  digest: digestOfRelease(versions.find(({ version }) => version === to)!),
});

const back = (records: Parameters<typeof chain>[0], to?: string, hours = 100) => {
  const { from, to: target } = changeBack(
    { subject: "models/fraud", to, reason: "x" },
    TARGET,
    chain(records),
    new Date(at(hours)),
  );
  return `${from} → ${target}`;
};

const THREE_FOUR = [...promoted(1, fraud(null, "3"), 0), ...promoted(4, fraud("3", "4"), 10)];

describe("a rollback", () => {
  it("goes to the last version that was stable there", () => {
    expect(back(THREE_FOUR)).toBe("4 → 3");
    expect(back([...THREE_FOUR, ...promoted(7, fraud("4", "5"), 20)])).toBe("5 → 4");
  });

  it("goes back from a release that is still going on, and from one that was begun and not ended", () => {
    const going = [...promoted(1, fraud(null, "3"), 0), { kind: "begin", changes: [fraud("3", "4")] }] as const;
    expect(back([...going])).toBe("4 → 3");
    expect(back([...going, { kind: "done", begin: 4, states: {}, seconds: 1 }])).toBe("4 → 3");
  });

  it("never goes to a version that a measurement threw out", () => {
    const records = [...THREE_FOUR, ...promoted(7, fraud("4", "5"), 20, "thrown-out")];
    expect(back(records)).toBe("4 → 3");
    expect(() => back(records, "5")).toThrow("'--to' must be a release that no measurement threw out (3), got '5': 5xx 31 %");
  });

  it("typed once more does not bring back what it has taken away, unless that is named", () => {
    const records = [
      ...THREE_FOUR,
      { kind: "begin", operation: "rollback", changes: [fraud("4", "3")], hours: 20 },
      { kind: "done", begin: 7, states: {}, seconds: 1, hours: 20 },
    ] as const;
    expect(() => back([...records])).toThrow("fraud must have another release that was stable in prod");
    expect(back([...records], "4")).toBe("3 → 4");
    expect(back([...records, ...promoted(9, fraud("3", "4"), 30), ...promoted(12, fraud("4", "5"), 40)])).toBe("5 → 4");
  });

  it("goes to no version that left more than 30 days ago", () => {
    expect(back(THREE_FOUR, undefined, 10 + 30 * 24 - 1)).toBe("4 → 3");
    expect(() => back(THREE_FOUR, undefined, 10 + 30 * 24 + 1)).toThrow(
      "fraud must have another release that was stable in prod within 30 days, got none: promote one instead",
    );
  });

  it("goes to no release that is another one by now", () => {
    const before = [...promoted(1, { ...fraud(null, "3"), digest: "d".repeat(64) }, 0), ...promoted(4, fraud("3", "4"), 10)];
    expect(() => back(before)).toThrow(
      /^releases\/models\/fraud\/3\.json must have digest 'd{64}', as it was stable in prod, got '[0-9a-f]{64}': put the file back/,
    );
  });

  it("goes to no version that was never stable there", () => {
    expect(() => back(THREE_FOUR, "5")).toThrow(
      "'--to' must be a release that was stable in prod within 30 days (3), got '5': promote it instead, with its gates",
    );
    expect(() => back([])).toThrow("the ledger of prod must say what runs there, got no record of it: bring prod up, then");
    expect(() => back(promoted(1, changed("platform", null, "2026.11.21-1"), 0))).toThrow(
      "'<what>' must be something that prod runs, got 'fraud': npx millrace promote status",
    );
  });
});
