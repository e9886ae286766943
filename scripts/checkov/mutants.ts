import type { ProdMutant } from "./mutant.ts";
import { ACCESS_MUTANTS } from "./mutants-access.ts";
import { PLATFORM_MUTANTS } from "./mutants-platform.ts";
import { POD_MUTANTS } from "./mutants-pods.ts";

/** Bad changes by what they are about, in the order of the page. */
export const MUTANTS: Readonly<Record<string, readonly ProdMutant[]>> = {
  "Pods and access in Kubernetes": [...POD_MUTANTS, ...ACCESS_MUTANTS],
  "Releases, queues, mesh, charts and AWS": PLATFORM_MUTANTS,
};
