import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
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
