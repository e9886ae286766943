import { exitOf } from "#promotion/gates/check";
import { type Planned, planFile, planPromotion, writePlan } from "#promotion/plan";
import { checkReplaced } from "../bad-input.ts";
import { answer, print } from "../say.ts";
import { changesWanted } from "./changes.ts";
import { planMarkdown } from "./markdown.ts";
import { outerHere } from "./outer.ts";
import { type Work, workOn } from "./target.ts";
import { planText } from "./text.ts";

interface Options {
  to: string;
  allowReplace?: string[];
  out?: string;
  markdown?: boolean;
  json?: boolean;
}

/** `promote plan`. */
export async function plan(
  what: string | undefined,
  { to, allowReplace = [], out, markdown = false, json = false }: Options,
): Promise<void> {
  if (out !== undefined) {
    checkReplaced("--out", out);
  }
  const work = workOn(to, json || markdown);
  const planned = await makePlan(what, work, { allowReplace, out });
  if (planned === undefined) {
    answer(json, null, () => `${to} runs what its pointer says: there is nothing to promote`);
    return;
  }
  if (markdown) {
    print(planMarkdown(planned));
  } else {
    answer(json, planned, () => planText(planned));
  }
  process.exitCode = exitOf(planned.plan.verdicts);
}

/** Plans and writes the plan down. @returns nothing where there is nothing to promote. */
export async function makePlan(
  what: string | undefined,
  { target, step }: Work,
  { allowReplace = [], out }: { allowReplace?: readonly string[]; out?: string | undefined } = {},
): Promise<Planned | undefined> {
  const changes = await changesWanted(what, target);
  if (changes.length === 0) {
    return undefined;
  }
  const outer = outerHere(target, changes, allowReplace);
  const planned = await step(
    "plan",
    () => planPromotion(target, changes, outer),
    ({ plan: { verdicts } }) => {
      const failed = verdicts.filter(({ state }) => state === "failed").map(({ gate }) => gate);
      return failed.length === 0 ? "every gate has passed" : `not met: ${failed.join(", ")}`;
    },
  );
  writePlan(out ?? planFile(target.home, target.environment), planned.plan);
  return planned;
}
