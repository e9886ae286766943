import { once } from "node:events";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Processes } from "#rehearsal/cluster/controlplane/processes";

const node = (script: string) => [process.execPath, "-e", script];
const fresh = () => new Processes(mkdtempSync(join(tmpdir(), "processes-")));

test("a process is started, logged, measured, restarted and stopped", async () => {
  const processes = fresh();
  const script = "console.log('up', process.env.WHO); setInterval(() => {}, 1000)";
  await processes.start({
    name: "a",
    command: node(script),
    env: { WHO: "me" },
    ready: async () => processes.hasLogged("a", "up me"),
  });
  expect(processes.memory().a).toBeGreaterThan(10_000_000);
  await processes.restart("a");
  expect(Object.keys(processes.memory())).toEqual(["a"]);
  await processes.stopAll();
  expect(processes.memory()).toEqual({});
  expect(processes.lost.aborted).toBe(false);
});

test("one that somebody else ends is told, with its last words", async () => {
  const processes = fresh();
  const script = "console.log('serving', process.pid); setInterval(() => {}, 1000)";
  await processes.start({ name: "e", command: node(script), ready: async () => processes.hasLogged("e", "serving") });
  const lost = once(processes.lost, "abort");
  process.kill(Number(/\d+/.exec(readFileSync(processes.log("e"), "utf8"))?.[0]), "SIGTERM");
  await lost;
  expect(processes.lost.reason).toMatchObject({ name: "ProcessError" });
  expect(processes.lost.reason.message).toMatch(/^e ended by itself \(SIGTERM\)\.\nserving \d+$/);
});

test("one that ends before it is ready is reported with its last words", async () => {
  const processes = fresh();
  const failing = { name: "b", command: node("console.error('no disk'); process.exit(3)"), ready: async () => false };
  const error = await processes.start(failing).catch((reason: unknown) => reason as Error & { log: string });
  expect(error).toMatchObject({ name: "ProcessError", message: "b ended before it was ready.\nno disk" });
  expect(readFileSync((error as { log: string }).log, "utf8")).toBe("no disk\n");
});

test("a program that is not there ends before it is ready", async () => {
  await expect(fresh().start({ name: "c", command: ["/no/such/program"], ready: async () => false })).rejects.toThrow(
    "c ended before it was ready",
  );
});

test("one that is never ready is given up", async () => {
  const processes = fresh();
  const idle = { name: "d", command: ["sleep", "60"], ready: async () => false, readyWithin: 0.1 };
  await expect(processes.start(idle)).rejects.toThrow("d was not ready within 0.1 s");
  await processes.stopAll();
});
