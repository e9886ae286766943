import type { Phase } from "./phase.ts";
import type { PhaseName } from "./results.ts";

/** Which phases a rehearsal runs. */
export interface Selection {
  /** These, with what they need. @default - all */
  only?: readonly PhaseName[];
  /** All up to this one, and the end of the rehearsal. @default - all */
  until?: PhaseName;
}

const ONLY = "not asked for (--only)";

/** Phases that end a rehearsal, also one that was stopped early: it is destroyed, or kept. */
const END: readonly PhaseName[] = ["protection", "destroy", "hand-over"];

/**
 * Why phases are left out by a selection, by their name. A phase that is not in the answer is run.
 *
 * @param phases all phases, in their order.
 */
export function leftOut(phases: readonly Phase[], { only, until }: Selection): Map<PhaseName, string> {
  const names = phases.map(({ name }) => name);
  const unasked = phases.filter(({ name, onRequest }) => onRequest && name !== until).map(({ name }) => name);
  if (only) {
    const wanted = withNeeds(phases, only);
    return new Map(names.filter((name) => !wanted.has(name)).map((name) => [name, ONLY]));
  }
  if (until) {
    const after = names.slice(names.indexOf(until) + 1);
    // The end of a rehearsal takes down what has come up, which may be nothing.
    const ends = (name: PhaseName): boolean =>
      END.includes(name) && needsOf(phases, name).every((need) => !after.includes(need) || ends(need));
    const late = after.filter((name) => !ends(name)).map((name) => [name, `after '${until}' (--until)`] as const);
    return new Map([...unasked.map((name) => [name, ONLY] as const), ...late]);
  }
  return new Map(unasked.map((name) => [name, ONLY]));
}

/** The given phases and everything that they need, directly or by others. */
export function withNeeds(phases: readonly Phase[], wanted: readonly PhaseName[]): Set<PhaseName> {
  const found = new Set<PhaseName>();
  const add = (name: PhaseName): void => {
    if (!found.has(name)) {
      found.add(name);
      needsOf(phases, name).forEach(add);
    }
  };
  wanted.forEach(add);
  return found;
}

const needsOf = (phases: readonly Phase[], name: PhaseName): readonly PhaseName[] =>
  phases.find((phase) => phase.name === name)?.needs ?? [];

/** What is wrong with a list of phases: names given twice, and needs that do not come before. A circle is one of these. */
export function faultsOf(phases: readonly Pick<Phase, "name" | "needs">[]): string[] {
  return phases.flatMap(({ name, needs }, index) => {
    const before = phases.slice(0, index).map((each) => each.name);
    return [
      ...(before.includes(name) ? [`'${name}' is there twice`] : []),
      ...needs.filter((need) => !before.includes(need)).map((need) => `'${name}' needs '${need}', which does not come before it`),
    ];
  });
}
