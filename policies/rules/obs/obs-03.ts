import { type Finding, ofEach, together, unless } from "../../findings.ts";
import { SERVES } from "../../kubernetes/labels.ts";
import { labelsOf, nameOf, namespaceOf, placeOf } from "../../kubernetes/objects.ts";
import { NAMESPACE, PROMETHEUS_RULE, ROLLOUT } from "../../kubernetes/types.ts";
import { podOf } from "../../kubernetes/workloads.ts";
import { hasKey } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { type Alert, alertsAmong, isAbout, readsNothing } from "./alerts.ts";
import { MONITORS, measures } from "./monitors.ts";

/** `serves` is the label of namespaces that hold model servers; `alerts` are what somebody must be called for, by name, and `critical` those at once. */
const WATCHED = {
  serves: SERVES,
  alerts: [
    "ModelLatencyHigh",
    "ModelErrorRateHigh",
    "ModelTrafficLost",
    "ModelMemoryHigh",
    "ModelReplicasExhausted",
    "ReleaseStuck",
    "ReleaseFailed",
    "DataDrift",
    "DriftCheckStale",
    "DriftCheckMissing",
    "ConceptDrift",
    "QualityMissing",
    "ServingMetricsMissing",
    "LatencyBucketMissing",
  ],
  // Users notice these at once. Somebody is woken up, who would read of a warning in the morning.
  critical: ["ModelLatencyHigh", "ModelErrorRateHigh", "ModelTrafficLost"],
};

export const OBS_03 = stackRule<typeof WATCHED>({
  id: "OBS-03",
  title: "A served model is measured, and somebody is called when it is slow, fails, gets no requests or drifts",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["NIST AI RMF MEASURE 2.4", "SOC2 CC7.2"],
  remediation:
    "Give the pods of the model a PodMonitor, and the model a PrometheusRule with these alerts, `severity: warning` or `critical`; slow answers, errors and lost requests are critical. `InferenceService` makes both.",
  parameters: { dev: WATCHED, staging: WATCHED, prod: WATCHED },
  // How others grade the alerts of their models is their decision.
  elsewhere: { ...WATCHED, critical: [] },
  types: [ROLLOUT, PROMETHEUS_RULE, ...MONITORS],
  relate: (resources, parameters) => {
    const serving = resources
      .filter(({ type }) => type === NAMESPACE)
      .filter((namespace) => hasKey(labelsOf(namespace), parameters.serves))
      .map(nameOf);
    // Without pods of its own a Rollout has nothing to measure.
    const models = resources.filter(
      (each) => each.type === ROLLOUT && serving.includes(namespaceOf(each)) && podOf(each) !== undefined,
    );
    return ofEach(models, (model) =>
      together(
        () => unmeasured(model, resources),
        () => unalerted(model, resources, parameters),
      ),
    );
  },
});

const unmeasured = (model: Resource, resources: readonly Resource[]): Finding[] =>
  unless(
    resources.some((each) => MONITORS.includes(each.type) && measures(each, model, resources)),
    { resource: model, property: "PodMonitor", got: "nothing", want: `one that selects the pods of '${placeOf(model)}'` },
  );

/** Told at the alerts of the model, so that an exception for one model is no exception for another. */
function unalerted(model: Resource, resources: readonly Resource[], { alerts: needed, critical }: typeof WATCHED): Finding[] {
  const [name, namespace] = [nameOf(model), namespaceOf(model)];
  const alerts = alertsAmong(resources).filter((each) => isAbout(each, { namespace, model: name }));
  const named = (each: string): Alert[] => alerts.filter((alert) => alert.name === each && !readsNothing(alert, resources));
  const missing = needed.filter((each) => named(each).length === 0);
  const late = critical.filter((each) => !missing.includes(each) && named(each).every(({ severity }) => severity !== "critical"));
  const own =
    alerts.find((each) => needed.includes(each.name))?.resource ??
    resources.find((each) => each.type === PROMETHEUS_RULE && namespaceOf(each) === namespace);
  const at = { resource: own ?? model, property: own === undefined ? "PrometheusRule" : "spec.groups" };
  return [
    ...unless(missing.length === 0, {
      ...at,
      got: `no ${missing.join(", ")}`,
      want: `alerts that call somebody about the model '${placeOf(model)}'`,
    }),
    ...unless(late.length === 0, {
      ...at,
      got: `no critical ${late.join(", ")}`,
      want: `critical where users of the model '${placeOf(model)}' notice at once`,
    }),
  ];
}
