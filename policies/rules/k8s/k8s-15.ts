import { type Finding, together, unless } from "../../findings.ts";
import { at, type Bag, bag, bags, isSet, number, numberOr, shown, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const SCALERS = ["v1", "v2", "v2beta1", "v2beta2"].map((version) => `kubernetes:autoscaling/${version}:HorizontalPodAutoscaler`);

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
    "Set `maxReplicas` above `minReplicas`, and a target of 50 to 80 per cent of what a pod requests. Leave `behavior.scaleUp` out.",
  parameters: { dev: EARLY, staging: EARLY, prod: EARLY },
  types: SCALERS,
  check: ({ inputs }, load) => {
    const spec = bag(inputs, "spec");
    return together(
      () => {
        const [least, most] = [numberOr(1, spec, "minReplicas"), number(spec, "maxReplicas")];
        return unless(most !== undefined && most > least, {
          property: "spec.maxReplicas",
          got: shown(at(spec, "maxReplicas")),
          want: `more than minReplicas, ${shown(at(spec, "minReplicas") ?? 1)}`,
        });
      },
      ...targetsOf(spec).map(
        ([path, holder]) =>
          () =>
            lateTarget(holder, path, load),
      ),
      () => blockedGrowth(bag(spec, "behavior", "scaleUp"), load),
    );
  },
});

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

function blockedGrowth(growth: Bag, { seconds }: Load): Finding[] {
  const waits = numberOr(0, growth, "stabilizationWindowSeconds");
  return [
    ...unless(text(growth, "selectPolicy") !== "Disabled", {
      property: "spec.behavior.scaleUp.selectPolicy",
      got: "Disabled",
      want: "Max or Min: pods must be added when they are needed",
    }),
    ...unless(waits <= seconds, {
      property: "spec.behavior.scaleUp.stabilizationWindowSeconds",
      got: shown(waits),
      want: `at most ${seconds}`,
    }),
  ];
}
