import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { openLedger } from "#promotion/ledger/ledger";
import { digestOfRelease } from "#stacks/inputs/releases/canonical";
import { millrace } from "../../cli/release/run.ts";
import { asParent, modelReleaseOf, releasesFolder } from "../../harness/releases.ts";
import { type S3Server, s3Server } from "../artifacts/s3-server.ts";
import { begin, done, fraud, hour, ledgerFolder, stable } from "../ledger/records.ts";

const MLFLOW = join(PROJECT_FOLDER, "images", "mlflow");
const SIGNATURE = `signature:\n  inputs: '[{"name": "amount", "type": "double"}]'\n  outputs: '[{"type": "double"}]'\n`;

let server: { url: string; tokens: Record<string, string> };
let standing: ChildProcess;
let s3: S3Server;
const folder = mkdtempSync(join(tmpdir(), "millrace-registry-"));

beforeAll(async () => {
  s3 = await s3Server();
  const python = execFileSync(join(PROJECT_FOLDER, "images", "environment"), [join(MLFLOW, "requirements-dev.txt")], {
    encoding: "utf8",
  });
  standing = spawn(join(python.trim(), "bin", "python"), ["-m", "tests.standing", folder], {
    cwd: MLFLOW,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface(standing.stdout!), "line")) as [string];
  server = JSON.parse(line);
}, 600_000);
afterAll(async () => {
  standing.stdin!.end();
  await once(standing, "exit");
  await s3.close();
  rmSync(folder, { recursive: true, force: true });
});

const data = "transactions@2026-11-20";
const three = modelReleaseOf("fraud", "3", { data, parameters: { C: "0.5" }, semanticVersion: "1.2.0" });
const four = modelReleaseOf("fraud", "4", { data, parent: asParent(three) });

const change = (from: string | null, to: "3" | "4") => ({
  ...fraud(from, to),
  digest: digestOfRelease({ 3: three, 4: four }[to]),
});

/** Prod, where version 3 is stable. */
async function prod(): Promise<{ releases: string; url: string }> {
  const { url } = ledgerFolder();
  const ledger = openLedger(url);
  await ledger.appendAfter(undefined, begin(hour(1), [change(null, "3")]));
  await ledger.append(done(hour(2), 1));
  await ledger.append(stable(hour(3), 1, "3"));
  const stores = { prod: { models: "s3://models/store?region=eu-north-1" } };
  const settings = { approvers: {}, freezes: [], people: {}, registries: { prod: server.url }, stores };
  for (const { path } of [three, four]) {
    s3.objects.set(`store/${path}/MLmodel`, { body: Buffer.from(SIGNATURE) });
  }
  const files = {
    "models/fraud/3.json": three,
    "models/fraud/4.json": four,
    "promotion.json": `${JSON.stringify(settings, undefined, 2)}\n`,
  };
  return { releases: releasesFolder(files), url };
}

/** `millrace promote registry --to prod`, as somebody with a token types it. */
async function tell({ releases, url }: { releases: string; url: string }, who: string) {
  const env = {
    MILLRACE_LEDGER: url,
    PULUMI_BACKEND_URL: "file:///nowhere",
    MLFLOW_TRACKING_TOKEN: server.tokens[who],
    ...s3.env,
  };
  Object.entries(env).forEach(([name, value]) => vi.stubEnv(name, value));
  try {
    return await millrace(releases, "promote", "registry", "--to", "prod", "--json");
  } finally {
    vi.unstubAllEnvs();
  }
}

async function asked(path: string): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${server.tokens["auditor"]}` };
  return (await fetch(`${server.url}/api/2.0/mlflow/${path}`, { headers })).json() as Promise<Record<string, unknown>>;
}

const champion = async (): Promise<unknown> =>
  (await asked("registered-models/alias?name=fraud&alias=champion"))["model_version"];

it("the real server takes what a promotion says, from the promotion alone", async () => {
  const environment = await prod();
  for (const who of ["trainer", "data-scientist", "auditor"]) {
    const refused = await tell(environment, who);
    expect(refused).toMatchObject({ code: 15, out: "" });
    expect(refused.err).toMatch(/it answers 403: .*tell the registry with {2}npx millrace promote registry --to prod/s);
    expect(await champion()).toBe(undefined);
  }
  const told = await tell(environment, "ci");
  expect(told.err).not.toMatch(/refused|must/);
  expect(JSON.parse(told.out)).toEqual([{ model: "fraud", version: "3", number: "1" }]);
  expect(await champion()).toMatchObject({
    version: "1",
    source: "s3://models/store/models/fraud/3",
    tags: expect.arrayContaining([
      { key: "millrace.run", value: three.run },
      { key: "millrace.sha256", value: three.sha256 },
      { key: "semantic_version", value: "1.2.0" },
      { key: "state", value: "production" },
    ]),
  });
  // Once more: nothing is registered twice.
  expect(JSON.parse((await tell(environment, "ci")).out)).toEqual([{ model: "fraud", version: "3", number: "1" }]);
  expect((await asked("model-versions/search?filter=name%3D'fraud'"))["model_versions"]).toHaveLength(1);
});

it("a version whose release lacks a part of the record is refused, with what is missing, and the champion stays", async () => {
  const environment = await prod();
  const ledger = openLedger(environment.url);
  await ledger.appendAfter((await ledger.records("prod")).at(-1), begin(hour(4), [change("3", "4")]));
  await ledger.append(done(hour(5), 4));
  await ledger.append(stable(hour(6), 4, "4"));
  const refused = await tell(environment, "ci");
  expect(refused.code).toBe(15);
  expect(refused.err).toMatch(/it answers 400: the tags of a new version of fraud must have all six parts .*- parameters/s);
  expect(await champion()).toMatchObject({
    version: "1",
  });
});
