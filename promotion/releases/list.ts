import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { readTarget } from "#stacks/inputs/release";
import { digestOfRelease } from "#stacks/inputs/releases/canonical";
import { readHistory, readPlatformHistory } from "#stacks/inputs/releases/history";
import { folderOfReleases, modelsReleased } from "#stacks/inputs/releases/read";
import type { ModelRelease, PlatformRelease } from "#stacks/inputs/releases/schema";
import { checkSignature, readSigners } from "./signatures.ts";

/** A release with where it runs. */
export type Listed<T> = T & {
  digest: string;
  /** Name of the signer; `null` where there is no signature, or none that counts. */
  signedBy: string | null;
  runsIn: EnvironmentName[];
};

export interface Listing {
  models: Listed<ModelRelease>[];
  platform: Listed<PlatformRelease>[];
}

/**
 * All releases, oldest first.
 *
 * @param only what to keep: one model, what one environment runs. @default - everything
 * @throws {pulumi.RunError} when a file cannot be read.
 */
export async function listReleases(
  only: { model?: string | undefined; environment?: EnvironmentName | undefined } = {},
  folder = folderOfReleases(),
): Promise<Listing> {
  const targets = ENVIRONMENTS.map((environment) => [environment, readTarget(environment, folder)] as const);
  const runsIn = (runs: (target: ReturnType<typeof readTarget>) => boolean): EnvironmentName[] =>
    targets.filter(([, target]) => runs(target)).map(([environment]) => environment);
  const signers = readSigners(folder);
  const listed = async <T extends ModelRelease | PlatformRelease>(release: T, environments: EnvironmentName[]) => {
    const { signature } = release;
    const signedBy = signature === undefined ? undefined : (await checkSignature({ ...release, signature }, signers)).signer;
    return { ...release, digest: digestOfRelease(release), signedBy: signedBy ?? null, runsIn: environments };
  };
  const keep = <T extends { runsIn: EnvironmentName[] }>(releases: T[]): T[] =>
    releases.filter((each) => only.environment === undefined || each.runsIn.includes(only.environment));
  const names = modelsReleased(folder).filter((model) => only.model === undefined || model === only.model);
  const models = names.flatMap((model) => readHistory(model, folder));
  const platform = only.model === undefined ? readPlatformHistory(folder) : [];
  return {
    models: keep(
      await Promise.all(
        models.map((each) =>
          listed(
            each,
            runsIn((target) => target.models[each.model] === each.version),
          ),
        ),
      ),
    ),
    platform: keep(
      await Promise.all(
        platform.map((each) =>
          listed(
            each,
            runsIn((target) => target.platform === each.id),
          ),
        ),
      ),
    ),
  };
}
