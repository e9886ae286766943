import { demandSame, namesOf } from "#promotion/beginning";
import { changeFor, subjectNamed } from "#promotion/candidates";
import { exitOf } from "#promotion/gates/check";
import { openIn } from "#promotion/open";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { folderOfReleases } from "#stacks/inputs/releases/read";
import { BadInput } from "../bad-input.ts";
import { printJson, say } from "../say.ts";
import { applied, goneOn } from "./apply.ts";
import { demandYes } from "./ask.ts";
import { failing } from "./failing.ts";
import { makePlan } from "./plan.ts";
import { workOn } from "./target.ts";
import { planText } from "./text.ts";

interface Options {
  to?: string;
  allowReplace?: string[];
  yes?: boolean;
  follow?: boolean;
  json?: boolean;
}

/**
 * `promote <what> --to <environment>`: plans, asks, applies and follows.
 *
 * @param commands what else may stand in the place of `<what>`, to suggest for a misspelt word.
 */
export async function promote(
  what: string | undefined,
  { to, allowReplace = [], yes = false, follow = true, json = false }: Options,
  commands: readonly string[],
): Promise<void> {
  if (what !== undefined) {
    subjectNamed(what, folderOfReleases(), commands);
  }
  if (what === undefined || to === undefined) {
    throw new BadInput(
      `'<what>' and '--to' must be given, got ${what === undefined ? "no <what>" : "no '--to'"}: npx millrace promote fraud --to <${ENVIRONMENTS.join("|")}>`,
    );
  }
  const work = workOn(to, json);
  const { environment, ledger, releases } = work.target;
  const records = await ledger.records(environment);
  const open = openIn(records).at(-1);
  if (open !== undefined) {
    try {
      demandSame(environment, open, [changeFor(what, environment, {}, releases)]);
    } catch (error) {
      process.exitCode = failing(error, environment, json);
      return;
    }
    return goneOn(open, records, work, { yes, follows: follow, json });
  }
  const planned = await makePlan(what, work, { allowReplace });
  if (planned === undefined) {
    return;
  }
  if (!json) {
    say(`\n${planText(planned)}\n`);
  }
  const { plan } = planned;
  process.exitCode = exitOf(plan.verdicts);
  if (process.exitCode !== 0) {
    if (json) {
      printJson(planned);
    }
    return;
  }
  await demandYes(`promote ${namesOf(plan.changes)} to ${plan.environment}?`, { yes, json });
  await applied(plan, work, { follows: follow, json });
}
