// Labels come late, and say how often each version was right.

import { storeIn } from "../model-store/model-store.ts";
import { labelsFor } from "../model-store/train.ts";
import type { Sample } from "../traffic/sample.ts";
import { exported } from "./exporter.ts";
import { demandThrownOut, type Scenario } from "./scenario.ts";
import { Trial } from "./trial.ts";

/** How long after a prediction its label comes, milliseconds. */
const LATE = 3_000;
/** Loss of accuracy at which the version is thrown out: it needs 120 labels. */
const LOSS = 0.2;

export const accuracy: Scenario = {
  summary: "a version that predicts as many of each class as the old one, and mostly wrong, is thrown out once labels have come",
  run: async (stage) => {
    const { cluster, served, inside } = stage;
    const ended = new AbortController();
    const signal = AbortSignal.any([ended.signal, cluster.ended]);
    let seen = (): readonly Sample[] => [];
    const { model, namespace } = served;
    await exported(cluster.kube, { name: "quality", namespace, text: () => pushed(model, seen()) }, signal);
    const users = { labels: labelsFor(storeIn(inside.folder), model) };
    const prepare = (trial: Trial): void => {
      seen = () => trial.seen;
    };
    try {
      return await Trial.of(stage, { fault: "accuracy", users, declared: { maxAccuracyLoss: LOSS }, prepare }, async (trial) =>
        demandThrownOut(await trial.untilThrownOut(), "accuracy-loss"),
      );
    } finally {
      ended.abort();
    }
  },
};

/** What a quality job has pushed by now: the accuracy of each version, and of how many labels. */
export function pushed(model: string, samples: readonly Sample[], now = Date.now()): string {
  const labelled = samples.filter(({ at, right }) => right !== undefined && at <= now - LATE);
  return [...Map.groupBy(labelled, ({ version }) => version)]
    .map(([version, all]) => {
      const of = `{model="${model}",model_version="${version}",metric="accuracy"}`;
      const right = all.filter((each) => each.right).length;
      return `mlops_online_quality${of} ${right / all.length}\nmlops_online_quality_samples${of} ${all.length}\n`;
    })
    .join("");
}
