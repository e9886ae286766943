import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { textOf } from "#stacks/inputs/read-file";
import { canonicalText } from "#stacks/inputs/releases/canonical";
import { contentOf } from "#stacks/inputs/releases/read";
import type { PlannedEnvironment } from "./account.ts";
import { lookAt, type Outer, planOf } from "./facts.ts";
import { checkGates } from "./gates/check.ts";
import type { Candidate, LayerPreview } from "./gates/gate.ts";
import { type Change, change, verdict } from "./ledger/record.ts";
import { requirementsOf } from "./pace.ts";
import { replaceFile } from "./releases/write.ts";
import type { Target } from "./target.ts";
import { URN, URN_RULE } from "./urn.ts";

const hex = z.string().regex(/^[0-9a-f]{64}$/, { error: "must be 64 hexadecimal digits" });

/** What was looked at before a promotion: it is applied to nothing else. */
const plan = z.strictObject({
  /** URNs of resources with data that may be replaced or deleted. */
  allowReplace: z.array(z.string().regex(URN, { error: URN_RULE })),
  /** Changes, each with the digest of its release. */
  changes: z.array(change).min(1),
  environment: z.enum(ENVIRONMENTS),
  /** Kind and version of the file. */
  plan: z.literal("millrace/promotion/1"),
  /** Commit of the program. */
  program: z.string(),
  /** Digest of each layer's state. */
  states: z.record(z.string(), z.nullable(hex)),
  time: z.iso.datetime(),
  /** What the gates said then; they are asked again. */
  verdicts: z.array(verdict),
});

export type PromotionPlan = z.infer<typeof plan>;

/** A plan with what a person wants to see of it and nobody applies. */
export interface Planned {
  plan: PromotionPlan;
  candidates: readonly Candidate[];
  /** Dollars a month before and after; absent where the program cannot be planned. */
  cost: { now: PlannedEnvironment["cost"]; next: PlannedEnvironment["cost"] } | undefined;
  previews: readonly LayerPreview[] | undefined;
  /** Why a layer could not be previewed. */
  unseen: string | undefined;
}

/**
 * Plans a promotion: previews it and asks the gates. Nothing is changed.
 *
 * @throws {pulumi.RunError} when a release cannot be read, or the program of the platform release is not here.
 */
export async function planPromotion(target: Target, changes: readonly Change[], outer: Outer): Promise<Planned> {
  const { environment } = target;
  const { candidates, next, now, plan: planNext, facts } = await lookAt(target, changes, outer);
  const verdicts = await checkGates(facts, requirementsOf(environment));
  const states = await facts.states();
  const previews = await facts.previews().then(
    (value) => ({ value, why: undefined }),
    (error: Error) => ({ value: undefined, why: error.message }),
  );
  const cost = await Promise.all([planOf(now, environment)(), planNext()]).then(
    ([old, following]) => ({ now: old.cost, next: following.cost }),
    () => undefined,
  );
  // What was interrupted was not looked at.
  target.signal.throwIfAborted();
  return {
    candidates,
    cost,
    plan: {
      plan: "millrace/promotion/1",
      environment,
      allowReplace: [...outer.allowReplace],
      changes: [...changes],
      program: next.release.program,
      states: Object.fromEntries(states.map(({ layer, digest }) => [layer, digest])),
      time: outer.now.toISOString(),
      verdicts,
    },
    previews: previews.value,
    unseen: previews.why,
  };
}

/** File of the plan that was made last for an environment. */
export const planFile = (home: string, environment: EnvironmentName): string => join(home, "plans", `${environment}.json`);

export function writePlan(file: string, content: PromotionPlan): void {
  mkdirSync(dirname(file), { recursive: true });
  replaceFile(file, canonicalText(content));
}

/**
 * A plan that was written.
 *
 * @throws {pulumi.RunError} when there is none, or it is something else.
 */
export function readPlan(file: string, environment: EnvironmentName): PromotionPlan {
  const text = textOf(file, file);
  if (text === undefined) {
    throw new pulumi.RunError(
      `'${file}' must be a plan of a promotion, got nothing: npx millrace promote plan --to ${environment} writes it`,
    );
  }
  return contentOf(file, text, { schema: plan });
}
