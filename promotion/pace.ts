import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { inWords, problemsOf, shown } from "#stacks/wording";
import { type Requirements, requirements } from "./requirements.ts";

/** Variable with which a rehearsal shortens what takes days: JSON. */
const VARIABLE = "MILLRACE_PROMOTION_PACE";

const pace = z.strictObject({
  /** Hours of soak, in every environment that asks for some. */
  soakHours: z.number({ error: "must be a number of hours" }).min(0, { error: "must be a number of hours" }),
  /** A rehearsal runs at any hour. */
  window: z.literal("always", { error: "must be always" }),
});

/**
 * What a promotion to an environment needs. A rehearsal shortens soak and window, in the open: gates and ledger show the times that counted.
 *
 * @param rehearsed whether the ledger is one of a rehearsal, a folder: no promotion that is kept anywhere else is shortened.
 * @throws {pulumi.RunError} when the variable is something else, or is set for a real ledger.
 */
export function requirementsOf(environment: EnvironmentName, rehearsed: boolean): Requirements {
  const text = process.env[VARIABLE];
  const usual = requirements[environment];
  if (text === undefined) {
    return usual;
  }
  if (!rehearsed) {
    throw new pulumi.RunError(
      `${VARIABLE} must be unset where the ledger is not a folder, got ${shown(text)}: it is for rehearsals`,
    );
  }
  const { soakHours, window } = parsed(text);
  return { ...usual, soakHours: Math.min(usual.soakHours, soakHours), window: { open: window } };
}

function parsed(text: string): z.infer<typeof pace> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new pulumi.RunError(
      `${VARIABLE} must be JSON, got ${shown(text)}: unset it, or write {"soakHours": 0.01, "window": "always"}`,
    );
  }
  const { data, error } = pace.safeParse(content, { error: inWords });
  if (data === undefined) {
    throw new pulumi.RunError(
      problemsOf(error, content)
        .map(({ path, text: problem }) => `${VARIABLE}${path === "" ? "" : `.${path}`} ${problem}`)
        .join("\n"),
    );
  }
  return data;
}
