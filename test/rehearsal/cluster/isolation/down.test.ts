import { spawn } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { takeDown } from "#rehearsal/cluster/isolation/down";
import { INSIDE } from "#rehearsal/cluster/isolation/inside";
import { writeRecord } from "#rehearsal/cluster/isolation/record";
import { identify, isRunning } from "#toolchain/process-table";

const started: number[] = [];
afterEach(() => started.splice(0).forEach((pid) => process.kill(pid, "SIGKILL")));

function sleeper(env: Record<string, string> = {}): { pid: number; startTime: string } {
  const { pid } = spawn("sleep", ["60"], { env: { ...process.env, ...env }, stdio: "ignore" });
  return identify(pid!)!;
}

const freshFolder = () => mkdtempSync(join(tmpdir(), "rehearsal-"));

test("ends the recorded processes, removes the folder and says so; the second time there is nothing to do", async () => {
  const folder = freshFolder();
  const inner = sleeper();
  writeRecord(folder, { environment: "dev", state: "kept", userNamespace: false, processes: { inner } });

  expect(await takeDown(folder)).toEqual({ processes: [{ role: "inner", pid: inner.pid }], folder: true });
  expect(isRunning(inner)).toBe(false);
  expect(existsSync(folder)).toBe(false);
  expect(await takeDown(folder)).toEqual({ processes: [], folder: false });
});

test("a pid that another process has by now is left alone", async () => {
  const folder = freshFolder();
  const other = sleeper();
  started.push(other.pid);
  const recorded = { pid: other.pid, startTime: String(Number(other.startTime) - 1) };
  writeRecord(folder, { environment: "dev", state: "running", userNamespace: false, processes: { inner: recorded } });

  expect(await takeDown(folder)).toEqual({ processes: [], folder: true });
  expect(isRunning(other)).toBe(true);
});

test("a rehearsal that was killed before it was recorded is found by the variable that it carries", async () => {
  const folder = freshFolder();
  const lost = sleeper({ [INSIDE]: folder });
  const neighbour = sleeper({ [INSIDE]: `${folder}-2` });
  started.push(neighbour.pid);

  expect(await takeDown(folder)).toEqual({ processes: [{ role: "unrecorded", pid: lost.pid }], folder: true });
  expect(isRunning(neighbour)).toBe(true);
});

test("never ends the process that asks", async () => {
  const folder = freshFolder();
  writeRecord(folder, {
    environment: "dev",
    state: "running",
    userNamespace: false,
    processes: { outer: identify(process.pid)! },
  });
  expect(await takeDown(folder)).toEqual({ processes: [], folder: true });
});
