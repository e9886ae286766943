// Both versions stand at full size, and all users change at once.

import { setTimeout as sleep } from "node:timers/promises";
import { demand } from "../phases/releases.ts";
import { counted } from "../traffic/sample.ts";
import { demandUnharmed, type Scenario } from "./scenario.ts";
import { Trial, type TrialOptions } from "./trial.ts";

/** Copies of requests come on top of the requests. */
const OPTIONS: TrialOptions = { declared: { blueGreen: {} }, rate: 120 };

export const blueGreen: Scenario = {
  summary: "blue/green: a version answers copies, has all users at once, and gives them back at once when a person says so",
  run: (stage) =>
    Trial.of(stage, OPTIONS, async (trial) => {
      await trial.untilWeight(100);
      const switched = Date.now();
      await sleep(2_000);
      await trial.serve("abort", "chargebacks");
      const result = await trial.untilThrownOut();
      const { version, abortToLastAnswer = Number.NaN } = result;
      const early = trial.samples.filter((each) => each.version === version && each.at < switched - 1_000).length;
      demand(early === 0, `no user may meet version ${version} before the switch, ${early} requests did`);
      const share = shareAfter(trial, switched + 500, 1_000);
      demand(share > 0.99, `all users must have version ${version} after the switch, ${(100 * share).toFixed(1)} % had`);
      demand(abortToLastAnswer <= 5, `all users must be back within 5 s, the last answer came after ${abortToLastAnswer} s`);
      return `v${version}: 0 users during the copies, all at once, all back ${abortToLastAnswer.toFixed(2)} s after the undo · ${demandUnharmed(result)}`;
    }),
};

export const blueGreenBad: Scenario = {
  summary: "blue/green: a version that answers copies badly never has a user",
  run: (stage) =>
    Trial.of(stage, { ...OPTIONS, fault: "errors" }, async (trial) => {
      await trial.until("its end", 120, () => trial.aborted);
      const { message = "" } = trial.timeline.rollout["status"];
      const samples = await trial.stop();
      const met = samples.filter(({ version }) => version === trial.version).length;
      demand(met === 0, `version ${trial.version} must have no user, ${met} requests reached it`);
      demand(message.includes('"error-share"'), `it must be thrown out by error-share, the controller says: ${message}`);
      return `v${trial.version} thrown out by error-share before any user · ${demandUnharmed(counted(samples))}`;
    }),
};

/** Share of the answers in some milliseconds that came from the new version. */
function shareAfter({ samples, version }: Trial, from: number, milliseconds: number): number {
  const some = samples.filter(({ at }) => at >= from && at < from + milliseconds);
  return some.filter((each) => each.version === version).length / some.length;
}
