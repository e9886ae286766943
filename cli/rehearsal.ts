import type { Choice } from "#rehearsal/phase";
import type { Selection } from "#rehearsal/selection";

/** What both sides of a rehearsal are given. */
export interface Rehearsal extends Choice {
  selection: Selection;
  folder: string;
  report: string;
  json: boolean;
}

/** Variable in which the outside gives the inside the result of the tools phase. */
export const TOOLS_PHASE = "MILLRACE_REHEARSAL_TOOLS";
