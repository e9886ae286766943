import { createHash } from "node:crypto";
import type { Engine } from "#engine/engine";
import { EngineFailure, isNoStack } from "#engine/failure";
import type { Layer } from "#stacks/contracts";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { canonicalText } from "#stacks/inputs/releases/canonical";
import type { LayerState } from "../gates/gate.ts";
import type { Deployment, StateResource } from "./checkpoint.ts";
import { holderOf, locksIn } from "./lock.ts";
import { pendingLine } from "./pending.ts";
import { stackFilesIn, stackOf } from "./stack-files.ts";

/**
 * A layer as its state says it is. What has drifted is not asked for: see `driftOf`.
 *
 * @throws {EngineFailure} when the state cannot be read.
 */
export async function stateOf(engine: Engine, layer: Layer, environment: EnvironmentName): Promise<LayerState> {
  const stack = stackOf(layer, environment);
  const [lockedBy, deployment] = await Promise.all([holderOfStack(engine, stack), deploymentOf(engine, stack)]);
  return {
    layer,
    digest: digestOf(deployment),
    pending: (deployment.pending_operations ?? []).map(pendingLine),
    ...(lockedBy !== undefined && { lockedBy }),
    drift: [],
  };
}

async function holderOfStack(engine: Engine, stack: string): Promise<string | undefined> {
  const filesOfStack = await stackFilesIn(engine);
  if (filesOfStack === undefined) {
    // Only Pulumi Cloud knows who holds a stack there; an operation says so when it is refused.
    return undefined;
  }
  const { files, locks } = await filesOfStack(stack);
  const [lock] = await locksIn(files, locks);
  return lock && holderOf(lock);
}

/** What Pulumi knows of a stack, with its secrets encrypted; nothing where there is no such stack. */
export async function deploymentOf(engine: Engine, stack: string): Promise<Deployment> {
  try {
    return ((await engine.exportState(stack)).deployment as Deployment | null) ?? {};
  } catch (error) {
    if (error instanceof EngineFailure && isNoStack(error.reason)) {
      return {};
    }
    throw error;
  }
}

/** What each operation writes anew although nothing has changed: nonces of secrets, the place in the program, and dependencies by
 * property, which a refresh forgets. */
const RESTLESS = new Set(["ciphertext", "sourcePosition", "stackTrace", "propertyDependencies"]);

/**
 * Digest of a state: the same after an operation that changes nothing, another one after any that does. A resource says when it was modified
 * last, so a secret that alone has changed is noticed too. `null` where there is no resource.
 */
export function digestOf({ resources = [], pending_operations: pending = [] }: Deployment): string | null {
  if (resources.length === 0 && pending.length === 0) {
    return null;
  }
  const content = { resources: resources.map(settled).toSorted(byText), pending: pending.map(settled).toSorted(byText) };
  return createHash("sha256").update(canonicalText(content)).digest("hex");
}

/** The engine writes resources, and what they depend on, in the order in which they were done. */
function settled(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(settled);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const { dependencies, ...rest } = value as Partial<StateResource>;
  const kept = Object.entries(rest).filter(([key]) => !RESTLESS.has(key));
  return {
    ...Object.fromEntries(kept.map(([key, inner]) => [key, settled(inner)])),
    ...(dependencies && { dependencies: sorted(dependencies) }),
  };
}

const sorted = (urns: unknown): unknown => (Array.isArray(urns) ? urns.toSorted(byText) : urns);

const byText = (one: unknown, other: unknown): number => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);
