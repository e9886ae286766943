import { EngineFailure } from "#engine/failure";
import type { Layer } from "#stacks/contracts";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { backupOf, type PlannedEnvironment, planIn, quotasIn } from "./account.ts";
import { candidateOf, environmentBefore } from "./candidates.ts";
import type { Candidate, Facts, LayerPreview, LayerState } from "./gates/gate.ts";
import type { Change } from "./ledger/record.ts";
import { checkSignature, readSigners } from "./releases/signatures.ts";
import { driftOf } from "./state/drift.ts";
import { stateOf } from "./state/layer-state.ts";
import { stackOf } from "./state/stack-files.ts";
import { layersOf } from "./subjects.ts";
import { type Program, programWith, type Target } from "./target.ts";

/** What depends on who asks, and when. */
export type Outer = Pick<Facts, "owner" | "now" | "settings" | "allowReplace" | "approvals">;

/** Some changes, with the programs before and after them, and what gates decide by. */
export interface Sight {
  candidates: readonly Candidate[];
  /** Program and releases as they are to run. */
  next: Program;
  /** Program and releases as they run now, for what has drifted. */
  now: Program;
  /** The environment as it would be with the next program: it takes seconds to plan. */
  plan: () => Promise<PlannedEnvironment>;
  facts: Facts;
}

/**
 * Looks at some changes.
 *
 * @param planned states as they were when this was planned. @default - it is being planned
 * @throws {pulumi.RunError} when a release cannot be read or is not what was promoted, or a program is not here.
 */
export async function lookAt(
  target: Target,
  changes: readonly Change[],
  outer: Outer,
  planned?: Facts["planned"],
): Promise<Sight> {
  const candidates = changes.map((each) => candidateOf(each, target.releases));
  const records = await target.ledger.records(target.environment);
  const now = await programWith(target, records);
  const next = await programWith(target, records, changes);
  const plan = planOf(next, target.environment);
  const seen = { candidates, next, now, plan };
  return { ...seen, facts: factsOf(target, { ...seen, planned }, outer) };
}

/** A question about the plan of an environment that is answered once. */
export const planOf = ({ tree, releases }: Program, environment: EnvironmentName): (() => Promise<PlannedEnvironment>) =>
  once(() => planIn(tree, environment, releases));

/** What gates decide by. Nothing is asked before a gate does, and nothing twice. */
function factsOf(
  target: Target,
  { candidates, next, now, planned, plan }: Omit<Sight, "facts"> & Pick<Facts, "planned">,
  outer: Outer,
): Facts {
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
