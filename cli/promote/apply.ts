import { applyPlan, goOnWith } from "#promotion/apply";
import { namesOf } from "#promotion/beginning";
import { type Applied } from "#promotion/carry-out";
import { follow, type Judgement } from "#promotion/follow";
import type { LedgerRecord } from "#promotion/ledger/record";
import { type Open, openIn } from "#promotion/open";
import { ownerHere } from "#promotion/owner";
import { type PromotionPlan, planFile, readPlan } from "#promotion/plan";
import { BadInput } from "../bad-input.ts";
import { printJson } from "../say.ts";
import { demandYes } from "./ask.ts";
import { EXIT_THROWN_OUT, failing } from "./failing.ts";
import { outerHere } from "./outer.ts";
import { toldRegistry } from "./registry.ts";
import { type Work, workOn } from "./target.ts";

interface Options {
  to: string;
  plan?: string;
  yes?: boolean;
  follow?: boolean;
  json?: boolean;
}

/** `promote apply`. */
export async function apply({ to, plan: file, yes = false, follow: follows = true, json = false }: Options): Promise<void> {
  const work = workOn(to, json);
  const { home, environment, ledger } = work.target;
  const records = await ledger.records(environment);
  const open = openIn(records).at(-1);
  if (open !== undefined && file === undefined) {
    return goneOn(open, records, work, { yes, follows, json });
  }
  const plan = readPlan(file ?? planFile(home, environment), environment);
  if (plan.environment !== environment) {
    throw new BadInput(`'--plan' must be a plan for ${environment}, got one for ${plan.environment}: plan again`);
  }
  await demandYes(`promote ${namesOf(plan.changes)} to ${environment}?`, { yes, json });
  await applied(plan, work, { follows, json });
}

/** Applies a plan, follows what it releases, and says what came of it. */
export const applied = (plan: PromotionPlan, work: Work, how: { follows: boolean; json: boolean }): Promise<void> =>
  carriedOut(work, how, namesOf(plan.changes), async () =>
    applyPlan(work.target, plan, outerHere(work.target, plan.changes, plan.allowReplace)),
  );

/** Asks, and goes on with what was begun and not ended. */
export async function goneOn(
  open: Open,
  records: readonly LedgerRecord[],
  work: Work,
  { yes, follows, json }: { yes: boolean; follows: boolean; json: boolean },
): Promise<void> {
  const names = namesOf(open.begin.changes);
  await demandYes(`go on with ${names} → ${work.target.environment}?`, { yes, json });
  await carriedOut(work, { follows, json }, names, () => goOnWith(work.target, records, open, ownerHere()));
}

/** Carries out a change of an environment to its end. */
export async function carriedOut(
  work: Work,
  { follows, json }: { follows: boolean; json: boolean },
  names: string,
  run: () => Promise<Applied | undefined>,
): Promise<void> {
  const { target, step } = work;
  try {
    const done = await step("apply", run, (result) =>
      result === undefined
        ? `${target.environment} runs ${names} already: there is nothing to do`
        : `${names} → ${target.environment}: ${result.layers.join(", ")} up`,
    );
    if (done === undefined) {
      // It may have been stopped before it told the registry.
      const registry = await toldRegistry(work, json);
      if (json) {
        printJson(registry ? { registry } : null);
      }
      return;
    }
    const judgements = follows
      ? await step(
          "release",
          () => follow(target, done.begin, done.begin.owner),
          (all) => all.map(textOf).join(" · ") || "nothing to follow",
        )
      : [];
    process.exitCode = judgements.some(({ state }) => state === "thrown out") ? EXIT_THROWN_OUT : 0;
    const registry = follows ? await toldRegistry(work, json) : undefined;
    if (json) {
      printJson({ ...done, judgements, ...(registry && { registry }) });
    }
  } catch (error) {
    process.exitCode = failing(error, target.environment, json);
  }
}

export const textOf = (judgement: Judgement): string => {
  const { state, change, seconds } = judgement;
  const name = namesOf([change]);
  return state === "stable"
    ? `${name} is stable after ${seconds.toFixed(0)} s`
    : `${name} thrown out after ${seconds.toFixed(0)} s: ${judgement.why}; users have ${change.from ?? "none"}`;
};
