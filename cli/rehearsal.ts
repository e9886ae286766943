import { join, resolve } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";
import type { Choice } from "#rehearsal/phase";
import type { Selection } from "#rehearsal/selection";

/** What both sides of a rehearsal are given. */
export interface Rehearsal extends Choice {
  selection: Selection;
  /** How often each scenario is tried. */
  times: number;
  folder: string;
  report: string;
  json: boolean;
  /** Whether it takes part in a promotion. */
  promotion: boolean;
}

/** Folder of rehearsals and reports, which need not exist yet. */
export const homeFolder = (): string => resolve(process.env["MILLRACE_HOME"] || join(PROJECT_FOLDER, ".millrace"));

/** Variable in which the outside gives the inside the result of the tools phase. */
export const TOOLS_PHASE = "MILLRACE_REHEARSAL_TOOLS";
