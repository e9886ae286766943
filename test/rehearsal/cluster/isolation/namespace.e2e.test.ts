import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { takeDown } from "#rehearsal/cluster/isolation/down";
import { INSIDE } from "#rehearsal/cluster/isolation/inside";
import { probeIsolation } from "#rehearsal/cluster/isolation/probe";
import { type RehearsalRecord, type Role, readRecord } from "#rehearsal/cluster/isolation/record";
import { visit } from "#rehearsal/cluster/isolation/visit";
import { carrying, isRunning, waitUntilGone } from "#toolchain/process-table";

const why = (() => {
  try {
    probeIsolation();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
})();
/** Each has a folder of its own, so they run at the same time. */
const isolated = test.skipIf(why).concurrent;
const root = mkdtempSync(join(tmpdir(), "namespace-"));
const program = join(import.meta.dirname, "inside-program.ts");
afterAll(() => takeDown(root));

function begin(folder: string, mode: "wait" | "end" | "keep" | "pause" | "visit"): ChildProcess {
  // Of no use in there: nothing leads out.
  const env = { ...process.env, HTTPS_PROXY: "http://proxy.test:3128", no_proxy: "localhost" };
  return spawn(process.execPath, [program, folder, mode], { env, stdio: ["ignore", "ignore", "inherit"] });
}

async function whenUp(folder: string): Promise<RehearsalRecord> {
  for (let tries = 0; tries < 500; tries += 1) {
    const record = readRecord(folder);
    if (record?.processes.inner && existsSync(`${folder}.seen.json`)) {
      return record;
    }
    await sleep(20);
  }
  throw new Error(`no rehearsal in ${folder}`);
}

const left = (folder: string) => carrying("MARK", folder);

isolated("the inside has its own network and our names, and its exit code is returned", async () => {
  const folder = join(root, "end");
  const [code] = await once(begin(folder, "end"), "exit");
  expect(code).toBe(4);
  expect(JSON.parse(readFileSync(`${folder}.seen.json`, "utf8"))).toEqual({
    proxies: [],
    addresses: ["127.0.0.1/8", "10.66.0.1/16"],
    hosts: true,
  });
  expect(left(folder)).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

isolated("an inside that is ready waits until the outside lets it go on, and can be visited meanwhile", async () => {
  const folder = join(root, "pause");
  const [code] = await once(begin(folder, "pause"), "exit");
  expect(code).toBe(8);
  expect([existsSync(`${folder}.visited`), left(folder), existsSync(folder)]).toEqual([true, [], false]);
});

isolated.each<Role>(["outer", "unshare", "inner"])("kill -9 of %s ends everything", async (role) => {
  const folder = join(root, role);
  const outer = begin(folder, "wait");
  const { processes } = await whenUp(folder);
  const children = left(folder);
  expect(children.length).toBe(1);

  process.kill(processes[role]!.pid, "SIGKILL");
  await once(outer, "exit");
  const all = [...Object.values(processes), ...children];
  expect(await waitUntilGone(all, 5)).toEqual([]);
  expect((await takeDown(folder)).processes).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

// The others, through the command line: test/cli/signals.e2e.test.ts.
const SIGNALS = [
  ["SIGTERM", 143],
  ["SIGQUIT", 131],
] as const;
isolated.each(SIGNALS)("%s, also twice in a row, ends everything with exit code %i", async (signal, code) => {
  const folder = join(root, signal);
  const outer = begin(folder, "wait");
  await whenUp(folder);
  outer.kill(signal);
  outer.kill(signal);
  expect((await once(outer, "exit"))[0]).toBe(code);
  expect([left(folder), carrying(INSIDE, folder), existsSync(folder)]).toEqual([[], [], false]);
});

// The namespace takes some tens of milliseconds to make.
isolated.each([0, 20])("an interrupt %i ms after the record was begun leaves nothing", async (ms) => {
  const folder = join(root, `early-${ms}`);
  const outer = begin(folder, "wait");
  while (!existsSync(folder)) {
    await sleep(1);
  }
  await sleep(ms);
  outer.kill("SIGTERM");
  expect((await once(outer, "exit"))[0]).toBe(143);
  expect([left(folder), carrying(INSIDE, folder), existsSync(folder)]).toEqual([[], [], false]);
});

isolated("a kept rehearsal outlives its command, can be visited, refuses a second one, and is taken down", async () => {
  const folder = join(root, "keep");
  expect((await once(begin(folder, "keep"), "exit"))[0]).toBe(0);
  const record = await whenUp(folder);
  expect(record.state).toBe("kept");
  expect(record.processes.outer).toBeUndefined();
  expect(isRunning(record.processes.inner!)).toBe(true);

  // `pwd` asks the kernel, as programs do: a folder that was entered from outside does not count.
  const there = `getent hosts prometheus.test >/dev/null && [ "$(env -u PWD pwd)" = '${folder}' ] && exit 6`;
  expect(await visit({ folder, directory: folder, command: ["sh", "-c", there] })).toBe(6);
  // The visited command, and not the visitor, decides what a signal means.
  const visitor = begin(folder, "visit");
  while (!existsSync(join(folder, "visited"))) {
    await sleep(10);
  }
  visitor.kill("SIGTERM");
  expect((await once(visitor, "exit"))[0]).toBe(5);
  const second = spawn(process.execPath, [program, folder, "end"], { stdio: ["ignore", "ignore", "pipe"] });
  const said = (await second.stderr.toArray()).join("");
  expect(said).toContain("or end it with 'npx millrace rehearse down dev'");

  expect((await takeDown(folder)).processes.map(({ role }) => role)).toEqual(["unshare", "inner"]);
  expect(left(folder)).toEqual([]);
  await expect(visit({ folder, directory: folder, command: ["true"] })).rejects.toThrow(`No rehearsal is running in ${folder}.`);
});
