import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { jsonOf } from "#stacks/inputs/json-fault";
import { inWords, problemsOf, shown } from "#stacks/wording";
import { isRehearsed } from "./rehearsed.ts";
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
 * @throws {pulumi.RunError} when the variable is something else.
 */
export function requirementsOf(environment: EnvironmentName): Requirements {
  const text = process.env[VARIABLE];
  const usual = requirements[environment];
  if (text === undefined || !isRehearsed()) {
    return usual;
  }
  const { soakHours, window } = parsed(text);
  return { ...usual, soakHours: Math.min(usual.soakHours, soakHours), window: { open: window } };
}

function parsed(text: string): z.infer<typeof pace> {
  let content: unknown;
  try {
    content = jsonOf(text);
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
