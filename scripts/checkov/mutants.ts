import type { Layer } from "#stacks/contracts";
import { ACCESS_MUTANTS } from "./mutants-access.ts";
import { PLATFORM_MUTANTS } from "./mutants-platform.ts";
import { POD_MUTANTS } from "./mutants-pods.ts";
import type { Resources } from "./prod.ts";

/** A bad change to prod. */
export interface Mutant {
  /** Completes "a pull request with …". */
  what: string;
  layer: Layer;
  change: (resources: Resources) => void;
}

/** Bad changes by what they are about, in the order of the page. */
export const MUTANTS: Readonly<Record<string, readonly Mutant[]>> = {
  "Pods and access in Kubernetes": [...POD_MUTANTS, ...ACCESS_MUTANTS],
  "Releases, queues, mesh, charts and AWS": PLATFORM_MUTANTS,
};
