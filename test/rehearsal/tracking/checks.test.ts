import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeEach, expect, it } from "vitest";
import { digestOfFiles } from "#promotion/artifacts/tree-digest";
import { readBack, refuseAll, strangers } from "#rehearsal/tracking/checks";
import type { Way } from "#rehearsal/tracking/server";
import { sha256 } from "#toolchain/digest";
import { trainedAs } from "../trained.ts";

const OWNER = { name: "trainer", authorization: "Bearer token-of-the-trainer" };
const VISITOR = { name: "visitor", authorization: "Bearer token-of-the-visitor" };
const FILES = { MLmodel: "model", "data/rows.json": "[]" };
const made = trainedAs("fraud", "3");
const digest = digestOfFiles(Object.entries(FILES).map(([path, text]) => ({ path, sha256: sha256(Buffer.from(text)) })));
const trained = { ...made, sha256: digest };
const LOGGED = `m-${"a".repeat(32)}`;
const FOLDER = `1/models/${LOGGED}/artifacts`;

/** What the server has, and the mistake that it makes. */
const kept = () => ({
  status: "FINISHED",
  auc: made.metrics.test["auc"],
  versions: [{ name: "fraud", source: `models:/${LOGGED}` }],
  madeBy: made.run,
  files: { ...FILES } as Record<string, string>,
  lets: undefined as string | undefined,
});
let state = kept();
beforeEach(() => {
  state = kept();
});

/** Who asks, by the header; the server knows two tokens. */
function statusFor({ headers, url = "" }: IncomingMessage): number {
  const sent = headers.authorization ?? "";
  const caller = [OWNER, VISITOR].find(({ authorization }) => authorization === sent);
  if (headers.host !== "mlflow" && state.lets !== "hosts") {
    return 403;
  }
  if (caller === undefined && state.lets !== kindOf(sent)) {
    return 401;
  }
  return caller === VISITOR && state.lets !== "visitor" && !url.includes("search") ? 403 : 200;
}

/** Whom the header names: nobody, a user with a password, or a token. */
function kindOf(authorization: string): string {
  const [scheme, credentials = ""] = authorization.split(" ");
  return scheme === "Basic" ? Buffer.from(credentials, "base64").toString().split(":")[0]! : scheme === "Bearer" ? "changed" : "";
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://mlflow");
  const file = state.files[decodeURIComponent(pathname).split(`${FOLDER}/`)[1] ?? ""];
  const answers: Record<string, object> = {
    "/api/2.0/mlflow/runs/get": {
      run: {
        info: { status: state.status },
        data: { metrics: [{ key: "test_auc", value: state.auc }] },
      },
    },
    "/api/2.0/mlflow/model-versions/search": { model_versions: state.versions },
    [`/api/2.0/mlflow/logged-models/${LOGGED}`]: {
      model: { info: { source_run_id: state.madeBy, artifact_uri: `mlflow-artifacts:/${FOLDER}` } },
    },
    "/api/2.0/mlflow-artifacts/artifacts":
      searchParams.get("path") === FOLDER
        ? { files: [{ path: "MLmodel" }, { path: "data", is_dir: true }] }
        : { files: [{ path: "rows.json" }] },
  };
  response.statusCode = statusFor(request);
  response.end(file ?? JSON.stringify(answers[pathname] ?? {}));
}).listen(0, "127.0.0.1");
afterAll(() => server.close());
const way = (): Way => ({ address: "127.0.0.1", port: (server.address() as AddressInfo).port, headers: { host: "mlflow" } });

it("what was recorded is read back, whole", async () => {
  await readBack(way(), OWNER, trained);
});

it.each<[string, () => void, string]>([
  [
    "a run that has not ended",
    () => (state.status = "RUNNING"),
    "the run of fraud 3 must have ended with test_auc 0.96, it is RUNNING",
  ],
  ["another metric", () => (state.auc = 0.5), "it is FINISHED with 0.5"],
  ["no registration", () => (state.versions = []), "fraud 3 must be registered once with the model of its run, got []"],
  ["files that are no model", () => (state.versions[0]!.source = "mlflow-artifacts:/2/x"), "fraud 3 must be registered once"],
  ["a model of another run", () => (state.madeBy = "2"), `fraud 3 must have the model of run ${made.run}, it has that of 2`],
  ["a changed file", () => (state.files["data/rows.json"] = "[1]"), `the files of fraud 3 must have the digest ${digest}`],
])("%s is found", async (_, change, message) => {
  change();
  await expect(readBack(way(), OWNER, trained)).rejects.toThrow(message);
});

it("every stranger is refused, and one who is not is named", async () => {
  const them = strangers(way(), OWNER, VISITOR, trained);
  await refuseAll(them);
  for (const [lets, who] of [
    ["", "somebody without a token"],
    ["admin", "admin with the documented password"],
    ["nobody", "an unknown user"],
    ["changed", "a token with another signature"],
    ["visitor", "a visitor who reads a run"],
    ["hosts", "a page with a name of its own"],
  ]) {
    state.lets = lets;
    await expect(refuseAll(them)).rejects.toThrow(`the tracking server must refuse ${who} with `);
  }
});
