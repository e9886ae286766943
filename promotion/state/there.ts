import type { Engine } from "#engine/engine";
import { EngineFailure, isNoStack, WHERE_STACKS_ARE } from "#engine/failure";
import { LAYERS } from "#stacks/contracts";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { MachineError } from "#toolchain/errors";
import { stackFilesIn, stackOf } from "./stack-files.ts";

/**
 * Demands that the backend has a stack of an environment. Without one, nothing that is looked at is wrong, and nothing is there.
 *
 * @throws {MachineError} where there is none.
 */
export async function demandStack(engine: Engine, environment: EnvironmentName): Promise<void> {
  const there = await Promise.all(LAYERS.map((layer) => isThere(engine, stackOf(layer, environment))));
  if (!there.includes(true)) {
    const { url } = await engine.backend();
    throw new MachineError(`no stack of ${environment} was found at '${url}':`, WHERE_STACKS_ARE);
  }
}

/** A stack that can be looked at, or that lies there broken, or that somebody holds while it begins. */
async function isThere(engine: Engine, stack: string): Promise<boolean> {
  const of = await (await stackFilesIn(engine))?.(stack);
  if (of !== undefined) {
    const { files, checkpoint, history, locks } = of;
    const found = await Promise.all([files.read(checkpoint), ...[history, locks].map((folder) => files.list(folder))]);
    return found.some((each) => each !== undefined && each.length > 0);
  }
  try {
    await engine.exportState(stack);
    return true;
  } catch (error) {
    return !(error instanceof EngineFailure && isNoStack(error.reason));
  }
}
