// What a version is like, and what its release must make of it.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { demand, demandGood } from "../phases/releases.ts";
import { counted } from "../traffic/sample.ts";
import { demandThrownOut, demandUnharmed, type Scenario } from "./scenario.ts";
import { shared } from "./shared.ts";
import type { Stage } from "./stage.ts";
import { Trial, type TrialOptions } from "./trial.ts";

const raising = shared((stage) => Trial.of(stage, { fault: "errors" }, (trial) => trial.untilThrownOut()));

export const errors: Scenario = {
  summary: "a version that raises on 30 % of the rows is thrown out by its share of errors",
  run: async (stage) => demandThrownOut(await raising(stage, "errors"), "error-share"),
};

export const latency: Scenario = {
  summary: "a version of which 30 % of the answers take 400 ms longer is thrown out by its share of slow answers",
  run: (stage) =>
    Trial.of(stage, { fault: "latency" }, async (trial) => demandThrownOut(await trial.untilThrownOut(), "slow-share", true)),
};

/** A server answers one request at a time: with more of them, answers would wait for those that take longer, and the version would be slow. */
const NOISY_RATE = 150;

export const noisy: Scenario = {
  summary: "a version of which some answers take longer, as those of a busy server do, takes over all the same",
  run: (stage) =>
    Trial.of(stage, { fault: "noise", rate: NOISY_RATE }, async (trial) => {
      const result = await trial.untilPromoted();
      demandGood(result);
      return `v${result.version} took over · ${demandUnharmed(result)}`;
    }),
};

export const drift: Scenario = {
  summary: "a version that gives every row the same chances is thrown out by the drift of its predictions",
  run: (stage) =>
    Trial.of(stage, { fault: "drift" }, async (trial) => demandThrownOut(await trial.untilThrownOut(), "prediction-drift")),
};

export const crash: Scenario = {
  summary: "a version that cannot be loaded gets no user, and keeps nobody from being served",
  run: (stage) => neverServed(stage, { fault: "crash" }, /cannot be loaded/),
};

export const digest: Scenario = {
  summary: "files that are not those of the release are not served: the pod never starts",
  run: (stage) => neverServed(stage, { sha256: "0".repeat(64) }, /the release names 0{64}/),
};

export const again: Scenario = {
  summary: "a version that was thrown out and is released again is measured again in full",
  run: async (stage) => {
    const { version } = await raising(stage, "again");
    return Trial.of(stage, { version, prepare: (trial) => trial.back() }, async (trial) => {
      const second = await trial.untilThrownOut();
      const first = second.windows[0]?.wanted;
      demand(first === 5, `it must begin again at 5 %, it began at ${first} %`);
      return `the second time: ${demandThrownOut(second, "error-share")}`;
    });
  },
};

/** Seconds after which a pod that cannot serve has said so, at most, and in which one that can has users. */
const SAID = 60;
const READY = 8;

/** A version whose pods do not become ready: they say why, and it has no user. */
function neverServed(stage: Stage, options: TrialOptions, why: RegExp): Promise<string> {
  return Trial.of(stage, options, async (trial) => {
    await trial.until("its pods to say why", SAID, () => why.test(saidByPods(stage, trial.began)));
    await sleep(READY * 1_000);
    const samples = await trial.stop();
    const met = samples.filter(({ version }) => version === trial.version).length;
    demand(met === 0, `version ${trial.version} must have no user, ${met} requests reached it`);
    return `v${trial.version} had no user, and its pods say why · ${demandUnharmed(counted(samples))}`;
  });
}

/** What the containers of the model's pods have said since a moment, milliseconds since the epoch. */
function saidByPods({ inside, served }: Stage, since: number): string {
  const folder = join(inside.folder, "pods");
  const logs = readdirSync(folder).filter(
    (name) => name.startsWith(`${served.namespace}-${served.model}-`) && name.endsWith(".log"),
  );
  const recent = logs.map((name) => join(folder, name)).filter((file) => statSync(file).mtimeMs > since);
  return recent.map((file) => readFileSync(file, "utf8")).join("");
}
