import { EngineFailure } from "#engine/failure";
import type { Layer } from "#stacks/contracts";
import { bringOver } from "./artifacts/bring-over.ts";
import type { LayerState } from "./gates/gate.ts";
import type { Owner } from "./ledger/record.ts";
import type { Begin } from "./open.ts";
import { pointAtAll } from "./releases/write.ts";
import { stateOf } from "./state/layer-state.ts";
import { recoverLayer } from "./state/recover.ts";
import { stackOf } from "./state/stack-files.ts";
import { layersOf } from "./subjects.ts";
import { programWith, type Target } from "./target.ts";

/** A layer was refused. What is up stays up; the same command goes on. */
export class NotApplied extends Error {
  readonly layers: readonly Layer[];
  constructor(message: string, layers: readonly Layer[], cause: unknown) {
    super(message, { cause });
    this.layers = layers;
  }
}

/** What became of a promotion. */
export interface Applied {
  begin: Begin;
  seconds: number;
  layers: readonly Layer[];
}

/** Does what a beginning says, whatever of it has been done already. */
export async function goOn(target: Target, begin: Begin, owner: Owner): Promise<Applied> {
  const { environment, ledger, releases, update } = target;
  const began = performance.now();
  const layers = layersOf(begin.changes);
  const done: Layer[] = [];
  const at = { environment, owner, begin: begin.number };
  try {
    const program = await programWith(target, await ledger.records(environment), begin.changes);
    if (begin.operation === "promote") {
      await bringOver({ ...target, releases: program.releases }, begin.changes);
    }
    pointAtAll(environment, begin.changes, releases);
    for (const layer of layers) {
      update(`${stackOf(layer, environment)}`);
      await recoverLayer(program.engine, layer, environment, { say: update, forget: false });
      await program.engine.up(stackOf(layer, environment), program.pack);
      done.push(layer);
    }
    const states = digests(await Promise.all(layers.map((layer) => stateOf(program.engine, layer, environment))));
    const seconds = (performance.now() - began) / 1000;
    await ledger.append({ kind: "done", time: now(), ...at, states, seconds });
    return { begin, seconds, layers: done };
  } catch (error) {
    const why = error instanceof EngineFailure ? error.message : (error as Error).message;
    await ledger.append({ kind: "failed", time: now(), ...at, layers: done, why: why.slice(0, 2_000) });
    target.signal.throwIfAborted();
    throw new NotApplied(why, done, error);
  }
}

const now = (): string => new Date().toISOString();

/** Digests of the layers that are up. */
export const digests = (states: readonly LayerState[]): Begin["states"] =>
  Object.fromEntries(states.flatMap(({ layer, digest }) => (digest === null ? [] : [[layer, digest]])));
