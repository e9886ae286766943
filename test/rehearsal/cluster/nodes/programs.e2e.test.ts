import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, expect, test } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";

const ends: (() => void)[] = [];
afterEach(() => ends.splice(0).forEach((end) => end()));

let next = 21_480;
async function run(program: string, env: Record<string, string>) {
  const port = next++;
  const file = join(PROJECT_FOLDER, "rehearsal/cluster/nodes/programs", `${program}.ts`);
  const child = spawn(process.execPath, [file], {
    env: { ...env, MILLRACE_PORT: String(port) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  ends.push(() => child.kill("SIGKILL"));
  const exit = once(child, "exit");
  await Promise.race([once(createInterface(child.stdout), "line"), exit]);
  return { child, exit, url: `http://127.0.0.1:${port}`, port };
}

const model = (fault: object = {}, version = "3") =>
  run("model-server", {
    MODEL_NAME: "fraud",
    MODEL_VERSION: version,
    MILLRACE_FAULT: JSON.stringify({ loadSeconds: 0, ...fault }),
  });
const score = async (url: string, body: unknown) => {
  const answer = await fetch(`${url}/invocations`, { method: "POST", body: JSON.stringify(body) });
  return {
    status: answer.status,
    version: answer.headers.get("x-model-version"),
    body: (await answer.json()) as Record<string, unknown>,
  };
};

test("the model server answers all forms of MLflow's protocol alike, as its version does, and says its version", async () => {
  const [{ url }, other] = await Promise.all([model(), model({}, "4")]);
  const row = { amount: 12, age: 40 };
  const expected = await score(url, { dataframe_records: [row, row] });
  expect(expected).toMatchObject({ status: 200, version: "3" });
  const [first, second] = expected.body.predictions as number[];
  expect(first).toBe(second);
  expect(first).toBeGreaterThan(0);
  for (const form of [
    { dataframe_split: { columns: ["age", "amount"], data: [[40, 12]] } },
    { instances: [row] },
    { inputs: { amount: [12], age: [40] } },
  ]) {
    expect((await score(url, form)).body).toEqual({ predictions: [first] });
  }
  expect((await score(other.url, { instances: [row] })).body).not.toEqual({ predictions: [first] });
  expect((await score(url, { nothing: 1 })).status).toBe(400);
  expect((await fetch(`${url}/ping`)).status).toBe(200);
  expect((await fetch(`${url}/health`)).headers.get("x-millrace-stand-in")).toBe("model-server");
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('model_requests_total{model="fraud",version="3",code="200"} 4');
});

test("faults: errors, a version that cannot be loaded", async () => {
  const [bad, crashed] = await Promise.all([model({ errorRate: 1 }), model({ crash: true })]);
  expect(await score(bad.url, { inputs: [1] })).toMatchObject({ status: 500, body: { message: "version 3 fails on purpose" } });
  expect((await crashed.exit)[0]).toBe(1);
});

test("a request under way is answered after SIGTERM, and the connection is not kept", async () => {
  const { child, exit, port } = await model({ latencyMs: 300 });
  const agent = new Agent({ keepAlive: true });
  const sent = request({ host: "127.0.0.1", port, path: "/invocations", method: "POST", agent });
  sent.end(JSON.stringify({ inputs: [1] }));
  const begun = Date.now();
  setTimeout(() => child.kill("SIGTERM"), 100);
  const [answer] = (await once(sent, "response")) as [{ statusCode: number; resume: () => void }];
  answer.resume();
  expect(answer.statusCode).toBe(200);
  expect((await exit)[0]).toBe(0);
  expect(Date.now() - begun).toBeLessThan(2000);
  agent.destroy();
});

test("MLflow answers what a deployment asks, from a file, and says that it is a stand-in", async () => {
  const registry = join(mkdtempSync(join(tmpdir(), "registry-")), "registry.json");
  const { url } = await run("mlflow", { MILLRACE_REGISTRY: registry });
  const get = async (call: string) => {
    const answer = await fetch(`${url}/api/2.0/mlflow/${call}`);
    expect(answer.headers.get("x-millrace-stand-in")).toBe("mlflow");
    return { status: answer.status, body: await answer.json() };
  };
  expect(await (await fetch(`${url}/health`)).text()).toBe("OK");
  expect(await get("registered-models/alias?name=fraud&alias=champion")).toEqual({
    status: 404,
    body: { error_code: "RESOURCE_DOES_NOT_EXIST", message: "Registered Model with name=fraud not found" },
  });
  const version = { name: "fraud", version: "3", source: "s3://models/fraud/3", aliases: ["champion"], tags: { sha256: "x" } };
  writeFileSync(registry, JSON.stringify({ versions: [version] }));
  const shown = { ...version, tags: [{ key: "sha256", value: "x" }], status: "READY" };
  expect(await get("registered-models/alias?name=fraud&alias=champion")).toEqual({ status: 200, body: { model_version: shown } });
  expect(await get("model-versions/get-download-uri?name=fraud&version=3")).toEqual({
    status: 200,
    body: { artifact_uri: "s3://models/fraud/3" },
  });
  expect((await get("model-versions/get?name=fraud&version=9")).status).toBe(404);
  expect((await get("runs/search")).body).toMatchObject({ error_code: "ENDPOINT_NOT_FOUND" });
});
