import { EngineFailure } from "#engine/failure";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { readRelease } from "#stacks/inputs/release";
import { RehearsalCluster } from "./cluster/cluster.ts";
import type { Outcome } from "./outcome.ts";
import { refuseBadObjects } from "./phases/admission.ts";
import { destroyAll } from "./phases/destroy.ts";
import { answers, bringUpLayers, previewAgain } from "./phases/layers.ts";
import { leaks } from "./phases/leftovers.ts";
import { stopBadChanges } from "./phases/policies.ts";
import { releaseBad, releaseGood } from "./phases/releases.ts";
import { Progress } from "./progress.ts";
import { createStage, MODEL, type Stage, type StoryOptions } from "./stage.ts";

/** Share of requests that the bad version answers with HTTP 500. */
const BAD_ERROR_RATE = 0.3;

/** The whole rehearsal, in its order. The outcome is filled in also when a phase fails. */
export async function tellStory(options: StoryOptions): Promise<Outcome> {
  const { environment, outcome, screen, traffic, keep } = options;
  const progress = new Progress(screen, outcome.phases);
  const versions = nextVersions(environment);
  let cluster: RehearsalCluster | undefined;
  try {
    cluster = await bringUpCluster(options, progress, `${MODEL}@${versions.bad}`);
    const stage = await createStage(options, progress, cluster);
    await bringUpLayers(stage);
    await previewAgain(stage);
    await answers(stage);
    await stopBadChanges(stage);
    await refuseBadObjects(stage);
    if (traffic) {
      await releaseGood(stage, versions.good);
      await releaseBad(stage, versions.bad);
    } else {
      progress.skip("release", "not asked for (--no-traffic)");
    }
    await searchSecrets(stage);
    outcome.memory = Object.fromEntries(Object.entries(cluster.memory()).map(([name, bytes]) => [name, bytes / 2 ** 20]));
    if (keep) {
      cluster.writeEnv(stage.workspace.environment);
      progress.skip("destroy", "everything stays up (--keep)");
    } else {
      await destroyAll(stage);
    }
    outcome.ok = true;
  } catch (error) {
    outcome.failure = failureOf(error, progress);
  }
  if (!(keep && outcome.ok)) {
    await cluster?.stop();
  }
  return outcome;
}

/** Versions that no release has named yet. */
function nextVersions(environment: EnvironmentName): { good: string; bad: string } {
  const now = Number(readRelease(environment).models[MODEL]?.version ?? 0);
  return { good: String(now + 1), bad: String(now + 2) };
}

function bringUpCluster(
  { inside, tools, crds }: StoryOptions,
  progress: Progress,
  badVersion: string,
): Promise<RehearsalCluster> {
  return progress.phase("control plane", async (update) => {
    const value = await RehearsalCluster.start({
      folder: inside.folder,
      tools,
      crds,
      faults: { [badVersion]: { errorRate: BAD_ERROR_RATE } },
      onProgress: (part, seconds) => update(`${part} after ${seconds.toFixed(1)} s`),
    });
    return { value, detail: `${value.endpoint} · definitions of ${crds.length} projects in` };
  });
}

/** The secret that was put into the stack config, looked for in everything that was written. */
async function searchSecrets({ progress, workspace, inside }: Stage): Promise<void> {
  await progress.phase("secrets", async () => {
    // Not in etcd's files: a Secret object is where the API server keeps what a pod must read.
    const { files, leaked } = leaks(
      [`${inside.folder}/state`, `${inside.folder}/logs`, workspace.project, `${inside.folder}/pulumi`],
      workspace.secrets,
    );
    if (leaked.length > 0) {
      throw new Error(`the secrets of the stack config must stand in no file in plain text, they stand in ${leaked.join(", ")}`);
    }
    return {
      value: undefined,
      detail: `${workspace.secrets.length} set in stack config, found in plain text in 0 of ${files} files of state, config and logs`,
    };
  });
}

function failureOf(error: unknown, { phases }: Progress): NonNullable<Outcome["failure"]> {
  const phase = phases.findLast(({ state }) => state === "failed")?.name ?? "preparation";
  if (error instanceof EngineFailure) {
    const at = error.resource ? `${error.resource.type} ${error.resource.name}: ` : "";
    return { phase, reason: `${at}${error.reason}`, log: error.log };
  }
  return { phase, reason: error instanceof Error ? error.message : String(error) };
}
