// A share of the users has the new version, and what they make of it decides.

import type { AbTest } from "#components/serving/strategies/ab-test";
import { demand } from "../phases/releases.ts";
import { Application, EVENTS, untilRecorded } from "./application.ts";
import { exported } from "./exporter.ts";
import { demandThrownOut, demandUnharmed, type Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import { Trial } from "./trial.ts";
import { named } from "./users.ts";

/** Users, each of whom has one version all the time. */
const PEOPLE = 5_000;
/** Attempts from which on harm is looked for: enough to see that less than half as many succeed. */
const FEW_ATTEMPTS = 400;
/** Requests a second. */
const RATE = 120;
/** Of ten attempts with the old version one succeeds. */
const USUAL = 0.1;

export const better: Scenario = {
  summary: "A/B test: a version of which users make more gets all of them, once chance does not explain the difference",
  run: (stage) =>
    tested(stage, { successes: 0.15 }, async (trial) => {
      const result = await trial.untilPromoted();
      const half = result.windows.find(({ wanted }) => wanted === 50);
      demand(half !== undefined, "half of the users must have had the new version");
      return `v${result.version} had ${half?.observed.toFixed(1)} % of ${half?.total.toLocaleString("en")} for the test, then all · ${demandUnharmed(result)}`;
    }),
};

export const worse: Scenario = {
  summary: "A/B test: a version of which users make far less loses them before the test ends",
  run: (stage) =>
    tested(stage, { successes: 0.04, minAttempts: FEW_ATTEMPTS }, async (trial) =>
      demandThrownOut(await trial.untilThrownOut(), "outcomes-harm"),
    ),
};

/** A trial whose users succeed so often with the new version. */
async function tested(
  stage: Stage,
  { successes, ...test }: { successes: number } & Pick<AbTest, "minAttempts">,
  during: (trial: Trial) => Promise<string>,
): Promise<string> {
  const { cluster, served } = stage;
  const users = named(PEOPLE);
  const ended = new AbortController();
  const signal = AbortSignal.any([ended.signal, cluster.ended]);
  const application = new Application();
  const { model, namespace } = served;
  await exported(cluster.kube, { name: "shop", namespace, text: () => application.text(model) }, signal);
  const prepare = async (trial: Trial): Promise<void> => {
    application.follow(
      () => trial.seen,
      (version) => (version === trial.version ? successes : USUAL),
      signal,
    );
    await stage.workspace.engine.up(`workloads-${stage.environment}`);
    await untilRecorded(stage);
  };
  try {
    return await Trial.of(stage, { declared: { abTest: { outcomes: EVENTS, ...test } }, rate: RATE, users, prepare }, during);
  } finally {
    ended.abort();
  }
}
