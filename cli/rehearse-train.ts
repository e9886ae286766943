import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SHORT_LABEL } from "#components/naming";
import { storeIn } from "#rehearsal/model-store/model-store";
import { FAULTS, type Fault, type Trained, trainHere } from "#rehearsal/model-store/train";
import { MODEL } from "#rehearsal/models";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { readRelease } from "#stacks/inputs/release";
import { type ModelRelease, VERSION } from "#stacks/inputs/releases/schema";
import { shown, suggestion } from "#stacks/wording";
import { BadInput } from "./bad-input.ts";
import { answer } from "./say.ts";

/** What the command line says, as text. */
export interface TrainWords {
  fault?: string;
  json?: boolean;
}

/**
 * Trains a version of a model into the store of a kept rehearsal, and writes the record from which a release is made.
 *
 * @throws {BadInput} when a word is wrong, the rehearsal is not up, or the version has files already.
 */
export async function trainVersion(environment: EnvironmentName, folder: string, what: string, words: TrainWords): Promise<void> {
  const { model, version } = named(what);
  const fault = faultNamed(words.fault);
  const store = storeIn(folder);
  const files = join(store, "models", model, version);
  if (!existsSync(store)) {
    throw new BadInput(`the rehearsal of ${environment} must be up and kept: npx millrace rehearse ${environment} --keep`);
  }
  if (existsSync(files)) {
    throw new BadInput(`${model}@${version} must be new to the rehearsal, it has files in ${files}: train another version`);
  }
  const [trained] = await trainHere(store, [{ model, version, ...(fault && { fault }) }]);
  const record = join(folder, "records", `${model}-${version}.json`);
  mkdirSync(dirname(record), { recursive: true });
  writeFileSync(record, `${JSON.stringify(recordOf(trained!, likeOf(environment, folder, model)), null, 2)}\n`);
  answer(words.json ?? false, { ...trained, files, record }, () =>
    [
      `${model}@${version} is trained on ${trained!.data}: AUC ${trained!.metrics.test["auc"]}${fault ? `, but it ${FAULTS[fault]}` : ""}`,
      `release it: npx millrace rehearse exec ${environment} -- npx millrace release create model ${model} --version ${version} --from ${record} --author me --yes`,
    ].join("\n"),
  );
}

function named(what: string): { model: string; version: string } {
  const [model = "", version = "", ...more] = what.split("@");
  if (more.length > 0 || !SHORT_LABEL.test(model) || !VERSION.test(version)) {
    throw new BadInput(`'model@version' must be a model and a version number, such as fraud@4, got ${shown(what)}`);
  }
  return { model, version };
}

function faultNamed(word: string | undefined): Fault | undefined {
  const names = Object.keys(FAULTS);
  if (word !== undefined && !names.includes(word)) {
    throw new BadInput(`'--fault' must be one of ${names.join(", ")}, got ${shown(word)}${suggestion(word, names)}`);
  }
  return word as Fault | undefined;
}

/** What is served already, whose code, features and program the new version has too. */
function likeOf(environment: EnvironmentName, folder: string, model: string): ModelRelease | undefined {
  const { models } = readRelease(environment, join(folder, "releases"));
  return models[model] ?? models[MODEL];
}

/** What `release create model --from` reads. */
function recordOf({ run, data, metrics, sha256 }: Trained, like: ModelRelease | undefined): object {
  return {
    run,
    data,
    metrics,
    sha256,
    ...(like && { code: like.code, features: like.features, image: like.image, runtime: like.runtime }),
  };
}
