import { type Fault, unless } from "../../findings.ts";
import { boundsOf } from "../../kubernetes/scalers.ts";
import { at, bag, bags, isSet, number, numberOr, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";

/** Triggers that metrics-server answers: they know no fallback, and no value is no load of 0 there. */
const BY_USE = ["cpu", "memory"];

/** What is wrong with an object of KEDA that an autoscaler of Kubernetes does not have (KEDA documentation, "ScaledObject specification"). */
export const scaledObjectChecks = (scaler: Resource): (() => Fault[])[] => [
  () => paused(scaler),
  () => withoutFallback(scaler),
  () => blind(scaler),
];

const PAUSED = /^autoscaling\.keda\.sh\/paused/;

function paused({ inputs }: Resource): Fault[] {
  const keys = Object.keys(bag(inputs, "metadata", "annotations")).filter((key) => PAUSED.test(key));
  return keys.map((key) => ({
    property: `metadata.annotations.${key}`,
    got: shown(at(inputs, "metadata", "annotations", key)),
    want: "left out: a scaler that is paused adds no pods",
  }));
}

function withoutFallback(scaler: Resource): Fault[] {
  const spec = bag(scaler.inputs, "spec");
  if (!bags(spec, "triggers").some((trigger) => !BY_USE.includes(text(trigger, "type") ?? ""))) {
    return [];
  }
  if (!isSet(spec, "fallback")) {
    return [{ property: "spec.fallback", got: "nothing", want: "a number of pods for the time in which no trigger answers" }];
  }
  const { least, leastDefault } = boundsOf(scaler);
  const fewest = Math.max(1, numberOr(leastDefault, spec, least));
  const replicas = number(spec, "fallback", "replicas");
  return unless(replicas !== undefined && replicas >= fewest, {
    property: "spec.fallback.replicas",
    got: shown(replicas),
    want: `at least ${fewest}, which are always there`,
  });
}

/** KEDA takes an answer without a value for a load of 0, unless it is told otherwise. */
const blind = ({ inputs }: Resource): Fault[] =>
  bags(inputs, "spec", "triggers").flatMap((trigger, index) =>
    unless(text(trigger, "type") !== "prometheus" || text(trigger, "metadata", "ignoreNullValues") === "false", {
      property: `spec.triggers[${index}].metadata.ignoreNullValues`,
      got: shown(at(trigger, "metadata", "ignoreNullValues")),
      want: `"false": a Prometheus that knows nothing would be taken for a load of 0`,
    }),
  );
