// What must hold of the tracking server: strangers are refused, and what was recorded is there, byte for byte.

import { digestOfFiles } from "#promotion/artifacts/tree-digest";
import { sha256 } from "#toolchain/digest";
import type { Trained } from "../model-store/train.ts";
import { type Answer, ask, type Caller, type Way, withPassword } from "./server.ts";

const API = "/api/2.0/mlflow";
const FILES = "/api/2.0/mlflow-artifacts/artifacts";

/** Somebody who must be refused. */
export interface Stranger {
  who: string;
  caller?: Caller;
  way: Way;
  path: string;
  status: 401 | 403;
}

/** Password of `admin` in MLflow's documentation. */
const DOCUMENTED = "password1234";

/**
 * Everybody who must be refused, with a known run of somebody else.
 *
 * @param owner made the run.
 * @param visitor has a token of the cluster, and no role.
 */
export function strangers(way: Way, owner: Caller, visitor: Caller, { model, run }: Trained): Stranger[] {
  const search = `${API}/experiments/search?max_results=1`;
  const changed = { ...owner, authorization: `${owner.authorization.slice(0, -8)}AAAAAAAA` };
  return [
    { who: "somebody without a token", way, path: search, status: 401 },
    { who: "admin with the documented password", caller: withPassword("admin", DOCUMENTED), way, path: search, status: 401 },
    { who: "an unknown user", caller: withPassword("nobody", DOCUMENTED), way, path: search, status: 401 },
    { who: "a token with another signature", caller: changed, way, path: search, status: 401 },
    { who: "a visitor who reads a run", caller: visitor, way, path: `${API}/runs/get?run_id=${run}`, status: 403 },
    { who: "a visitor who reads a model", caller: visitor, way, path: `${API}/registered-models/get?name=${model}`, status: 403 },
    { who: "a visitor who reads a file", caller: visitor, way, path: `${FILES}/1/${run}/artifacts/model/MLmodel`, status: 403 },
    {
      who: "a page with a name of its own",
      caller: owner,
      way: { ...way, headers: { ...way.headers, host: "evil.example.com" } },
      path: search,
      status: 403,
    },
  ];
}

/** @throws {Error} naming the first stranger who is not refused. */
export async function refuseAll(them: readonly Stranger[]): Promise<void> {
  for (const { who, caller, way, path, status } of them) {
    const answer = await ask(way, caller, "GET", path);
    if (answer.status !== status) {
      throw new Error(`the tracking server must refuse ${who} with ${status}, it says ${answer.status} to ${path}`);
    }
  }
}

/** Reads a version back as its owner. @throws {Error} when its run, its registration or a byte of its files is another one. */
export async function readBack(way: Way, owner: Caller, trained: Trained): Promise<void> {
  const { model, version, run, metrics } = trained;
  const what = `${model} ${version}`;
  const { info, data } = (await answered(way, owner, `${API}/runs/get?run_id=${run}`)).body["run"];
  const auc = (data.metrics as { key: string; value: number }[]).find(({ key }) => key === "test_auc")?.value;
  if (info.status !== "FINISHED" || auc !== metrics.test["auc"]) {
    throw new Error(`the run of ${what} must have ended with test_auc ${metrics.test["auc"]}, it is ${info.status} with ${auc}`);
  }
  const filter = encodeURIComponent(`run_id='${run}'`);
  const registered = (await answered(way, owner, `${API}/model-versions/search?filter=${filter}`)).body["model_versions"] ?? [];
  const [id] = /(?<=^models:\/)m-[0-9a-f]+$/.exec(registered[0]?.source ?? "") ?? [];
  if (registered.length !== 1 || registered[0].name !== model || id === undefined) {
    throw new Error(`${what} must be registered once with the model of its run, got ${JSON.stringify(registered)}`);
  }
  const logged = (await answered(way, owner, `${API}/logged-models/${id}`)).body["model"].info;
  if (logged.source_run_id !== run) {
    throw new Error(`${what} must have the model of run ${run}, it has that of ${logged.source_run_id}`);
  }
  const folder = String(logged.artifact_uri).replace("mlflow-artifacts:/", "");
  const digest = digestOfFiles(await filesBelow(way, owner, folder, ""));
  if (digest !== trained.sha256) {
    throw new Error(`the files of ${what} must have the digest ${trained.sha256}, those in the tracking server have ${digest}`);
  }
}

/** Digest of every file below a folder of artifacts, by its path there. */
async function filesBelow(way: Way, owner: Caller, root: string, below: string): Promise<{ path: string; sha256: string }[]> {
  const folder = below === "" ? root : `${root}/${below}`;
  const { files = [] } = (await answered(way, owner, `${FILES}?path=${encodeURIComponent(folder)}`)).body;
  const found = [];
  for (const { path: name, is_dir: isFolder } of files as { path: string; is_dir: boolean }[]) {
    const path = below === "" ? name : `${below}/${name}`;
    found.push(
      ...(isFolder
        ? await filesBelow(way, owner, root, path)
        : [{ path, sha256: sha256((await answered(way, owner, `${FILES}/${root}/${path}`)).bytes) }]),
    );
  }
  return found;
}

async function answered(way: Way, caller: Caller, path: string): Promise<Answer> {
  const answer = await ask(way, caller, "GET", path);
  if (answer.status !== 200) {
    throw new Error(
      `the tracking server must answer ${path} to ${caller.name}, it says ${answer.status} ${answer.bytes.toString().slice(0, 300)}`,
    );
  }
  return answer;
}
