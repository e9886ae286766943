import { FILES } from "#stacks/inputs/files";
import { readModelRelease } from "#stacks/inputs/releases/read";
import { environmentBefore } from "../candidates.ts";
import type { Change } from "../ledger/record.ts";
import { readSettings } from "../settings.ts";
import { modelOf } from "../subjects.ts";
import type { Target } from "../target.ts";
import { ArtifactError } from "./artifact-error.ts";
import { copyModel } from "./copy-model.ts";
import { storeAt } from "./store.ts";
import { treeOf } from "./tree-digest.ts";

/**
 * Brings the files of models into the stores of an environment, from those of the environment before. In the first environment, where
 * training has put them, they are checked.
 *
 * @throws {ArtifactError} when a store is not named, or files are not those that were released.
 */
export async function bringOver(target: Target, changes: readonly Change[]): Promise<void> {
  const { environment, releases, signal, update } = target;
  const { stores } = readSettings(releases);
  const before = environmentBefore(environment);
  for (const { subject, to } of changes) {
    const model = modelOf(subject);
    if (model === undefined) {
      continue;
    }
    const { path, sha256 } = readModelRelease(model, to, releases);
    const [source, own] = [before ?? environment, environment].map((each) => {
      const url = stores?.[each]?.models;
      if (url === undefined) {
        throw new ArtifactError(
          `${FILES.promotion}: stores.${each}.models must name the store of the models for ${model} to be promoted, got nothing: write s3://<bucket>?region=<region>`,
        );
      }
      return storeAt(url, each === environment ? {} : { profile: process.env["MILLRACE_SOURCE_PROFILE"] });
    });
    const [from, at] = [await source!, await own!];
    if (before === undefined) {
      update(`checking the files of ${model} ${to}`);
      const tree = await treeOf(at, path, signal, () => undefined);
      if (tree.sha256 !== sha256) {
        throw new ArtifactError(
          `${at.name}, '${path}/' must have the sha256 ${sha256} of the release, got ${tree.sha256}: its files are not those that were released`,
        );
      }
      continue;
    }
    await copyModel({
      from,
      to: at,
      path,
      sha256,
      signal,
      onProgress: ({ step, bytes, of }) => update(`${model} ${to}: ${step} ${mib(bytes)}${of === undefined ? "" : ` of ${mib(of)}`}`),
    });
  }
}

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
