// A share of the users has the new version, and what they make of it decides.

import { setTimeout as sleep } from "node:timers/promises";
import { demand } from "../phases/releases.ts";
import { Application, EVENTS } from "./application.ts";
import { exported } from "./exporter.ts";
import { demandThrownOut, demandUnharmed, type Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import { Trial, type TrialOptions } from "./trial.ts";
import { named } from "./users.ts";

/** Users, each of whom has one version all the time. */
const PEOPLE = 5_000;
const OPTIONS: TrialOptions = { declared: { abTest: { outcomes: EVENTS } }, rate: 120 };
/** Of ten attempts with the old version one succeeds. */
const USUAL = 0.1;
/** Seconds in which Prometheus has found the application, and scraped it twice. */
const FOUND = 20;

export const better: Scenario = {
  summary: "A/B test: a version of which users make more gets all of them, once chance does not explain the difference",
  run: (stage) =>
    tested(stage, 0.15, async (trial) => {
      const result = await trial.untilPromoted();
      const half = result.windows.find(({ wanted }) => wanted === 50);
      demand(half !== undefined, "half of the users must have had the new version");
      return `v${result.version} had ${half?.observed.toFixed(1)} % of ${half?.total.toLocaleString("en")} for the test, then all · ${demandUnharmed(result)}`;
    }),
};

export const worse: Scenario = {
  summary: "A/B test: a version of which users make far less loses them before the test ends",
  run: (stage) => tested(stage, 0.04, async (trial) => demandThrownOut(await trial.untilThrownOut(), "outcomes-harm")),
};

/** A trial whose users succeed so often with the new version. */
async function tested(stage: Stage, successes: number, during: (trial: Trial) => Promise<string>): Promise<string> {
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
    // As a team declares a test before the first release that it judges: Prometheus has loaded its rule by then.
    await stage.workspace.engine.up(`workloads-${stage.environment}`);
    await sleep(FOUND * 1_000);
  };
  try {
    return await Trial.of(stage, { ...OPTIONS, users, prepare }, during);
  } finally {
    ended.abort();
  }
}
