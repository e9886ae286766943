// The users of one region decide; everybody else keeps the old version until then.

import { AUDIENCE_HEADER, JOINING } from "#components/serving/audience";
import { demand } from "../phases/releases.ts";
import type { Load } from "../traffic/load.ts";
import { type Sample, shareWindows } from "../traffic/sample.ts";
import { Application, EVENTS, untilRecorded } from "./application.ts";
import { exported } from "./exporter.ts";
import { demandUnharmed, type Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import { Trial, type TrialOptions } from "./trial.ts";
import { named } from "./users.ts";

const REGION = "x-region";
const OPTIONS: TrialOptions = {
  declared: {
    abTest: { outcomes: EVENTS, audience: { header: REGION, values: ["de", "at"] } },
    // Predictions are not compared beside an audience.
    maxPsi: undefined,
  },
  rate: 0,
};
const PEOPLE = 5_000;
/** Requests a second of those who take part, and of all others. */
const RATES = { inside: 120, outside: 60 };
/** Of ten attempts one succeeds with the old version in the region; elsewhere nearly all do, which must not count. */
const [USUAL, BETTER, ELSEWHERE] = [0.1, 0.15, 0.9];

export const ofAudience: Scenario = {
  summary: "A/B test of an audience: only its users are split, and only what they make of it counts",
  run: (stage) => {
    const ended = new AbortController();
    const signal = AbortSignal.any([ended.signal, stage.cluster.ended]);
    const loads: Load[] = [];
    const prepare = async (trial: Trial): Promise<void> => {
      const users = (region: string) => ({ ...named(PEOPLE), headers: { [REGION]: region } });
      loads.push(trial.send(RATES.inside, users("de")), trial.send(RATES.outside, users("fr")));
      await countUsers(stage, trial, loads, signal);
      await stage.workspace.engine.up(`workloads-${stage.environment}`);
      await untilRecorded(stage, true);
    };
    return Trial.of(stage, { ...OPTIONS, prepare }, (trial) => tested(trial, loads)).finally(() => ended.abort());
  },
};

/** The application of those who take part says so of their events, as the answers say it. */
async function countUsers(stage: Stage, trial: Trial, loads: readonly Load[], signal: AbortSignal): Promise<void> {
  const { model, namespace } = stage.served;
  const [inside, outside] = [new Application(), new Application()];
  const samples = (at: number) => (): readonly Sample[] => loads[at]?.samples ?? [];
  inside.follow(samples(0), (version) => (version === trial.version ? BETTER : USUAL), signal);
  outside.follow(samples(1), () => ELSEWHERE, signal);
  const text = (): string => inside.text(model, `,audience="${AUDIENCE_HEADER.value}"`) + outside.text(model);
  await exported(stage.cluster.kube, { name: "shop", namespace, text }, signal);
}

async function tested(trial: Trial, loads: readonly Load[]): Promise<string> {
  await trial.untilWeight(50);
  await trial.untilWeight(JOINING[0]);
  const changes = trial.timeline.weightsSince(trial.began);
  const verdict = changes.find(({ weight }) => weight === JOINING[0])?.at ?? Number.NaN;
  const [inside = [], outside = []] = loads.map(({ samples }) => samples.filter(({ at }) => at < verdict));
  const result = await trial.untilPromoted();
  const half = shareWindows(inside, changes, trial.version, verdict).find(({ wanted }) => wanted === 50);
  const astray = outside.filter(({ version }) => version === trial.version).length;
  demand(
    half !== undefined && Math.abs(half.observed - 50) < 5,
    `half of the region must have the new version, ${half?.observed} % had`,
  );
  demand(
    outside.length > 0 && astray === 0,
    `nobody elsewhere may meet it before the verdict, ${astray} of ${outside.length} did`,
  );
  return `v${result.version} had ${half?.observed.toFixed(1)} % of the region and 0 of ${outside.length.toLocaleString("en")} elsewhere until the verdict, then all · ${demandUnharmed(result)}`;
}
