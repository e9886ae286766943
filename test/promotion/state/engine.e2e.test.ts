// State that the real CLI has written, broken and killed, and mended.

import { readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine } from "#engine/engine";
import { checkStack } from "#promotion/state/check";
import { examineState } from "#promotion/state/doctor";
import { driftOf } from "#promotion/state/drift";
import { stateOf } from "#promotion/state/layer-state";
import { type Machine, thisMachine } from "#promotion/state/machine";
import { recoverLayer } from "#promotion/state/recover";
import { StateHeld } from "#promotion/state/refusal";
import { type StackFiles, stackFilesIn } from "#promotion/state/stack-files";
import { createProbe, type Probe } from "../../harness/probe.ts";

const STACK = "platform-dev";
const SECRET = "never-in-plain-text";

describe("state that the engine has written", { timeout: 300_000 }, () => {
  let probe: Probe;
  let engine: Engine;
  let of: StackFiles;
  let file: string;
  const machine: Machine = { ...thisMachine(), blind: false };
  const recover = () => recoverLayer(engine, "platform", "dev", { say: () => undefined, machine });
  const digest = async () => (await stateOf(engine, "platform", "dev")).digest;
  const unchanged = async () => {
    const { changes } = await engine.preview(STACK);
    expect({ ...changes, same: 0 }).toEqual({ create: 0, update: 0, delete: 0, replace: 0, same: 0 });
  };

  beforeAll(async () => {
    probe = await createProbe();
    engine = createEngine(probe.options);
    await engine.stackInit(STACK);
    await engine.configSet(STACK, "apiKey", SECRET, { secret: true });
    of = await (await stackFilesIn(engine))!(STACK);
    file = join(probe.folder, "state", of.checkpoint);
    expect(await digest()).toBeNull();
    await engine.up(STACK);
  });
  afterAll(() => rmSync(probe.folder, { recursive: true, force: true }));

  it("has nothing wrong, and a digest that only a change moves", async () => {
    const first = await digest();
    expect((await checkStack(of, { digest: first!, by: "the engine" })).problems).toEqual([]);
    expect(await driftOf(engine, "platform", "dev")).toEqual([]);
    await engine.up(STACK);
    await engine.refresh(STACK);
    expect(await digest()).toBe(first);
    await engine.configSet(STACK, "apiKey", `${SECRET}-2`, { secret: true });
    await engine.up(STACK);
    expect(await digest()).not.toBe(first);
  });

  it("broken, is restored so that the engine reads it and finds nothing to change", async () => {
    const before = await digest();
    truncateSync(file, Math.floor(readFileSync(file).length / 2));
    await expect(engine.preview(STACK)).rejects.toThrow(/^preview platform-dev failed/);
    const start = performance.now();
    const done = await recover();
    console.log(`restored in ${((performance.now() - start) / 1000).toFixed(1)} s`);
    expect(done).toEqual([expect.stringMatching(/the state is broken/), expect.stringMatching(/refresh/)]);
    expect(await digest()).toBe(before);
    await unchanged();
  });

  it("of an engine that was killed in an up, is mended, and the next up ends with nothing to change", async () => {
    // An update is done again; a creation that nobody saw the end of is for a person (test/promotion/kill-points).
    await engine.configSet(STACK, "protect", "true");
    let killed = false;
    const victim = createEngine({
      ...probe.options,
      onResource: (_, { op }) => {
        if (op !== "same" && !killed) {
          killed = true;
          engines(probe.folder).forEach((pid) => process.kill(pid, "SIGKILL"));
        }
      },
    });
    await expect(victim.up(STACK)).rejects.toThrow(/^up platform-dev failed/);
    const found = await examineState(engine, "dev", machine);
    expect(found.filter(({ state }) => state === "wrong").map(({ what }) => what)).toContain("lock");
    expect((await recover())[0]).toMatch(/breaks the lock of .*: .* has no process \d+/);
    await engine.up(STACK);
    await unchanged();
    expect(await recover()).toEqual([]);
  });

  it("that an engine holds is left to it", async () => {
    await engine.configSet(STACK, "bucketName", "another");
    let answer: Promise<unknown> | undefined;
    const holder = createEngine({
      ...probe.options,
      onResource: () => {
        answer ??= recover().catch((error: unknown) => error);
      },
    });
    await holder.up(STACK);
    expect(await answer).toBeInstanceOf(StateHeld);
    await unchanged();
  });

  it("is nowhere in plain text beside it", async () => {
    const names = readdirSync(join(probe.folder, "state"), { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const found = names.filter((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8").includes(SECRET));
    expect(found).toEqual([]);
  });
});

/** Processes of the CLI in a folder that change resources. */
function engines(folder: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const [program = "", operation] = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
        return program.includes(folder) && program.endsWith("/pulumi") && operation === "up";
      } catch {
        return false;
      }
    })
    .map(Number);
}
