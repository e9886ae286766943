import { nameOf, typeOf } from "#engine/events";
import type { StateResource } from "./state.ts";

/** A resource that was deleted before one that needed it. */
export interface DeletionFault {
  /** Component that depends on something. */
  component: string;
  /** Its resource, which was deleted too late. */
  late: string;
  /** What it needs, which was gone by then. */
  gone: string;
}

/** What was compared, and what was wrong. */
export interface DeletionOrder {
  /** Components with dependencies. */
  components: number;
  /** Pairs of resources of which one had to be deleted first. */
  pairs: number;
  faults: DeletionFault[];
}

/**
 * Whether everything inside of a component was deleted before anything that the component depends on. The engine keeps this order by itself
 * only between resources that depend on each other; a component's `dependsOn` does not reach its children.
 *
 * @param state resources before the destroy, in the engine's order.
 * @param deletions URNs in the order in which their deletion was complete. What is not among them is not judged: it was kept.
 */
export function deletionOrder(state: readonly StateResource[], deletions: readonly string[]): DeletionOrder {
  const position = new Map(deletions.map((urn, index) => [urn, index]));
  const inside = insideOf(state);
  const deleted = (urn: string): string[] => (inside.get(urn) ?? []).filter((each) => position.has(each));
  const components = state.filter(({ custom, dependencies = [] }) => !custom && dependencies.length > 0);
  const order: DeletionOrder = { components: components.length, pairs: 0, faults: [] };
  for (const { urn, dependencies = [] } of components) {
    const own = deleted(urn);
    const needed = new Set(dependencies.flatMap(deleted).filter((each) => !own.includes(each)));
    order.pairs += own.length * needed.size;
    for (const late of own) {
      for (const gone of needed) {
        if ((position.get(gone) ?? 0) < (position.get(late) ?? 0)) {
          order.faults.push({ component: shown(urn), late: shown(late), gone: shown(gone) });
        }
      }
    }
  }
  return order;
}

/** Of each resource: itself and everything below it that a provider made. Providers go last by themselves. */
function insideOf(state: readonly StateResource[]): Map<string, string[]> {
  const parents = new Map(state.map(({ urn, parent }) => [urn, parent]));
  const inside = new Map<string, string[]>();
  for (const { urn, type, custom } of state) {
    if (custom && !type.startsWith("pulumi:")) {
      for (let at: string | undefined = urn; at !== undefined; at = parents.get(at)) {
        inside.set(at, [...(inside.get(at) ?? []), urn]);
      }
    }
  }
  return inside;
}

const shown = (urn: string): string => `${typeOf(urn)} '${nameOf(urn)}'`;
