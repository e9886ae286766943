import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { tellRegistry } from "#promotion/registry/tell";
import { registryToken } from "#promotion/registry/token";
import type { Target } from "#promotion/target";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { digestOfRelease } from "#stacks/inputs/releases/canonical";
import { freePort } from "../../harness/free-port.ts";
import { asParent, modelReleaseOf, releasesFolder } from "../../harness/releases.ts";
import { chain, changed, promoted } from "../chain.ts";
import { type RegistryServer, registryServer } from "./registry-server.ts";

const SIGNATURE = { inputs: '[{"name": "amount", "type": "double"}]', outputs: '[{"type": "double"}]' };
const MODEL = `flavors: {}\nsignature:\n  inputs: '${SIGNATURE.inputs}'\n  outputs: '${SIGNATURE.outputs}'\n`;

const three = modelReleaseOf("fraud", "3", { parameters: { C: "0.5" }, semanticVersion: "1.2.0" });
const four = modelReleaseOf("fraud", "4", { parent: asParent(three), parameters: { C: "1" } });
const RELEASES = { "models/fraud/3.json": three, "models/fraud/4.json": four };

let server: RegistryServer;
beforeEach(async () => {
  server = await registryServer();
  vi.stubEnv("MLFLOW_TRACKING_TOKEN", "good");
  onTestFinished(() => void vi.unstubAllEnvs());
});

/** An environment whose ledger has these records, with its files of both versions. */
function targetWith(records: Parameters<typeof chain>[0], environment: EnvironmentName = "prod", files = MODEL): Target {
  const store = mkdtempSync(join(tmpdir(), "millrace-store-"));
  for (const { path } of [three, four]) {
    mkdirSync(join(store, path), { recursive: true });
    writeFileSync(join(store, path, "MLmodel"), files);
  }
  const promotion = { approvers: {}, freezes: [], people: {}, stores: { [environment]: { models: `file://${store}` } } };
  const releases = releasesFolder({ ...RELEASES, "promotion.json": `${JSON.stringify(promotion, undefined, 2)}\n` });
  const ledger = { records: async () => chain(records, environment) };
  return { environment, releases, ledger, update: () => undefined, signal: new AbortController().signal } as unknown as Target;
}

const tell = (...given: Parameters<typeof targetWith>) => tellRegistry(targetWith(...given), server.url);
const fraud = (from: string | null, to: "3" | "4") => ({
  ...changed("models/fraud", from, to),
  digest: digestOfRelease({ 3: three, 4: four }[to]),
});
const THREE = promoted(1, fraud(null, "3"), 0);
const FOUR = [...THREE, ...promoted(4, fraud("3", "4"), 10)];
const BACK = [
  ...FOUR,
  { kind: "begin", operation: "rollback", changes: [fraud("4", "3")], hours: 20 },
  { kind: "done", begin: 7, states: {}, seconds: 1, hours: 20 },
  { kind: "stable", begin: 7, subject: "models/fraud", version: "3", hours: 21 },
] as Parameters<typeof chain>[0];

const tagsOf = (number: string) =>
  Object.fromEntries(server.versions.find((each) => each.version === number)!.tags.map(({ key, value }) => [key, value]));

describe("a registry is told", () => {
  it("of a version that is stable: its files, its record, where it comes from, and that it is the champion", async () => {
    expect(await tell(THREE)).toEqual([{ model: "fraud", version: "3", number: "1" }]);
    expect(server.models.get("fraud")).toEqual({ team: "risk", aliases: { champion: "1" } });
    const [version] = server.versions;
    expect(version!.source).toMatch(/^file:\/\/\/.*\/models\/fraud\/3$/);
    expect(version!.run_id).toBe("");
    expect(tagsOf("1")).toEqual({
      "millrace.data": three.data,
      "millrace.features": three.features,
      "millrace.code": three.code,
      "millrace.parameters": '{"C":"0.5"}',
      "millrace.metrics": '{"test_auc":0.92,"validation_auc":0.93}',
      "millrace.signature": JSON.stringify(SIGNATURE),
      "millrace.origin": "dev",
      "millrace.version": "3",
      "millrace.run": three.run,
      "millrace.release": digestOfRelease(three),
      "millrace.sha256": three.sha256,
      semantic_version: "1.2.0",
      state: "production",
    });
  });

  it("of the next one, and of the way back: the alias moves, nothing is registered twice", async () => {
    await tell(THREE);
    await tell(FOUR);
    expect(server.models.get("fraud")!.aliases).toEqual({ champion: "2" });
    expect([tagsOf("1")["state"], tagsOf("2")["state"]]).toEqual(["retired", "production"]);
    await tell(BACK);
    expect(server.models.get("fraud")!.aliases).toEqual({ champion: "1" });
    expect([tagsOf("1")["state"], tagsOf("2")["state"]]).toEqual(["production", "retired"]);
    expect(server.versions).toHaveLength(2);
  });

  it("again without a change, and of a version far down its list", async () => {
    await tell(THREE);
    const [known] = server.versions;
    server.versions.push(...["2", "3", "4", "5"].map((version) => ({ ...known!, version, tags: [] })));
    server.requests.length = 0;
    expect(await tell(THREE)).toEqual([{ model: "fraud", version: "3", number: "1" }]);
    expect(server.requests.filter((each) => !each.startsWith("GET"))).toEqual([]);
  });

  it("to the end, wherever it was stopped before", async () => {
    const steps = ["registered-models/create", "model-versions/create", "registered-models/alias", "model-versions/set-tag"];
    for (const step of steps) {
      server.instead = (request) => (request === `POST ${step}` ? [503, { message: "no issuer answers" }] : undefined);
      await expect(tell(THREE)).rejects.toThrow(`must take 'POST ${step}', it answers 503: no issuer answers`);
    }
    server.instead = () => undefined;
    await tell(THREE);
    expect(server.versions).toHaveLength(1);
    expect([server.models.get("fraud")!.aliases, tagsOf("1")["state"]]).toEqual([{ champion: "1" }, "production"]);
  });

  it("nothing of a release that goes on, and of one that was thrown out", async () => {
    const going = [...THREE, { kind: "begin", changes: [fraud("3", "4")] }, { kind: "done", begin: 4, states: {}, seconds: 1 }];
    expect(await tell(going as Parameters<typeof chain>[0])).toEqual([]);
    expect(await tell([...THREE, ...promoted(4, fraud("3", "4"), 10, "thrown-out")])).toMatchObject([{ version: "3" }]);
  });

  it("in the first environment of the version that training has registered there", async () => {
    server.models.set("fraud", { team: "risk", aliases: { candidate: "3" } });
    const trained = (version: string, run_id: string) => ({ name: "fraud", version, run_id, source: "models:/m-1", tags: [] });
    server.versions.push(trained("3", three.run));
    expect(await tell(THREE, "dev")).toEqual([{ model: "fraud", version: "3", number: "3" }]);
    expect(server.models.get("fraud")!.aliases).toEqual({ candidate: "3", champion: "3" });
    server.versions[0]!.run_id = "9".repeat(32);
    await expect(tell(THREE, "dev")).rejects.toThrow(
      `must be of the run ${three.run}, as releases/models/fraud/3.json says, got 9999`,
    );
  });
});

describe("a registry is not told", () => {
  it("of a version whose tags say other files", async () => {
    await tell(THREE);
    server.versions[0]!.tags.find(({ key }) => key === "millrace.sha256")!.value = "0".repeat(64);
    server.models.get("fraud")!.aliases = {};
    await expect(tell(THREE)).rejects.toThrow(
      `fraud 1 of the registry must have the sha256 ${three.sha256} of version 3, its tag millrace.sha256 says ${"0".repeat(64)}`,
    );
    expect(server.models.get("fraud")!.aliases).toEqual({});
  });

  it("what it refuses: its own words are told", async () => {
    server.instead = (request) =>
      request === "POST model-versions/create" ? [400, { message: "the tags of a new version lack:\n- parameters" }] : undefined;
    await expect(tell(THREE)).rejects.toThrow("it answers 400: the tags of a new version lack: - parameters");
  });

  it("of a release that is another one by now", async () => {
    const records = promoted(1, changed("models/fraud", null, "3"), 0);
    await expect(tell(records)).rejects.toThrow("releases/models/fraud/3.json must have digest 'dddd");
    expect(server.requests).toEqual([]);
  });

  it("by somebody whose token has ended, or who has none", async () => {
    vi.stubEnv("MLFLOW_TRACKING_TOKEN", "old");
    await expect(tell(THREE)).rejects.toThrow("it answers 401: the token has expired: get a new one");
    vi.stubEnv("MLFLOW_TRACKING_TOKEN", "");
    vi.stubEnv("ACTIONS_ID_TOKEN_REQUEST_URL", undefined);
    await expect(tell(THREE)).rejects.toThrow(
      "the variable 'MLFLOW_TRACKING_TOKEN' must be a token for the tracking server, got nothing",
    );
  });

  it("where nothing answers, or something that is no tracking server", async () => {
    const target = targetWith(THREE);
    await expect(tellRegistry(target, `http://127.0.0.1:${await freePort()}`)).rejects.toThrow(
      "must answer, it does not: ECONNREFUSED",
    );
    server.instead = () => [200, ["a page"]];
    await expect(tellRegistry(target, server.url)).rejects.toThrow(
      "must be a tracking server of MLflow, its answer is something else",
    );
  });

  it.each([
    ["no signature", "flavors: {}"],
    ["no YAML", "{"],
    ["nothing", ""],
  ])("the signature of a model with %s", async (_, files) => {
    await tell(THREE, "prod", files);
    expect(tagsOf("1")).not.toHaveProperty("millrace.signature");
  });
});

it("a job of GitHub gets a token for the tracking server by its own name", async () => {
  const fetched = vi.spyOn(globalThis, "fetch").mockResolvedValue(Response.json({ value: "t0" }));
  onTestFinished(() => fetched.mockRestore());
  const env = { ACTIONS_ID_TOKEN_REQUEST_URL: "https://actions.example/token?api=2", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "key" };
  expect(await registryToken(env)).toBe("t0");
  const [url, options] = fetched.mock.calls[0]!;
  expect((url as URL).href).toBe("https://actions.example/token?api=2&audience=mlflow");
  expect(options).toEqual({ headers: { authorization: "Bearer key" } });
});
