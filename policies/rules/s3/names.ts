import { isListed } from "../../exceptions.ts";
import type { Resource } from "../../resource.ts";

/** Whether a resource's name in the program fits one of several globs. */
export const hasName = ({ name }: Resource, globs: readonly string[]): boolean => isListed(name, globs);

export interface Passing {
  /** Globs of the names of buckets whose content can all be made again. */
  passing: string[];
}

const NOTHING_PASSING: Passing = { passing: [] };

/** Which buckets may lose their content. */
export const LASTING = { dev: NOTHING_PASSING, staging: NOTHING_PASSING, prod: NOTHING_PASSING };
