import type { EnvironmentName } from "#stacks/inputs/environments/profile";

/** What both sides of a rehearsal are told. */
export interface Rehearsal {
  environment: EnvironmentName;
  folder: string;
  report: string;
  keep: boolean;
  traffic: boolean;
  json: boolean;
}

/** Variable in which the outside tells the inside how the tools were come by. */
export const TOOLS_PHASE = "MILLRACE_REHEARSAL_TOOLS";
