// What people and machines do to a release that is under way.

import { setTimeout as sleep } from "node:timers/promises";
import { programsRunning } from "#toolchain/process-table";
import { PACE } from "../pace.ts";
import { demand, demandGood } from "../phases/releases.ts";
import { counted } from "../traffic/sample.ts";
import type { ScenarioName } from "./names.ts";
import { FEW, FEW_WEIGHTS } from "./new-version.ts";
import { scaleTo } from "./replicas.ts";
import { demandUnharmed, type Scenario } from "./scenario.ts";
import { shared } from "./shared.ts";
import { Trial } from "./trial.ts";

/** The share at which something happens to it. */
const MIDDLE = FEW_WEIGHTS[1];

/** Seconds after which no measurement sees the users of the trial before. */
const FORGOTTEN = PACE["windowSeconds"]! + 2 * PACE["scrapeSeconds"]!;

export const silent: Scenario = {
  summary: "without users a release waits for a person, and goes on once there are some and somebody says so",
  run: (stage) =>
    Trial.of(stage, { ...FEW, rate: 0, prepare: () => sleep(FORGOTTEN * 1_000) }, async (trial) => {
      await trial.until("a pause", 90, () => trial.waits);
      const weights = trial.timeline.weightsSince(trial.began).filter(({ weight }) => weight > 0);
      demand(weights.length === 0, "a version that nobody could measure must have no share");
      trial.send();
      await sleep(12_000);
      await trial.serve("promote", "users are back");
      await trial.untilWeight(5);
      await trial.serve("abort", "it goes on");
      return `paused without a share; went on once there were users · ${demandUnharmed(await trial.untilThrownOut())}`;
    }),
};

export const sparse: Scenario = {
  summary: "with too few users for a measurement a release gets no further",
  run: (stage) =>
    Trial.of(stage, { ...FEW, rate: 2 }, async (trial) => {
      await trial.until("a pause", 90, () => trial.waits);
      const highest = Math.max(0, ...trial.timeline.weightsSince(trial.began).map(({ weight }) => weight));
      demand(highest <= 5, `it must not get beyond its first share, it has ${highest} %`);
      const samples = await trial.stop();
      return `paused at ${highest} % · ${demandUnharmed(counted(samples))}`;
    }),
};

export const abort: Scenario = {
  summary: "a person who aborts in the soak gives all users back to the version before at once",
  run: (stage) =>
    Trial.of(stage, FEW, async (trial) => {
      await trial.untilWeight(100);
      await sleep(1_000);
      await trial.serve("abort", "chargebacks");
      const result = await trial.untilThrownOut();
      const { abortToLastAnswer = Number.NaN } = result;
      demand(abortToLastAnswer <= 5, `all users must be back within 5 s, the last answer came after ${abortToLastAnswer} s`);
      return `last answer of v${result.version} ${abortToLastAnswer.toFixed(2)} s after the abort · ${demandUnharmed(result)}`;
    }),
};

export const overtaken: Scenario = {
  summary:
    "a version that is released in the middle of another release begins at its first share, and the other one loses its users",
  run: (stage) =>
    Trial.of(stage, FEW, async (first) => {
      await first.untilWeight(5);
      await first.stop();
      return Trial.of(stage, FEW, async (second) => {
        const began = Date.now();
        await second.untilWeight(MIDDLE);
        await second.serve("abort", "it has got beyond its first share");
        const result = await second.untilThrownOut();
        const late = second.samples.filter(({ version, at }) => version === first.version && at > began + 15_000).length;
        demand(
          late === 0,
          `version ${first.version} must have no users once ${second.version} is released, ${late} requests reached it`,
        );
        demand(result.windows[0]?.wanted === 5, "the second version must begin at 5 %");
        return `v${second.version} got ${MIDDLE} % in the middle of v${first.version} · ${demandUnharmed(result)}`;
      });
    }),
};

/** Servers that an autoscaler asks for in the middle of a release: as many as dev allows. */
const SCALED = 4;

export const scaled: Scenario = {
  summary: "an autoscaler that doubles the servers in the middle of a release changes no share",
  run: (stage) =>
    Trial.of(stage, {}, async (trial) => {
      await trial.untilWeight(5);
      await scaleTo(stage, SCALED);
      const result = await trial.untilPromoted();
      demandGood(result);
      const { status } = trial.timeline.rollout;
      demand(status?.replicas >= SCALED, `there must be ${SCALED} servers, there are ${status?.replicas}`);
      const shares = result.windows.map(({ observed }) => observed.toFixed(1)).join(" · ");
      return `${SCALED} servers from 5 % on · served ${shares} % · ${demandUnharmed(result)}`;
    }),
};

export const destroyed: Scenario = {
  summary: "a destroy in the middle of a release leaves nothing, and everything comes up again",
  run: (stage) =>
    Trial.of(stage, FEW, async (trial) => {
      await trial.untilWeight(MIDDLE);
      await trial.stop();
      const { changes } = await stage.workspace.engine.destroy(`workloads-${stage.environment}`);
      const left = await stage.cluster.kube.find(`/api/v1/namespaces/${stage.served.namespace}`);
      demand(left === undefined, `the namespace ${stage.served.namespace} must be gone`);
      await trial.back();
      return `${changes.delete} deleted at ${MIDDLE} %, nothing left, and everything came up again`;
    }),
};

/** What an engine does to a stack. Each release begins with another one, so that three of them try each act at each share. */
const ACTS = ["preview", "up", "refresh"] as const;

export const preview: Scenario = {
  summary: "in the middle of a release a preview wants to change nothing, an `up` changes nothing, and a refresh finds nothing",
  run: (stage) =>
    Trial.of(stage, FEW, async (trial) => {
      const acted: string[] = [];
      for (const [at, weight] of FEW_WEIGHTS.entries()) {
        await trial.untilWeight(weight);
        const act = ACTS[(Number(trial.version) + at) % ACTS.length]!;
        const { changes } = await stage.workspace.engine[act](`workloads-${stage.environment}`);
        const wanted = changes.create + changes.update + changes.delete + changes.replace;
        demand(wanted === 0, `at ${weight} % '${act}' may change nothing, it does ${wanted} times`);
        acted.push(`${act} at ${weight} %`);
      }
      return `0 changes by ${acted.join(", ")} · ${demandUnharmed(await trial.untilPromoted())}`;
    }),
};

/** Parts of the platform, by the name of their process. */
const PARTS = { "Argo Rollouts": "rollouts-controller", istiod: "pilot-discovery", Prometheus: "prometheus" } as const;
type Part = keyof typeof PARTS;

/** In one release each part is killed, at a share of its own. Each release begins with another one, so that three of them kill each at each share. */
const disturbed = shared((stage) =>
  Trial.of(stage, FEW, async (trial) => {
    const killed = new Map<Part, string>();
    for (const [at, weight] of FEW_WEIGHTS.entries()) {
      const parts = Object.keys(PARTS) as Part[];
      const part = parts[(Number(trial.version) + at) % parts.length]!;
      await reached(trial, weight);
      const victims = programsRunning(PARTS[part]);
      demand(victims.length > 0, `${part} must run, no process is called ${PARTS[part]}`);
      victims.forEach((pid) => process.kill(pid, "SIGKILL"));
      killed.set(part, `${victims.length} killed at ${weight} %`);
    }
    await reached(trial);
    return { killed, result: await trial.untilPromoted() };
  }),
);

const killed = (part: Part, name: ScenarioName): Scenario => ({
  summary: `${part} is killed in the middle of a release: nobody meets an error, and the release ends well`,
  run: async (stage) => {
    const seen = await disturbed(stage, name);
    return `${seen.killed.get(part)} · ${demandUnharmed(seen.result)}`;
  },
});

export const controllerKilled = killed("Argo Rollouts", "controller-killed");
export const meshKilled = killed("istiod", "mesh-killed");
export const prometheusKilled = killed("Prometheus", "prometheus-killed");

/** Waits for a share, or for the end. A release that was disturbed may wait for a person, who goes on with it. */
async function reached(trial: Trial, weight?: number): Promise<void> {
  const there = (): boolean =>
    trial.done || (weight !== undefined && trial.timeline.weightsSince(trial.began).some((each) => each.weight >= weight));
  while (!there()) {
    await trial.until("the next step, or a pause", 240, () => there() || trial.waits || trial.aborted);
    demand(
      !trial.aborted,
      `version ${trial.version} must go on, it was taken back: ${trial.timeline.rollout["status"]?.message}`,
    );
    if (trial.waits && !there()) {
      await trial.serve("promote", "it is back");
      await trial.until("the end of the pause", 30, () => !trial.waits);
    }
  }
}
