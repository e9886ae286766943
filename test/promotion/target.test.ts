import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Change } from "#promotion/ledger/record";
import * as program from "#promotion/program";
import { programWith, type Target } from "#promotion/target";
import { digestOfRelease } from "#stacks/inputs/releases/canonical";
import { readPointer } from "#stacks/inputs/releases/read";
import { asParent, modelReleaseOf, platformReleaseOf, pointerOf, putRelease, releasesFolder } from "../harness/releases.ts";
import { chain, promoted } from "./chain.ts";

// A module that is mocked as a whole would stay so for the files that share its worker, or would be loaded before.
beforeAll(() => void vi.spyOn(program, "foldersOf").mockResolvedValue({ tree: "/tree", project: "/project" }));
afterAll(() => void vi.restoreAllMocks());

const three = modelReleaseOf("fraud", "3");
const four = modelReleaseOf("fraud", "4", { parent: asParent(three) });
const churn = [modelReleaseOf("churn", "1"), modelReleaseOf("churn", "2")] as const;
// What is checked out wants more than anybody has promoted: another version of churn, and a model that never ran there.
const releases = releasesFolder({
  "models/fraud/3.json": three,
  "models/fraud/4.json": four,
  "models/churn/1.json": churn[0],
  "models/churn/2.json": churn[1],
  "models/segments/1.json": modelReleaseOf("segments", "1"),
  "environments/prod.json": pointerOf({ fraud: "3", churn: "2", segments: "1" }),
});
const home = `${releases}-home`;
afterAll(() => [releases, home].forEach((each) => rmSync(each, { recursive: true, force: true })));

const TARGET = { environment: "prod", releases, home, update: () => undefined } as unknown as Target;
const change = (subject: string, from: string | null, release: Parameters<typeof digestOfRelease>[0] & object): Change => ({
  subject,
  from,
  to: "id" in release ? (release.id as string) : (release as unknown as { version: string }).version,
  digest: digestOfRelease(release),
});
const records = chain([
  ...promoted(1, change("models/fraud", null, three), 0),
  ...promoted(4, change("models/churn", null, churn[0]), 1),
  { kind: "begin", changes: [change("platform", null, platformReleaseOf())] },
  { kind: "done", begin: 7, states: {}, seconds: 1 },
]);
const pointed = async (...changes: Change[]) => readPointer("prod", (await programWith(TARGET, records, changes)).releases);

describe("what an environment runs", () => {
  it("is what its records say and what is promoted, whatever else the pointer says", async () => {
    expect(await pointed()).toEqual(pointerOf({ fraud: "3", churn: "1" }));
    expect(await pointed(change("models/fraud", "3", four))).toEqual(pointerOf({ fraud: "4", churn: "1" }));
  });

  it("is refused where a release is not the one that was promoted, also that of another model", async () => {
    const refused = (file: string) =>
      new RegExp(
        `^releases/${file} must have digest '[0-9a-f]{64}', as it was promoted to prod, got '[0-9a-f]{64}': put the file`,
      );
    const promote = () => pointed(change("models/fraud", "3", four));
    for (const [file, release] of [
      ["models/churn/1.json", churn[0]],
      ["models/fraud/4.json", four],
      ["platform/2026.11.21-1.json", platformReleaseOf()],
    ] as const) {
      putRelease(releases, file, { ...release, author: "Mallory" });
      await expect(Promise.resolve().then(promote), file).rejects.toThrow(refused(file));
      putRelease(releases, file, release);
    }
    // Whatever runs now is replaced: its file is of no account.
    putRelease(releases, "models/fraud/3.json", { ...three, author: "Mallory" });
    expect(await promote()).toEqual(pointerOf({ fraud: "4", churn: "1" }));
    putRelease(releases, "models/fraud/3.json", three);
  });
});
