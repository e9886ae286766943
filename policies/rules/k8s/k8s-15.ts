import { type Finding, together, unless } from "../../findings.ts";
import { behaviorOf, boundsOf, SCALED_OBJECT, SCALERS } from "../../kubernetes/scalers.ts";
import { at, type Bag, bag, bags, isSet, number, numberOr, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { scaledObjectChecks } from "./scaled-object.ts";

interface Load {
  /** Highest share of what pods request at which a scaler may wait, per cent. */
  utilization: number;
  /** Longest time for which it may wait before it adds pods, seconds. */
  seconds: number;
}
const EARLY: Load = { utilization: 90, seconds: 300 };

export const K8S_15 = rule<Load>({
  id: "K8S-15",
  title: "A scaler can add pods, and adds them before those that run are overloaded",
  severity: "medium",
  levels: levels("–/A/M"),
  frameworks: ["SOC2 A1.1"],
  remediation:
    'Set `maxReplicas` above `minReplicas`, and a target of 50 to 80 per cent of what a pod requests. Leave `behavior.scaleUp` out. Give a ScaledObject a `fallback`, and its Prometheus triggers `ignoreNullValues: "false"`.',
  parameters: { dev: EARLY, staging: EARLY, prod: EARLY },
  types: SCALERS,
  check: (scaler, load) => {
    const spec = bag(scaler.inputs, "spec");
    return together(
      () => room(scaler, spec),
      ...targetsOf(spec).map(
        ([path, holder]) =>
          () =>
            lateTarget(holder, path, load),
      ),
      () => blockedGrowth(scaler, load),
      ...(scaler.type === SCALED_OBJECT ? scaledObjectChecks(scaler) : []),
    );
  },
});

function room(scaler: Resource, spec: Bag): Finding[] {
  const { least, leastDefault, most, mostDefault } = boundsOf(scaler);
  const [fewest, highest] = [numberOr(leastDefault, spec, least), number(spec, most) ?? mostDefault];
  return unless(highest !== undefined && highest > fewest, {
    property: `spec.${most}`,
    got: shown(at(spec, most)),
    want: `more than ${least}, ${shown(at(spec, least) ?? leastDefault)}`,
  });
}

/** Where each version of the API says at which load pods are added. */
function targetsOf(spec: Bag): [path: string, holder: Bag][] {
  return [
    ["spec.targetCPUUtilizationPercentage", { averageUtilization: spec["targetCPUUtilizationPercentage"] }],
    ...bags(spec, "metrics").flatMap((metric, index): [string, Bag][] =>
      ["resource", "containerResource"].flatMap((kind): [string, Bag][] => [
        [`spec.metrics[${index}].${kind}.target.averageUtilization`, bag(metric, kind, "target")],
        [
          `spec.metrics[${index}].${kind}.targetAverageUtilization`,
          { averageUtilization: at(metric, kind, "targetAverageUtilization") },
        ],
      ]),
    ),
    // KEDA says the type of a target beside the trigger.
    ...bags(spec, "triggers").flatMap((trigger, index): [string, Bag][] =>
      text(trigger, "metricType") === "Utilization"
        ? [[`spec.triggers[${index}].metadata.value`, { averageUtilization: at(trigger, "metadata", "value") }]]
        : [],
    ),
  ];
}

function lateTarget(holder: Bag, property: string, { utilization }: Load): Finding[] {
  const got = number(holder, "averageUtilization");
  return unless(!isSet(holder, "averageUtilization") || (got !== undefined && got > 0 && got <= utilization), {
    property,
    got: shown(at(holder, "averageUtilization")),
    want: `from 1 to ${utilization} per cent`,
  });
}

function blockedGrowth(scaler: Resource, { seconds }: Load): Finding[] {
  const { path, behavior } = behaviorOf(scaler);
  const growth = bag(behavior, "scaleUp");
  const waits = numberOr(0, growth, "stabilizationWindowSeconds");
  return [
    ...unless(text(growth, "selectPolicy") !== "Disabled", {
      property: `${path}.scaleUp.selectPolicy`,
      got: "Disabled",
      want: "Max or Min: pods must be added when they are needed",
    }),
    ...unless(waits <= seconds, {
      property: `${path}.scaleUp.stabilizationWindowSeconds`,
      got: shown(waits),
      want: `at most ${seconds}`,
    }),
  ];
}
