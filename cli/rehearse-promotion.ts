import { rmSync } from "node:fs";
import { join } from "node:path";
import { takeDown } from "#rehearsal/cluster/isolation/down";
import { trainHere } from "#rehearsal/model-store/train";
import { SHARED } from "#rehearsal/promotion/phases";
import { rehearsePromotion } from "#rehearsal/promotion/rehearse";
import { writePromotionReport } from "#rehearsal/promotion/report";
import { sharedIn } from "#rehearsal/promotion/shared";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { MachineError } from "#toolchain/errors";
import { Interrupted, interruption } from "./interrupt.ts";
import { TOOLS_PHASE } from "./rehearsal.ts";
import { folderOf, home, promotionReport } from "./rehearse-checks.ts";
import { forget, spaceMissing, tools } from "./rehearse-outside.ts";
import { lines } from "./rehearse-screen.ts";
import { storyScreen } from "./rehearse-story-screen.ts";
import { printJson, sayBeside } from "./say.ts";

/** Folder of what the environments of a promotion share. */
const promotionFolder = (): string => join(home(), "rehearsal-promotion");

/** Rehearses a promotion. @returns the exit code. */
export async function promotion({ keep, json, rollbacks }: { keep: boolean; json: boolean; rollbacks: number }): Promise<number> {
  const signal = interruption();
  const say = lines(json);
  const missing = spaceMissing(home(), ENVIRONMENTS.length);
  if (missing) {
    sayBeside(missing.message);
    return 1;
  }
  say(`promotion, rehearsed here in ${ENVIRONMENTS.join(", ")} · AWS simulated\n`);
  const report = promotionReport();
  const reports = [report, ...ENVIRONMENTS.map((environment) => promotionReport(environment))];
  reports.forEach(forget);
  const shared = sharedIn(promotionFolder());
  try {
    process.env[TOOLS_PHASE] = JSON.stringify(await tools(ENVIRONMENTS, json, signal));
    // The inside runs from the repository of the story, whose own home is another one.
    process.env["MILLRACE_HOME"] = home();
    process.env[SHARED] = shared.folder;
    const outcome = await rehearsePromotion({
      shared,
      rollbacks,
      train: (store, versions) => trainHere(store, versions, signal),
      home: home(),
      folderOf,
      reportOf: promotionReport,
      logs: report.replace(/\.html$/, "-logs"),
      argvOf: (environment) => [
        shared.cli,
        "rehearse",
        environment,
        "--promotion",
        ...(keep ? ["--keep"] : []),
        ...(json ? ["--json"] : []),
      ],
      keep,
      signal,
      screen: storyScreen(json),
      say: (text) => say(`  ${text}`),
    });
    writePromotionReport(report, outcome);
    if (json) {
      printJson(outcome);
    }
    say(`\nreport  ${report}   ${outcome.seconds.toFixed(0)} s in all`);
    if (outcome.failure) {
      const { step, reason, log } = outcome.failure;
      say(`\n${step} failed: ${reason}${log === undefined ? "" : `\nlogs    ${log}`}`);
    }
    if (outcome.kept) {
      say(`\neverything is up. Look around, and promote:`);
      say(`  npx millrace rehearse exec staging -- npx millrace release list`);
      say(`  cd ${shared.repository}   the repository of the three`);
      say(`end it:\n  npx millrace rehearse down --promotion`);
    }
    return outcome.ok ? 0 : 1;
  } catch (error) {
    if (error instanceof Interrupted) {
      reports.forEach(forget);
      sayBeside(`\n${error.message}: no process and no folder of the rehearsal is left`);
      return error.exitCode;
    }
    if (error instanceof MachineError) {
      sayBeside(`\n${error.message}`);
      return 1;
    }
    throw error;
  }
}

/** Ends the environments of a promotion, and removes what they share. @returns what was there. */
export async function takePromotionDown(): Promise<EnvironmentName[]> {
  const there: EnvironmentName[] = [];
  for (const environment of ENVIRONMENTS) {
    const { processes, folder } = await takeDown(folderOf(environment));
    if (processes.length > 0 || folder) {
      there.push(environment);
    }
  }
  rmSync(promotionFolder(), { recursive: true, force: true });
  return there;
}
