import { EngineFailure } from "#engine/failure";
import type { Layer } from "#stacks/contracts";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { backupOf, type PlannedEnvironment, planIn, quotasIn } from "./account.ts";
import { environmentBefore, layersOf } from "./candidates.ts";
import type { Candidate, Facts, LayerPreview, LayerState } from "./gates/gate.ts";
import { checkSignature, readSigners } from "./releases/signatures.ts";
import { driftOf } from "./state/drift.ts";
import { stateOf } from "./state/layer-state.ts";
import { type Program, stackOf, type Target } from "./target.ts";

/** What depends on who asks, and when. */
export type Outer = Pick<Facts, "owner" | "now" | "settings" | "allowReplace" | "approvals">;

/** What the facts are about. */
export interface Question {
  candidates: readonly Candidate[];
  /** Program and releases as they are to run. */
  next: Program;
  /** Program and releases as they run now, for what has drifted. */
  now: Program;
  planned: Facts["planned"];
  /** The environment as it would be with the next program: it takes seconds to plan. */
  plan: () => Promise<PlannedEnvironment>;
}

/** A question about the plan of an environment that is answered once. */
export const planOf = ({ tree, releases }: Program, environment: EnvironmentName): (() => Promise<PlannedEnvironment>) =>
  once(() => planIn(tree, environment, releases));

/** What gates decide by. Nothing is asked before a gate does, and nothing twice. */
export function factsOf(target: Target, { candidates, next, now, planned, plan }: Question, outer: Outer): Facts {
  const { environment, ledger, releases } = target;
  const layers = layersOf(candidates);
  return {
    ...outer,
    environment,
    before: environmentBefore(environment),
    candidates,
    planned,
    records: (each: EnvironmentName) => ledger.records(each),
    signer: async ({ release }) => {
      const { signature } = release;
      if (signature === undefined) {
        throw new Error("nobody has signed it");
      }
      const { signer, problem } = await checkSignature({ ...release, signature }, readSigners(releases));
      if (signer === undefined) {
        throw new Error(problem);
      }
      return signer;
    },
    previews: once(() => Promise.all(layers.map((layer) => previewOf(next, layer, environment)))),
    states: once(() => Promise.all(layers.map((layer) => layerStateOf(now, layer, environment)))),
    misfits: async () => (await plan()).misfits,
    quotas: () => quotasIn(next.tree, environment, next.releases),
    backup: () => backupOf(environment),
  };
}

async function previewOf({ engine, pack }: Program, layer: Layer, environment: EnvironmentName): Promise<LayerPreview> {
  const stack = stackOf(layer, environment);
  const { changes, replaced, deleted, findings } = await engine.preview(stack, pack).catch(async (error: unknown) => {
    // A rule that refuses ends the preview; what would change is to be seen all the same.
    if (error instanceof EngineFailure && error.findings.some(({ level }) => level === "mandatory")) {
      return { ...(await engine.preview(stack)), findings: error.findings };
    }
    throw error;
  });
  const { same: _, ...counts } = changes;
  return { layer, ...counts, replaced, deleted, findings };
}

async function layerStateOf({ engine }: Program, layer: Layer, environment: EnvironmentName): Promise<LayerState> {
  const state = await stateOf(engine, layer, environment);
  return { ...state, drift: state.digest === null ? [] : await driftOf(engine, layer, environment) };
}

/** The same answer whenever it is asked for again: gates look at it, and a record keeps it. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= ask());
}
