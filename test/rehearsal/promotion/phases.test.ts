import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { PROMOTION_PHASES } from "#rehearsal/promotion/phases";
import { faultsOf } from "#rehearsal/selection";

const promotion = PROMOTION_PHASES.find(({ name }) => name === "promotion")!;

/** An environment that is up, and what it tells. */
function standing() {
  const folder = mkdtempSync(join(tmpdir(), "millrace-standing-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const trouble = new AbortController();
  const { promise: wanted, resolve: goOn } = Promise.withResolvers<void>();
  const told: Record<string, string>[] = [];
  const context = {
    environment: "prod",
    inside: { pause: () => wanted },
    workspace: { environment: { MILLRACE_RELEASES: "/releases" }, project: "/project", folder },
    cluster: { trouble: trouble.signal, writeEnv: (variables: Record<string, string>) => void told.push({ ...variables }) },
  };
  const waiting = promotion.run(context as unknown as Parameters<typeof promotion.run>[0]);
  return { waiting, goOn, trouble, told, folder };
}

it("each phase of an environment in a promotion comes after those that it needs", () => {
  expect(faultsOf(PROMOTION_PHASES)).toEqual([]);
});

it("an environment says how commands find it, and waits until it is told to go on", async () => {
  const { waiting, goOn, told, folder } = standing();
  goOn();
  expect(await waiting).toEqual({ detail: "the story is over" });
  expect(told).toEqual([
    {
      MILLRACE_RELEASES: join(PROJECT_FOLDER, "releases"),
      MILLRACE_PROJECT: "/project",
      MILLRACE_POLICY_CONFIG: join(folder, "policies.json"),
      MILLRACE_PROMOTION_PACE: expect.stringContaining('"window":"always"'),
    },
  ]);
});

it("an environment waits no longer when a pod of it finds no node", async () => {
  const { waiting, trouble } = standing();
  const aborted = once(trouble.signal, "abort");
  trouble.abort(new Error("0/2 nodes are available"));
  await aborted;
  await waiting;
});
