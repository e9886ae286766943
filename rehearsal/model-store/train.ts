// Trains small models, as a team's training would, and says what their releases must say.

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { digestOfFiles } from "#promotion/artifacts/tree-digest";
import { run } from "#toolchain/command";
import { sha256 } from "#toolchain/digest";
import { MachineError } from "#toolchain/errors";
import type { Command } from "#toolchain/locate";
import { provideTools } from "#toolchain/toolchain";
import { RECORD_PACKAGE } from "../cluster/nodes/mlflow.ts";

/** What can be wrong with a version of a model, in its own files. */
export const FAULTS = {
  errors: "raises on 30 % of the rows: HTTP 500",
  latency: "takes 400 ms longer for 30 % of its answers",
  noise: "takes 150 ms longer for 2 % of the rows: not too slow",
  drift: "gives every row the same chances",
  accuracy: "gives the chances of another row, drawn at random: as many of each as a good version, and mostly wrong",
  crash: "cannot be loaded",
} as const;

export type Fault = keyof typeof FAULTS;

/** A version that is to be trained. */
export interface Version {
  model: string;
  version: string;
  /** @default - nothing is wrong with it */
  fault?: Fault;
}

/** A version that has been trained: what a release says of it. */
export interface Trained extends Omit<Version, "fault"> {
  /** Id of its training. */
  run: string;
  /** What it was trained on. */
  data: string;
  /** Area under the ROC curve, by split. */
  metrics: Readonly<Record<"train" | "validation" | "test", Readonly<Record<string, number>>>>;
  /** Parameters of its training. */
  parameters: Readonly<Record<string, string>>;
  /** Digest of its files. */
  sha256: string;
}

/** Bodies of requests to a model, and the classes of their rows, below a store. */
const questionsFile = (store: string, model: string): string => join(store, "questions", `${model}.json`);
const labelsFile = (store: string, model: string): string => join(store, "questions", `${model}.labels.json`);

export interface TrainingOptions {
  /** Ends it. @default - never */
  signal?: AbortSignal | undefined;
  /** Variables by which MLflow's client finds a tracking server: runs, files and versions are kept there. @default - nowhere else */
  tracking?: Readonly<Record<string, string>>;
}

/**
 * Trains versions into a store: files in `models/<model>/<version>`, and requests to each model beside them. It takes about four seconds,
 * whatever the number of versions.
 *
 * @param python with the packages of the model server.
 * @throws {MachineError} with the last line of what Python said, when it cannot.
 */
export async function trainVersions(
  python: Command,
  store: string,
  versions: readonly Version[],
  { signal, tracking }: TrainingOptions = {},
): Promise<Trained[]> {
  const request = JSON.stringify({ into: store, questions: join(store, "questions"), versions, tracked: tracking !== undefined });
  const [program, ...args] = [...python, join(import.meta.dirname, "train.py"), request];
  // Its standard output is the answer, and nothing else.
  const quiet = { MLFLOW_DISABLE_TELEMETRY: "true", MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: "true" };
  const env = { ...process.env, PYTHONPATH: RECORD_PACKAGE, ...quiet, ...tracking };
  const { code, stdout, stderr } = await run(program, args, { env, signal });
  if (code !== 0) {
    const said = stderr.trim().split("\n").at(-1) || `it ended with ${code}`;
    throw new MachineError(`The models could not be trained: ${said}.`, "Remove the folder of built tools, and try again.");
  }
  const trained = JSON.parse(stdout) as Omit<Trained, "sha256">[];
  return trained.map((each) => ({ ...each, sha256: digestOf(join(store, "models", each.model, each.version)) }));
}

/** The same, with the Python of this machine's tools. */
export async function trainHere(store: string, versions: readonly Version[], signal?: AbortSignal): Promise<Trained[]> {
  const { "model-server": tool } = await provideTools(["model-server"], signal && { signal });
  return trainVersions(tool.commands.python, store, versions, { signal });
}

/** Digest of the files below a folder, by which a release names them. */
function digestOf(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map(({ parentPath, name }) => join(parentPath, name));
  return digestOfFiles(files.map((file) => ({ path: relative(folder, file), sha256: sha256(readFileSync(file)) })));
}

/** Bodies of requests to a model, JSON texts: one for each row of its test data. @throws {MachineError} where it was never trained. */
export function questionsFor(store: string, model: string): string[] {
  try {
    return (JSON.parse(readFileSync(questionsFile(store, model), "utf8")) as object[]).map((body) => JSON.stringify(body));
  } catch {
    throw new MachineError(
      `Nobody knows what to ask '${model}': no version of it was trained here.`,
      `Train one: npx millrace rehearse train <environment> ${model}@<version>`,
    );
  }
}

/** Class of the row of each of these requests: what its prediction should have been. */
export const labelsFor = (store: string, model: string): number[] =>
  JSON.parse(readFileSync(labelsFile(store, model), "utf8")) as number[];
