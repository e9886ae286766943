import type { Choice } from "#rehearsal/phase";
import type { Selection } from "#rehearsal/selection";

/** What both sides of a rehearsal are told. */
export interface Rehearsal extends Choice {
  selection: Selection;
  folder: string;
  report: string;
  json: boolean;
}

/** Variable in which the outside tells the inside how the tools were come by. */
export const TOOLS_PHASE = "MILLRACE_REHEARSAL_TOOLS";
