// Copies of requests are answered by both versions, and the answers are compared.

import { demand } from "../phases/releases.ts";
import { counted } from "../traffic/sample.ts";
import { FEW } from "./new-version.ts";
import { demandUnharmed, type Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import { Trial, type TrialOptions } from "./trial.ts";

/** Each copy is answered twice. Two versions of a model do differ a little. */
const OPTIONS: TrialOptions = {
  declared: { ...FEW.declared, shadow: { percent: 25, tolerance: 0.3, maxSlowdown: 5, minAnswers: 100 } },
  rate: 120,
};

export const shadow: Scenario = {
  summary: "shadow: a version answers copies, nobody gets its answers, and a person lets the canary begin",
  run: (stage) =>
    Trial.of(stage, OPTIONS, async (trial) => {
      await trial.until("a person", 180, () => trial.waits);
      demand(
        users(trial) === 0,
        `no user may meet version ${trial.version} before a person says so, ${users(trial)} requests did`,
      );
      const numbers = await measured(trial, stage);
      await trial.serve("promote", "alike");
      await trial.untilWeight(5);
      await trial.serve("abort", "its canary has begun");
      return `${numbers}; its canary began · ${demandUnharmed(await trial.untilThrownOut())}`;
    }),
};

export const shadowDiffers: Scenario = {
  summary: "shadow: a version that answers otherwise gets no further than its comparison, and a person reads by how much",
  run: (stage) =>
    Trial.of(stage, { ...OPTIONS, fault: "drift" }, async (trial) => {
      await trial.until("a person", 180, () => trial.waits);
      const numbers = await measured(trial, stage);
      const share = Number(/different-share ([\d.]+)/.exec(numbers)?.[1]);
      demand(share > 0.5, `most answers must differ, the share is ${share}`);
      await trial.serve("abort", "it answers otherwise");
      await trial.until("its end", 60, () => trial.aborted);
      const samples = await trial.stop();
      demand(users(trial) === 0, `no user may meet version ${trial.version}, ${users(trial)} requests did`);
      return `${numbers} · ${demandUnharmed(counted(samples))}`;
    }),
};

const users = ({ seen, version }: Trial): number => seen.filter((each) => each.version === version).length;

/** What `millrace serve status` says of the comparison. */
async function measured(trial: Trial, { served }: Stage): Promise<string> {
  const [live] = JSON.parse(await trial.millrace("serve", "status", served.model, "--json")) as [
    { measurements: { name: string; value?: number }[] },
  ];
  const values = live.measurements.filter(({ name }) => ["failed-share", "different-share", "slowdown"].includes(name));
  demand(
    values.every(({ value }) => value !== undefined) && values.length === 3,
    `three numbers must be told: ${JSON.stringify(values)}`,
  );
  return values.map(({ name, value = Number.NaN }) => `${name} ${Number(value.toPrecision(3))}`).join(", ");
}
