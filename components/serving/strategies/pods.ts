import type { ServingNames } from "../names.ts";
import { accuracyLoss, inFlight } from "../pods-query.ts";
import { type Accuracy, accuracyLimits } from "./accuracy.ts";
import { NEW_PODS } from "./drift.ts";
import { type Asked, limited } from "./verdict.ts";

// What a release is watched by besides what its users meet: how busy the new servers are, and how often they are right.

export function saturationMetric(
  maxInFlight: number,
  asked: Asked & { windowSeconds: number },
  { name, namespace }: ServingNames,
) {
  const newPods = `{{args.${NEW_PODS.name}}}`;
  return limited("in-flight", maxInFlight, inFlight({ namespace, model: name, newPods }, asked.windowSeconds), asked);
}

export function accuracyMetric(accuracy: Accuracy, asked: Asked & { version: string }, { name, namespace }: ServingNames) {
  const { maxLoss, minLabels } = accuracyLimits(accuracy);
  const query = accuracyLoss({ namespace, model: name, version: asked.version, minLabels });
  return limited("accuracy-loss", maxLoss, query, asked);
}
