import type { Recorded } from "../harness/graph.ts";

/**
 * The one resource of a name; the component of the same name around it does not count.
 *
 * @throws {Error} with the names that exist, when there is none, or more than one.
 */
export function named(graph: readonly Recorded[], name: string): Recorded {
  const [found, ...others] = graph.filter((resource) => resource.name === name && resource.custom);
  if (found === undefined || others.length > 0) {
    throw new Error(`one resource must be called '${name}', got ${graph.map((resource) => resource.name).join(", ")}`);
  }
  return found;
}
