// No GPU is left for a new version.

import { setTimeout as sleep } from "node:timers/promises";
import { API } from "#components/versions";
import { whyUnplaced } from "../cluster/nodes/unplaced.ts";
import { demand } from "../phases/releases.ts";
import { until } from "../until.ts";
import { FEW, FEW_WEIGHTS } from "./new-version.ts";
import { scaleTo } from "./replicas.ts";
import { demandUnharmed, type Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import { Trial } from "./trial.ts";

const POOL = "inference";
/** One server with a GPU: both versions may have one in dev. */
const SERVING = { gpus: 1, minReplicas: 1, maxReplicas: 1 };
/** GPUs that the pool may have. */
const GPUS = 2;
/** Seconds for which a pod without a GPU must wait without harm. */
const WAITS = 8;

export const scarce: Scenario = {
  summary: "a version for which no GPU is left waits without users, and takes over once there is one",
  run: async (stage) => {
    try {
      await scaleTo(stage, SERVING.maxReplicas);
      return await Trial.of(stage, { ...FEW, serving: SERVING, prepare: () => noneLeft(stage) }, async (trial) => {
        const { found: why } = await until("a pod without a GPU", 60, () => pending(stage));
        await sleep(WAITS * 1_000);
        const weights = trial.timeline.weightsSince(trial.began).filter(({ weight }) => weight > 0);
        demand(weights.length === 0, "a version without a server must have no share");
        const began = Date.now();
        await limit(stage, GPUS);
        const result = await trial.untilPromoted();
        const seconds = ((Date.now() - began) / 1_000).toFixed(0);
        return `v${result.version} waited without users (${why}); took over ${seconds} s after there were GPUs · ${demandUnharmed(result)}`;
      });
    } finally {
      await limit(stage, GPUS);
    }
  },
};

export const shrinking: Scenario = {
  summary: "with scarceGpus no old pod is left in the soak: an abort waits until one has loaded, and no request fails meanwhile",
  run: async (stage) => {
    await scaleTo(stage, SERVING.maxReplicas);
    return Trial.of(
      stage,
      { serving: SERVING, declared: { canary: { weights: [...FEW_WEIGHTS], scarceGpus: true } } },
      async (trial) => {
        await trial.untilWeight(100);
        await until("the end of the old pods", 30, async () => ((await versionsWithPods(stage)) === 1 ? true : undefined));
        await trial.serve("abort", "chargebacks");
        await trial.until(
          "all users back",
          120,
          () => trial.aborted && trial.timeline.weightsSince(trial.began).at(-1)?.weight === 0,
        );
        const result = await trial.untilThrownOut();
        const { abortToLastAnswer = Number.NaN } = result;
        return `no old pod in the soak · last answer of v${result.version} ${abortToLastAnswer.toFixed(1)} s after the abort, when an old one had loaded · ${demandUnharmed(result)}`;
      },
    );
  },
};

/** Versions of the model that are asked to have pods. */
async function versionsWithPods({ cluster, served: { namespace, model } }: Stage): Promise<number> {
  const { items } = await cluster.kube.get(`/apis/apps/v1/namespaces/${namespace}/replicasets?labelSelector=app%3D${model}`);
  return (items as { spec: { replicas: number } }[]).filter(({ spec }) => spec.replicas > 0).length;
}

/** How many GPUs the pool of model servers may have: an account without quota, or a region without capacity, ends alike. */
async function limit({ cluster }: Stage, gpus: number): Promise<void> {
  await cluster.kube.merge(`/apis/${API.karpenter}/nodepools/${POOL}`, { spec: { limits: { "nvidia.com/gpu": String(gpus) } } });
}

/** Lets the pool start no more nodes, and waits for the end of those that a release before this one has left without a server. */
async function noneLeft(stage: Stage): Promise<void> {
  const { cluster, served } = stage;
  await limit(stage, 0);
  await until("the end of GPU nodes without a server", 120, async () => {
    const [nodes, pods] = await Promise.all([
      cluster.kube.get(`/api/v1/nodes?labelSelector=karpenter.sh%2Fnodepool%3D${POOL}`),
      cluster.kube.get(`/api/v1/namespaces/${served.namespace}/pods`),
    ]);
    const used = new Set((pods["items"] as { spec: { nodeName?: string } }[]).map(({ spec }) => spec.nodeName));
    const idle = (nodes["items"] as { metadata: { name: string } }[]).filter(({ metadata }) => !used.has(metadata.name));
    return idle.length === 0 ? true : undefined;
  });
}

/** The scheduler's words about a pod of the model that has no node. */
async function pending({ cluster, served: { namespace, model } }: Stage): Promise<string | undefined> {
  const { items } = await cluster.kube.get(`/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${model}`);
  return (items as Parameters<typeof whyUnplaced>[0][]).map(whyUnplaced).find((said) => said !== undefined);
}
