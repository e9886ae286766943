// The real CLI with the plugins.

import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEngine, type Engine, type EngineOptions } from "#engine/engine";
import type { EngineFailure } from "#engine/failure";
import type { Plugins } from "#rehearsal/plugins/install";
import { createProbe } from "../../harness/probe.ts";

const SECRET = "never-in-plain-text";

describe("the engine", { timeout: 300_000 }, () => {
  let folder: string;
  const seen: string[] = [];
  let plugins: Plugins;
  let engine: Engine;
  let interruptible: (interrupt: AbortController, onResource: () => void) => Engine;

  beforeAll(async () => {
    const probe = await createProbe();
    ({ folder, plugins } = probe);
    const options: EngineOptions = {
      ...probe.options,
      onResource: (_, { op, type, name, done, total }) => seen.push(`${op} ${type} ${name} ${done}/${total}`),
    };
    engine = createEngine(options);
    interruptible = (interrupt, onResource) => createEngine({ ...options, signal: interrupt.signal, onResource });
    await engine.stackInit("probe-dev");
    await engine.configSet("probe-dev", "apiKey", SECRET, { secret: true });
    await engine.configSet("probe-dev", "protect", "true");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("says which plugins stand in", () => {
    expect(plugins).toMatchObject({
      language: "stand-in",
      providers: { aws: "simulated", kubernetes: expect.stringMatching(/^real /), random: "stand-in" },
    });
  });

  const count = 11;

  it("previews, creates and finds nothing to change", async () => {
    const [preview, up, again] = [
      await engine.preview("probe-dev"),
      await engine.up("probe-dev"),
      await engine.preview("probe-dev"),
    ];
    const none = { create: 0, update: 0, delete: 0, replace: 0, same: 0 };
    expect(preview.changes).toEqual({ ...none, create: count });
    expect(up.changes).toEqual({ ...none, create: count });
    expect(again.changes).toEqual({ ...none, same: count });
    expect(seen).toContain(`create pulumi:pulumi:Stack probe-probe-dev ${count}/${count}`);
    console.log(`preview ${preview.seconds.toFixed(1)} s, up ${up.seconds.toFixed(1)} s, preview ${again.seconds.toFixed(1)} s`);
  });

  it("answers with plausible outputs and hides secret ones", async () => {
    expect(await engine.outputs("probe-dev")).toEqual({
      endpoint: expect.stringMatching(/^https:\/\/[0-9A-F]{32}\.gr7\.eu-west-1\.eks\.amazonaws\.com$/),
      clusterGroup: expect.stringMatching(/^sg-[0-9a-f]{17}$/),
      login: "[secret]",
    });
  });

  it("has no file beside a state that a killed engine could leave half-written", () => {
    const names = readdirSync(join(folder, "state"), { recursive: true }) as string[];
    expect(names).toContain(join(".pulumi", "stacks", "probe", "probe-dev.json"));
    expect(names.filter((name) => name.endsWith(".attrs"))).toEqual([]);
  });

  it("keeps secrets out of state, logs and config", () => {
    const encoded = Buffer.from(SECRET).toString("base64");
    const written = ["state", "logs", "project/config"].map((name) => join(folder, name));
    const readable = written.flatMap((root) =>
      readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    );
    expect(readable.some((path) => readFileSync(path, "utf8").includes("ciphertext"))).toBe(true);
    expect(readable.filter((path) => [SECRET, encoded].some((text) => readFileSync(path, "utf8").includes(text)))).toEqual([]);
  });

  it("reports everything that is refused about a resource", async () => {
    await engine.configSet("probe-dev", "broken", "true");
    const failure: EngineFailure = await engine.up("probe-dev").then(
      () => expect.fail("it was accepted"),
      (error) => error,
    );
    await engine.configSet("probe-dev", "broken", "false");
    expect(failure).toMatchObject({ operation: "up probe-dev", resource: { type: "aws:s3/bucket:Bucket", name: "bad" } });
    expect(failure.reason).toBe(
      "unknown argument 'versioning.enabledd' of aws:s3/bucket:Bucket; did you mean 'enabled'?; " +
        "InvalidBucketName: The specified bucket is not valid, got 'Not_Valid'",
    );
  });

  it("interrupted in the middle of an update, leaves a state to go on from and no process", async () => {
    await engine.stackInit("cut-dev");
    await engine.configSet("cut-dev", "apiKey", SECRET, { secret: true });
    const interrupt = new AbortController();
    let running: string[] = [];
    const atFirstResource = () => {
      running = running.concat(processesOf(folder));
      interrupt.abort();
    };
    await expect(interruptible(interrupt, atFirstResource).up("cut-dev")).rejects.toThrow(/^up cut-dev failed/);
    expect(running).not.toEqual([]);
    const { deployment } = await engine.exportState("cut-dev");
    expect(deployment.pending_operations ?? []).toEqual([]);
    expect(deployment.resources.length).toBeLessThan(11);
    expect(processesOf(folder)).toEqual([]);
    expect((await engine.up("cut-dev")).resources).toBe(11);
    await engine.destroy("cut-dev");
    await engine.removeStack("cut-dev");
  });

  it("comes up again after a destroy, twice, in an account that remembers names", async () => {
    await engine.stackInit("lives-dev");
    await engine.configSet("lives-dev", "apiKey", SECRET, { secret: true });
    for (let life = 1; life <= 3; life++) {
      expect((await engine.up("lives-dev")).resources).toBe(11);
      await engine.destroy("lives-dev");
    }
    const names = JSON.parse(readFileSync(join(folder, "account.json"), "utf8")) as Record<string, object>;
    // Each secret waits for its deletion under a name of its own, beside the one of the stack that is up.
    expect(Object.keys(names["aws:secretsmanager/secret:Secret"] ?? {}).filter((name) => name.startsWith("api-"))).toHaveLength(
      5,
    );
    await engine.configSet("lives-dev", "secretName", "fixed");
    await engine.up("lives-dev");
    await engine.destroy("lives-dev");
    await expect(engine.up("lives-dev")).rejects.toThrow(
      /ResourceExistsException: 'fixed' already exists: a secret of this name is scheduled for deletion, for 30 days/,
    );
    await engine.destroy("lives-dev");
    await engine.removeStack("lives-dev");
  });

  it("names what a preview would replace and delete, and takes a state back", async () => {
    const urn = "urn:pulumi:probe-dev::probe::aws:s3/bucket:Bucket::data";
    const setName = (name: string) => engine.configSet("probe-dev", "bucketName", name);
    await setName("first");
    const first = await engine.exportState("probe-dev");
    expect(await engine.up("probe-dev")).toMatchObject({ changes: { create: 1 }, replaced: [], deleted: [] });
    await setName("second");
    const preview = await engine.preview("probe-dev", undefined, { refresh: true });
    expect(preview).toMatchObject({ changes: { replace: 1, delete: 0 }, replaced: [urn], deleted: [] });
    expect(await engine.up("probe-dev")).toMatchObject({ replaced: [urn], deleted: [] });
    await setName("");
    expect(await engine.preview("probe-dev")).toMatchObject({ changes: { delete: 1 }, replaced: [], deleted: [urn] });
    expect(await engine.refresh("probe-dev", { clearPendingCreates: true })).toMatchObject({ changes: { same: count + 1 } });
    await engine.importState("probe-dev", first);
    const urns = (of: typeof first): string[] => of.deployment.resources.map((each: { urn: string }) => each.urn);
    expect(urns(await engine.exportState("probe-dev"))).toEqual(urns(first));
    expect((await engine.preview("probe-dev")).changes).toMatchObject({ same: count, delete: 0 });
  });

  it("does not delete what is protected; then deletes everything", async () => {
    await expect(engine.destroy("probe-dev")).rejects.toThrow(/Cannot delete protected DB Instance/);
    await engine.configSet("probe-dev", "protect", "false");
    await engine.up("probe-dev");
    const destroyed = await engine.destroy("probe-dev");
    expect(destroyed.resources).toBe(0);
    await engine.cancel("probe-dev");
    await engine.removeStack("probe-dev");
    console.log(`destroy ${destroyed.seconds.toFixed(1)} s`);
  });
});

/** Command lines of this machine's processes that name a folder. */
const processesOf = (folder: string): string[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(commandLine)
    .filter((line) => line.includes(folder));

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    // It has just ended.
    return "";
  }
}
