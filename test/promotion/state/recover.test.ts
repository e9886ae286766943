import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { examineState } from "#promotion/state/doctor";
import type { Machine } from "#promotion/state/machine";
import { recoverLayer } from "#promotion/state/recover";
import { NotRecovered, StateHeld } from "#promotion/state/refusal";
import { BUCKET, bytes, checkpoint, deployment, earlier, KEY, type Sample, sample, urn } from "./sample.ts";

const machine: Machine = {
  hostname: hostname(),
  now: new Date("2026-11-20T10:30:00Z"),
  booted: new Date("2026-11-20T08:00:00Z"),
  begun: () => [],
  blind: false,
};
const lockOf = (host: string) =>
  JSON.stringify({ pid: 4242, username: "ada", hostname: host, timestamp: "2026-11-20T10:00:00Z" });

const pending = () => [
  { type: "creating", resource: { urn: BUCKET, type: "aws:s3/bucket:Bucket" } },
  { type: "updating", resource: { urn: KEY, type: "aws:kms/key:Key" } },
];

/** A stack that an `up` has left behind, killed in its middle. */
async function killed(): Promise<Sample> {
  const of = await sample();
  of.put(`${of.locks}/1.json`, lockOf(hostname()));
  const { manifest } = deployment();
  const latest = { ...earlier(), manifest: { ...manifest, time: "2026-11-20T10:00:01Z" }, pending_operations: pending() };
  of.put(of.checkpoint, bytes(checkpoint(latest)));
  return of;
}

async function mend(of: Sample, confirm?: () => Promise<boolean>) {
  const said: string[] = [];
  const dialogue = { say: (text: string) => void said.push(text), machine, ...(confirm && { confirm }) };
  return { said, done: await recoverLayer(of.engine, "platform", "dev", dialogue) };
}

describe("recovery", () => {
  it("does nothing where nothing is wrong", async () => {
    const of = await sample();
    expect(await mend(of)).toEqual({ said: [], done: [] });
    expect(of.called).toEqual(["export"]);
  });

  it("after a kill breaks the lock, says what may exist, and refreshes", async () => {
    const of = await killed();
    const { said, done } = await mend(of);
    expect(said).toEqual([
      expect.stringMatching(/^platform-dev: breaks the lock of ada on .* \(process 4242\) since .*: .* has no process 4242/),
      "platform-dev: creating aws:s3/bucket:Bucket data: it may exist, and no state knows it. Look for it in the account before the next up",
      "platform-dev: refresh, so that the state says what is there; it forgets what was begun and not ended: creating aws:s3/bucket:Bucket data, updating aws:kms/key:Key key",
    ]);
    expect(done).toHaveLength(2);
    expect(await of.files.list(of.locks)).toEqual([]);
    expect(of.called).toContain('refresh {"clearPendingCreates":true}');
  });

  it("stops before it forgets what may exist, where nobody has looked: the next up would make it a second time", async () => {
    const of = await killed();
    const answer = recoverLayer(of.engine, "platform", "dev", { say: () => undefined, machine, forget: false });
    await expect(answer).rejects.toThrow(NotRecovered);
    await expect(answer).rejects.toThrow(
      `  creating aws:s3/bucket:Bucket data\nthen say what is there; what you do not name is forgotten: npx millrace state recover dev --found '${BUCKET}=<id>'`,
    );
    expect(of.called.filter((call) => call.startsWith("refresh"))).toEqual([]);
  });

  it("restores a broken state before anything reads it, and then refreshes it", async () => {
    const of = await sample();
    of.put(of.checkpoint, "{");
    const { said } = await mend(of);
    expect(said[0]).toMatch(
      /the state is broken \(it .*\): restores .*1795995600000000000.* of 2026-11-20T10:00:00Z, with 4 resources/,
    );
    expect(of.called).toEqual(["export", 'refresh {"clearPendingCreates":true}']);
    expect((await mend(of)).done).toEqual([]);
  });

  it.each([
    ["before the broken one is kept", 0],
    ["before the copy is written", 1],
    ["before its own lock is taken away", 2],
  ])("that is killed %s goes on when it is repeated", async (_, writes) => {
    const of = await sample();
    of.put(of.checkpoint, "{");
    // What is there after so many steps: the lock of the one that was killed, the file beside, the copy.
    of.put(`${of.locks}/own.json`, lockOf(hostname()));
    if (writes > 0) {
      of.put(`${of.checkpoint}.broken-021fb596db81`, "{");
    }
    if (writes > 1) {
      of.put(of.checkpoint, bytes(checkpoint()));
    }
    const { done } = await mend(of);
    expect(done[0]).toMatch(/breaks the lock/);
    expect(of.text(of.checkpoint)).toBe(bytes(checkpoint()).toString());
    expect((await of.files.list(".pulumi/stacks/millrace")).filter((path) => path.includes("broken")).length).toBe(1);
  });

  it("changes nothing while somebody holds the lock, even beside one that was left behind", async () => {
    const of = await killed();
    of.put(`${of.locks}/2.json`, lockOf("laptop"));
    await expect(mend(of)).rejects.toThrow(StateHeld);
    await expect(mend(of)).rejects.toThrow(/^platform-dev is locked by ada on laptop .*pulumi cancel -s platform-dev$/);
    expect(await of.files.list(of.locks)).toHaveLength(2);
    expect(of.called).toEqual([]);
  });

  it("says what it is about to do, and does not do it when the answer is no", async () => {
    const of = await killed();
    await expect(mend(of, async () => false)).rejects.toThrow(/^platform-dev: not done, as you said: breaks the lock/);
    expect(await of.files.list(of.locks)).toHaveLength(1);
  });

  it("that has no good copy says so, and leaves the broken state", async () => {
    const of = await sample();
    for (const path of [
      of.checkpoint,
      `${of.checkpoint}.bak`,
      ...(await of.files.list(of.history)),
      ...(await of.files.list(of.backups)),
    ]) {
      of.put(path, "{");
    }
    await expect(mend(of)).rejects.toThrow(NotRecovered);
    expect(of.text(of.checkpoint)).toBe("{");
    expect(of.called).toEqual([]);
  });

  it("does not let the state forget a chart that was begun while nobody can ask Helm", async () => {
    const of = await sample();
    const release = { urn: urn("kubernetes:helm.sh/v3:Release", "mesh"), type: "kubernetes:helm.sh/v3:Release" };
    const begun = { ...release, inputs: { name: "istiod", namespace: "istio-system" } };
    const provider = {
      urn: urn("pulumi:providers:kubernetes", "cluster"),
      type: "pulumi:providers:kubernetes",
      custom: true,
      id: "c",
    };
    const { manifest, resources = [] } = deployment();
    const latest = {
      ...deployment({ manifest: { ...manifest, time: "2026-11-20T10:00:01Z" } }),
      resources: [...resources, { ...provider, inputs: { kubeconfig: "{}" } }],
      pending_operations: [{ type: "creating", resource: begun }],
    };
    of.put(of.checkpoint, bytes(checkpoint(latest)));
    const mended = recoverLayer(of.engine, "platform", "dev", { say: () => undefined, machine, variables: { PATH: "/nowhere" } });
    await expect(mended).rejects.toThrow(/^platform-dev: charts were begun and not ended, and kubectl cannot ask the cluster/);
    expect(of.called).toEqual(["export"]);
  });

  it("of a backend whose files nobody can read leaves locks to it", async () => {
    const of = await killed();
    const engine = { ...of.engine, backend: async () => ({ url: "https://api.pulumi.com", project: "millrace" }) };
    const done = await recoverLayer(engine, "platform", "dev", () => undefined);
    expect(done).toEqual([expect.stringMatching(/refresh/)]);
    expect(await of.files.list(of.locks)).toHaveLength(1);
  });
});

describe("the doctor", () => {
  it("finds nothing wrong with a good state, and does not miss layers that are not up", async () => {
    const found = await examineState((await sample()).engine, "dev", machine);
    expect(found.filter(({ state }) => state !== "ok")).toEqual([]);
    expect(found.filter(({ found: text }) => text.includes("not up")).map(({ stack }) => stack)).toEqual([
      "foundation-dev",
      "workloads-dev",
    ]);
  });

  it("names what a kill has left behind, and the command that mends it", async () => {
    const of = await killed();
    const found = await examineState(of.engine, "dev", machine);
    const wrong = found.filter(({ state }) => state === "wrong");
    expect(wrong.map(({ what }) => what)).toEqual(["lock", "pending operations", "pending operations"]);
    expect(new Set(wrong.map(({ remedy }) => remedy))).toEqual(new Set(["npx millrace state recover dev"]));
    expect(of.called.filter((call) => call !== "export")).toEqual([]);
  });

  it("names a broken state and its newest good copy, and does not ask the engine to read it", async () => {
    const of = await sample();
    of.put(of.checkpoint, "");
    const [wrong] = (await examineState(of.engine, "dev", machine)).filter(({ state }) => state === "wrong");
    expect(wrong).toMatchObject({ stack: "platform-dev", what: "checkpoint", remedy: "npx millrace state recover dev" });
    expect(wrong!.found).toMatch(/^it is empty; newest good copy: .*, with 4 resources$/);
    expect(of.called).toEqual([]);
  });
});
