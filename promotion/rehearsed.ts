// What a rehearsal replaces by variables, and how a real environment is kept from it.

import * as pulumi from "@pulumi/pulumi";
import { shown } from "#stacks/wording";

/** Variables with releases, program, rules, exceptions, day, times and account other than those of the repository. */
const REPLACES = [
  "MILLRACE_RELEASES",
  "MILLRACE_PROJECT",
  "MILLRACE_POLICY_CONFIG",
  "MILLRACE_EXCEPTIONS",
  "MILLRACE_TODAY",
  "MILLRACE_PACE",
  "MILLRACE_PROMOTION_PACE",
  "MILLRACE_REHEARSAL_ENDPOINT",
] as const;

/** Whether the stacks that Pulumi works on lie in a folder of this machine. Pulumi takes this variable before what a person has logged in to. */
export const isRehearsed = (env: NodeJS.ProcessEnv = process.env): boolean =>
  env["PULUMI_BACKEND_URL"]?.startsWith("file://") === true;

/** Variables that replace something. */
export const replacedIn = (env: NodeJS.ProcessEnv = process.env): readonly string[] =>
  REPLACES.filter((name) => env[name] !== undefined);

/**
 * Whoever promotes decides by what stands in the repository. Only stacks in a folder are promoted by anything else.
 *
 * @throws {pulumi.RunError} when a variable replaces some of it.
 */
export function demandNothingReplaced(env: NodeJS.ProcessEnv = process.env): void {
  const set = replacedIn(env);
  if (set.length > 0 && !isRehearsed(env)) {
    throw new pulumi.RunError(
      set
        .map(
          (name) =>
            `${name} must be unset where the stacks are not in a folder (PULUMI_BACKEND_URL=file://…), got ${shown(env[name])}: it is for rehearsals`,
        )
        .join("\n"),
    );
  }
}
