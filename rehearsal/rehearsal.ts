import { EngineFailure } from "#engine/failure";
import { causeIn, causeOnDisk } from "#toolchain/causes";
import type { RehearsalCluster } from "./cluster/cluster.ts";
import type { Outcome } from "./outcome.ts";
import type { Choice, Context, Ground, Phase } from "./phase.ts";
import { PHASES } from "./phases/index.ts";
import { Progress, type Screen } from "./progress.ts";
import type { PhaseName } from "./results.ts";
import { leftOut, type Selection } from "./selection.ts";

/** What a rehearsal is given: who asks for what, and the machine that it runs on. */
export interface RehearsalOptions extends Choice, Selection, Omit<Ground, "update"> {
  /** Who shows how it goes. */
  screen: Screen;
}

/**
 * Runs the phases that are asked for, in their order.
 *
 * @param phases all phases, in their order. @default - `PHASES`
 * @returns `options.outcome`, filled in also when a phase fails.
 */
export async function rehearse(options: RehearsalOptions, phases: readonly Phase[] = PHASES): Promise<Outcome> {
  const { outcome, screen, keep } = options;
  const progress = new Progress(screen, outcome.phases);
  const skipped = leftOut(phases, options);
  const made: Partial<Context<PhaseName>> = {};
  try {
    for (const phase of phases) {
      const why = skipped.get(phase.name) ?? phase.skip?.(options);
      if (why !== undefined) {
        if (!phase.quiet) {
          progress.skip(phase.name, why);
        }
        continue;
      }
      if (made.cluster) {
        outcome.memory = memoryOf(made.cluster);
      }
      // Each phase names what it needs, and that has run: a selection holds the needs of what it holds.
      const run = (update: Ground["update"]) =>
        placed(made.cluster, phase.run({ ...options, ...made, update } as Context<PhaseName>));
      try {
        const { detail: _, ...results } = await progress.phase(phase.name, run);
        Object.assign(made, results);
      } catch (error) {
        if (!phase.apart || made.cluster?.trouble.aborted) {
          throw error;
        }
        // The first one is told; each stands in the list of phases.
        outcome.failure ??= failureOf(error, progress);
      }
    }
    if (keep) {
      made.cluster?.writeEnv(made.workspace?.environment);
    }
    outcome.ok = outcome.failure === undefined;
  } catch (error) {
    const failure = failureOf(error, progress);
    // What a phase met is often what came of it: the program that met the cause has ended, and its log says why.
    const cause = causeIn(failure.reason) ?? made.cluster?.processes.cause() ?? causeOnDisk(options.inside.folder);
    outcome.failure =
      cause && !failure.reason.includes(cause.message) ? { ...failure, reason: `${cause.message} (${failure.reason})` } : failure;
  }
  if (!(keep && outcome.ok)) {
    await made.cluster?.stop();
  }
  return outcome;
}

/** What a phase has made. @throws the cluster's own reason, rather than what came of it, when it was in trouble meanwhile. */
async function placed<Result>(cluster: RehearsalCluster | undefined, phase: Promise<Result>): Promise<Result> {
  try {
    return await phase;
  } finally {
    cluster?.trouble.throwIfAborted();
  }
}

/** MiB by process. */
const memoryOf = (cluster: RehearsalCluster): Record<string, number> =>
  Object.fromEntries(Object.entries(cluster.memory()).map(([name, bytes]) => [name, bytes / 2 ** 20]));

function failureOf(error: unknown, { phases }: Progress): NonNullable<Outcome["failure"]> {
  const phase = phases.findLast(({ state }) => state === "failed")?.name ?? "rehearsal";
  if (error instanceof EngineFailure) {
    const at = error.resource ? `${error.resource.type} ${error.resource.name}: ` : "";
    return { phase, reason: `${at}${error.reason}`, log: error.log };
  }
  return { phase, reason: error instanceof Error ? error.message : String(error) };
}
