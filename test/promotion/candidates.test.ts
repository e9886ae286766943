import { rmSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { candidateOf, changeFor, changesInPointer } from "#promotion/candidates";
import { pointAtAll } from "#promotion/releases/write";
import { layersOf } from "#promotion/subjects";
import { readPointer } from "#stacks/inputs/releases/read";
import { asParent, modelReleaseOf, pointerOf, releasesFolder } from "../harness/releases.ts";

const three = modelReleaseOf("fraud", "3");
const four = modelReleaseOf("fraud", "4", { parent: asParent(three) });
const folder = releasesFolder({
  "models/fraud/3.json": three,
  "models/fraud/4.json": four,
  "environments/dev.json": pointerOf({ fraud: "4" }),
  "environments/staging.json": pointerOf({ fraud: "3" }),
  "environments/prod.json": pointerOf({}),
});
afterAll(() => rmSync(folder, { recursive: true }));

const RUNS = { "models/fraud": "3", platform: "2026.11.21-1" };
const wanted = (word: string, environment: "dev" | "staging" | "prod", runs = RUNS) => {
  const { subject, from, to } = changeFor(word, environment, runs, folder);
  return `${subject} ${from} → ${to}`;
};

describe("what is promoted", () => {
  it("is what the environment before runs, or the release that is named", () => {
    expect(wanted("fraud", "staging")).toBe("models/fraud 3 → 4");
    expect(wanted("fraud@4", "prod")).toBe("models/fraud 3 → 4");
    expect(wanted("platform", "staging", { "models/fraud": "3", platform: "2026.11.20-1" })).toBe(
      "platform 2026.11.20-1 → 2026.11.21-1",
    );
  });

  it.each([
    [
      "fraud",
      "dev",
      "'<what>' must name a release where the environment is dev, before which there is none, got 'fraud': such as fraud@4",
    ],
    [
      "fraud",
      "prod",
      "'<what>' must be another release than prod runs, got fraud 3, which runs there already: npx millrace promote status",
    ],
    ["frau", "staging", "'<what>' must be a model or the platform (fraud, platform), got 'frau'. Did you mean 'fraud'?"],
    ["fraud@9", "staging", "the release must be one that is there (3, 4) or an environment (dev, staging, prod), got 'fraud@9'"],
    ["", "staging", "'<what>' must be a model or the platform (fraud, platform), got ''"],
  ] as const)("cannot be '%s' in %s", (word, environment, sentence) => {
    expect(() => wanted(word, environment)).toThrow(sentence);
  });

  it("is what a merged pull request has put into the pointer", () => {
    expect(changesInPointer("dev", RUNS, folder).map(({ subject, from, to }) => [subject, from, to])).toEqual([
      ["models/fraud", "3", "4"],
    ]);
    expect(changesInPointer("staging", RUNS, folder)).toEqual([]);
  });

  it("is refused when its release has changed since it was planned", () => {
    const change = changeFor("fraud", "staging", RUNS, folder);
    expect(candidateOf(change, folder)).toMatchObject({ release: { version: "4" }, champion: { version: "3" } });
    expect(() => candidateOf({ ...change, digest: "0".repeat(64) }, folder)).toThrow(
      /^releases\/models\/fraud\/4\.json must have digest '0{64}', as it was planned, got '[0-9a-f]{64}': put the file back/,
    );
  });

  it("concerns the layers that it lies in", () => {
    expect(layersOf([{ subject: "models/fraud" }])).toEqual(["workloads"]);
    expect(layersOf([{ subject: "models/fraud" }, { subject: "platform" }])).toEqual(["foundation", "platform", "workloads"]);
  });
});

describe("a pointer", () => {
  it("changes in the lines of the changes, and loses a model that is not run", () => {
    pointAtAll(
      "prod",
      [
        { subject: "models/fraud", to: "4" },
        { subject: "platform", to: "2026.11.21-1" },
      ],
      folder,
    );
    expect(readPointer("prod", folder)).toEqual({ models: { fraud: "4" }, platform: "2026.11.21-1" });
    pointAtAll("prod", [{ subject: "models/fraud", to: null }], folder);
    expect(readPointer("prod", folder)).toEqual({ models: {}, platform: "2026.11.21-1" });
  });
});
