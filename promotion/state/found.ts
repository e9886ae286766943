import type { Deployment, StateResource } from "./checkpoint.ts";
import { mayExist } from "./pending.ts";

/** Ids of what a person has found in an account, by URN. */
export type Found = ReadonlyMap<string, string>;

/**
 * A state that knows of creations that were begun and that a person has found: a refresh then reads what they are. Pulumi's own
 * `refresh --import-pending-creates` forgets them without a word (3.259), and `import` makes up parents and providers anew.
 */
export function withFound(deployment: Deployment, found: Found): Deployment {
  const begun = mayExist(deployment).filter(({ resource }) => found.has(resource.urn));
  const made = begun.map(({ resource }): StateResource => ({ ...resource, id: found.get(resource.urn)!, outputs: {} }));
  // Of a replacement, the one before is there too: only its deletion is left.
  const others = (deployment.resources ?? []).map((each) => (found.has(each.urn) ? { ...each, delete: true } : each));
  return {
    ...deployment,
    resources: [...others, ...made],
    pending_operations: (deployment.pending_operations ?? []).filter((each) => !begun.includes(each)),
  };
}
