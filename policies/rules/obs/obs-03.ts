import { type Finding, ofEach, together, unless } from "../../findings.ts";
import { SERVES } from "../../kubernetes/labels.ts";
import { labelsOf, nameOf, namespaceOf, placeOf } from "../../kubernetes/objects.ts";
import { NAMESPACE, PROMETHEUS_RULE, ROLLOUT } from "../../kubernetes/types.ts";
import { podOf } from "../../kubernetes/workloads.ts";
import { hasKey } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { alertsAmong, isAbout, readsNothing } from "./alerts.ts";
import { MONITORS, measures } from "./monitors.ts";

/** `serves` is the label of namespaces that hold model servers; `alerts` are what somebody must be called for, by name. */
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
};

export const OBS_03 = stackRule<typeof WATCHED>({
  id: "OBS-03",
  title: "A served model is measured, and somebody is called when it is slow, fails, gets no requests or drifts",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["NIST AI RMF MEASURE 2.4", "SOC2 CC7.2"],
  remediation:
    "Give the pods of the model a PodMonitor, and the model a PrometheusRule with these alerts, `severity: warning` or `critical`. `InferenceService` makes both.",
  parameters: { dev: WATCHED, staging: WATCHED, prod: WATCHED },
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
        () => unalerted(model, resources, parameters.alerts),
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
function unalerted(model: Resource, resources: readonly Resource[], needed: readonly string[]): Finding[] {
  const [name, namespace] = [nameOf(model), namespaceOf(model)];
  const alerts = alertsAmong(resources).filter((each) => isAbout(each, { namespace, model: name }));
  const missing = needed.filter((each) => !alerts.some((alert) => alert.name === each && !readsNothing(alert, resources)));
  const own =
    alerts.find((each) => needed.includes(each.name))?.resource ??
    resources.find((each) => each.type === PROMETHEUS_RULE && namespaceOf(each) === namespace);
  return unless(missing.length === 0, {
    resource: own ?? model,
    property: own === undefined ? "PrometheusRule" : "spec.groups",
    got: `no ${missing.join(", ")}`,
    want: `alerts that call somebody about the model '${placeOf(model)}'`,
  });
}
