// What an alarm of CloudWatch says of an endpoint of SageMaker.

import { type Fault, unless } from "../../findings.ts";
import { type Bag, bag, bags, isSet, number, text } from "../../read.ts";
import { type Resource, whenKnown } from "../../resource.ts";

export const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

/** Metrics that tell of a bad version, by what they are about (SageMaker developer guide, "Metrics"). */
export const SIGNALS = {
  errors: ["Invocation5XXErrors", "InvocationModelErrors"],
  latency: ["ModelLatency", "OverheadLatency"],
} as const;
export type Signal = keyof typeof SIGNALS;

/** One metric of an alarm: it has either one, or a list of them with a formula. */
interface Metric {
  path: string;
  said: Bag;
}

function metricsOf({ inputs }: Resource): Metric[] {
  const listed = bags(inputs, "metricQueries").flatMap((query, index): Metric[] =>
    isSet(query, "metric") ? [{ path: `metricQueries[${index}].metric.`, said: bag(query, "metric") }] : [],
  );
  return isSet(inputs, "metricName") ? [{ path: "", said: inputs }, ...listed] : listed;
}

/** What an alarm is about. */
export function signalsOf(alarm: Resource): Signal[] {
  const names = metricsOf(alarm).map(({ said }) => text(said, "metricName") ?? "");
  return (Object.keys(SIGNALS) as Signal[]).filter((signal) =>
    (SIGNALS[signal] as readonly string[]).some((metric) => names.includes(metric)),
  );
}

/** From the first bad minute until it fires, seconds, without the time in which metrics arrive. */
export const fireSeconds = (alarm: Resource): number =>
  (number(alarm.inputs, "datapointsToAlarm") ?? number(alarm.inputs, "evaluationPeriods") ?? 1) *
  Math.max(0, ...metricsOf(alarm).map(({ said }) => number(said, "period") ?? 60));

/** Microseconds: a millisecond, and the minute after which SageMaker ends a request. */
const LATENCY = { least: 1_000, most: 60_000_000 };

/** Why an alarm cannot end a release of this endpoint, or ends every one. */
export function faultsOfAlarm(alarm: Resource, endpoint: Resource): Fault[] {
  const { inputs } = alarm;
  const missing = text(inputs, "treatMissingData") ?? "missing";
  const threshold = number(inputs, "threshold");
  const isLatency = signalsOf(alarm).includes("latency");
  return [
    ...unless(missing === "missing", { resource: alarm, property: "treatMissingData", got: missing, want: MISSING }),
    ...unless(!isLatency || threshold === undefined || (threshold >= LATENCY.least && threshold <= LATENCY.most), {
      resource: alarm,
      property: "threshold",
      got: String(threshold),
      want: `from ${LATENCY.least} to ${LATENCY.most}: SageMaker tells of latency in microseconds`,
    }),
    ...metricsOf(alarm).flatMap((metric) => elsewhere(alarm, metric, endpoint)),
  ];
}

/**
 * `breaching` ends every release: there are no data before its first user. `ignore` keeps the alarm of the release before. `notBreaching`
 * says that all is well with a version that nobody has asked.
 */
const MISSING = "missing: a release begins without data, and without data nothing is known to be well";

/** An alarm on another endpoint, or on the instances of another configuration, sees nothing of a release. */
function elsewhere(resource: Resource, { path, said }: Metric, { inputs }: Resource): Fault[] {
  const wanted = {
    EndpointName: whenKnown(() => text(inputs, "name")),
    EndpointConfigName: whenKnown(() => text(inputs, "endpointConfigName")),
  };
  return Object.entries(wanted).flatMap(([dimension, want]) => {
    const got = whenKnown(() => text(said, "dimensions", dimension));
    // Without a configuration it is both versions together, of which the old one may hide the new one's faults but not all of them.
    const isLeftOut = dimension === "EndpointConfigName" && !isSet(said, "dimensions", dimension);
    const isUnknown = isSet(said, "dimensions", dimension) && got === undefined;
    return unless(isLeftOut || isUnknown || want === undefined || got === want, {
      resource,
      property: `${path}dimensions.${dimension}`,
      got: got ?? "nothing",
      want: `'${want}', which the endpoint is told`,
    });
  });
}
