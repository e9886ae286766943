import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { type Command, PodProcess, type PodProcessOptions } from "#rehearsal/cluster/nodes/pod-process";
import { identify, isRunning } from "#toolchain/process-table";
import { freePort } from "../../../harness/free-port.ts";

const folder = mkdtempSync(join(tmpdir(), "pods-"));
const pods: PodProcess[] = [];
afterEach(async () => void (await Promise.all(pods.splice(0).map((pod) => pod.stop(0)))));

const script = (text: string): Command => ({ argv: [process.execPath, "-e", text], env: {} });
const listen = (port: number, body = "response.end()") =>
  `require("node:http").createServer((request, response) => { ${body} }).listen(${port}, "127.0.0.1")`;

type Policy = PodProcessOptions["restartPolicy"];

function begin(
  name: string,
  command: () => Promise<Command>,
  container: object = {},
  restartPolicy: Policy = "Always",
): PodProcess {
  const pod = new PodProcess({
    restartPolicy,
    container,
    ip: "127.0.0.1",
    log: join(folder, `${name}.log`),
    command,
    onChange: () => undefined,
  });
  pods.push(pod);
  pod.start();
  return pod;
}

const until = (holds: () => boolean) => vi.waitFor(() => expect(holds()).toBe(true), { timeout: 5000, interval: 10 });

test("is ready while its probe succeeds, on a port found by name", async () => {
  const port = await freePort();
  const text = listen(
    port,
    `if (request.url === "/break") globalThis.broken = true; response.statusCode = globalThis.broken ? 503 : 200; response.end()`,
  );
  const readinessProbe = { httpGet: { path: "/ping", port: "http" }, periodSeconds: 0.02, failureThreshold: 2 };
  const pod = begin("ready", async () => script(text), { ports: [{ name: "http", containerPort: port }], readinessProbe });
  expect(pod.state).toMatchObject({ ready: false, state: { waiting: { reason: "ContainerCreating" } } });
  await until(() => pod.state.ready);
  expect(pod.state).toMatchObject({ started: true, restarts: 0, state: { running: {} } });
  await fetch(`http://127.0.0.1:${port}/break`);
  await until(() => !pod.state.ready);
  expect(pod.state.restarts).toBe(0);
});

test("a startup probe holds the others back; a failing liveness probe has it started again", async () => {
  const port = await freePort();
  const probe = (path: string, failureThreshold: number) => ({ httpGet: { path, port }, periodSeconds: 0.05, failureThreshold });
  const text = listen(port, `response.statusCode = request.url === "/live" ? 500 : 200; response.end()`);
  const pod = begin("live", async () => script(text), { startupProbe: probe("/up", 100), livenessProbe: probe("/live", 2) });
  await until(() => pod.state.started);
  await until(() => pod.state.restarts === 1);
  expect(pod.state.state).toEqual({ waiting: { reason: "CrashLoopBackOff", message: "exit code 137" } });
});

test("a process that ends is restarted, later each time, and its log is kept", async () => {
  const pod = begin("crash", async () => script("console.log('again'); process.exit(7)"));
  await until(() => pod.state.restarts === 1);
  const first = Date.now();
  await until(() => pod.state.restarts === 2);
  const second = Date.now();
  await until(() => pod.state.restarts === 3);
  expect(second - first).toBeGreaterThan(450);
  expect(Date.now() - second).toBeGreaterThan(950);
  expect(readFileSync(join(folder, "crash.log"), "utf8")).toBe("again\n".repeat(3));
});

test("what a process has started ends with it, also when it is killed", async () => {
  const idle = "setInterval(() => undefined, 1_000)";
  const text = `console.log(require("node:child_process").spawn(process.execPath, ["-e", "${idle}"]).pid); ${idle}`;
  const pod = begin("parent", async () => script(text), {}, "Never");
  const said = (): string => readFileSync(join(folder, "parent.log"), "utf8").trim();
  await until(() => said() !== "");
  const child = identify(Number(said()))!;
  process.kill(pod.state.pid!, "SIGKILL");
  await until(() => pod.outcome === "Failed" && !isRunning(child));
});

test.each<[Policy, number, string]>([
  ["Never", 0, "Succeeded"],
  ["Never", 1, "Failed"],
  ["OnFailure", 0, "Succeeded"],
])("with restartPolicy %s, exit code %d means %s", async (restartPolicy, code, outcome) => {
  const pod = begin("once", async () => script(`process.exit(${code})`), {}, restartPolicy);
  await until(() => pod.outcome === outcome);
  expect(pod.state.state).toMatchObject({ terminated: { exitCode: code, reason: code === 0 ? "Completed" : "Error" } });
});

test("a command that cannot be made yet is tried again", async () => {
  let tries = 0;
  const pod = begin("secret", async () => {
    tries += 1;
    if (tries === 1) {
      throw new Error('secret "s" not found');
    }
    return script("setInterval(() => {}, 1000)");
  });
  await until(() => pod.state.state.waiting?.reason !== "ContainerCreating");
  expect(pod.state.state).toEqual({ waiting: { reason: "CreateContainerConfigError", message: 'secret "s" not found' } });
  await until(() => pod.state.ready);
});

test("the end: a pause before SIGTERM, time to finish, SIGKILL after the grace period", async () => {
  const polite = begin(
    "polite",
    async () =>
      script(
        "process.on('SIGTERM', () => { console.log('bye'); process.exit(0) }); console.log('up'); setInterval(() => {}, 1000)",
      ),
    {
      lifecycle: { preStop: { sleep: { seconds: 0.3 } } },
    },
  );
  await until(() => readFileSync(join(folder, "polite.log"), "utf8").includes("up"));
  const begun = Date.now();
  const stopped = polite.stop(5);
  await sleep(150);
  expect(polite.state.pid).toBeDefined();
  await stopped;
  expect(Date.now() - begun).toBeLessThan(2000);
  expect(readFileSync(join(folder, "polite.log"), "utf8")).toBe("up\nbye\n");
  expect(polite.state).toMatchObject({ ready: false, restarts: 0, pid: undefined });

  const deaf = begin("deaf", async () =>
    script("process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)"),
  );
  await until(() => readFileSync(join(folder, "deaf.log"), "utf8").includes("up"));
  const { pid } = deaf.state;
  await deaf.stop(0.3);
  expect(() => process.kill(pid!, 0)).toThrow("ESRCH");
});
