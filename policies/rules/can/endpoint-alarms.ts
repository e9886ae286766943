// What an alarm of CloudWatch says of an endpoint of SageMaker.

import { type Fault, type Finding, together, unless } from "../../findings.ts";
import { type Bag, bag, bags, flag, isSet, number, shown, text } from "../../read.ts";
import { type Resource, whenKnown } from "../../resource.ts";
import { valueOf } from "./metric-math.ts";

export const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

/** Metrics that tell of a bad version, by what they are about (SageMaker developer guide, "Metrics"). */
export const SIGNALS = {
  errors: ["Invocation5XXErrors", "InvocationModelErrors"],
  latency: ["ModelLatency"],
} as const;
export type Signal = keyof typeof SIGNALS;

/** A minute of a version: its requests, the share of errors, and how long all answers take, microseconds. */
interface Minute {
  requests: number;
  errors: number;
  latency: number;
}

/** A minute with many requests, all of them well. A millisecond is less than any model is asked for. */
const GOOD: Minute = { requests: 10_000, errors: 0, latency: 1_000 };

/** Minutes that no alarm may overlook: what is too much is that of the rules for canaries; SageMaker ends a request after 60 seconds. */
const BAD: Readonly<Record<Signal, Minute>> = {
  errors: { ...GOOD, errors: 0.3 },
  latency: { ...GOOD, latency: 59_999_999 },
};

const WANTED: Readonly<Record<Signal, string>> = {
  errors: "one that 30 % of errors pass, and none do not",
  latency: "one that a minute passes, and a millisecond does not: SageMaker tells of latency in microseconds",
};

/** One metric of an alarm: it has either one, or a list of them with a formula. */
interface Metric {
  path: string;
  said: Bag;
}

/** Metrics that make the value of an alarm: those that its expression reads, and no other of its list. */
function metricsOf({ inputs }: Resource): Metric[] {
  if (isSet(inputs, "metricName")) {
    return [{ path: "", said: inputs }];
  }
  const queries = bags(inputs, "metricQueries");
  const read = (query: Bag | undefined, above: readonly Bag[] = []): Metric[] => {
    if (query === undefined || above.includes(query)) {
      return [];
    }
    if (isSet(query, "metric")) {
      return [{ path: `metricQueries[${queries.indexOf(query)}].metric.`, said: bag(query, "metric") }];
    }
    const ids = (text(query, "expression") ?? "").match(/\b[a-z]\w*/g) ?? [];
    return ids.flatMap((id) =>
      read(
        queries.find((each) => text(each, "id") === id),
        [...above, query],
      ),
    );
  };
  return [...new Map(read(returned(queries)).map((each) => [each.path, each])).values()];
}

const returned = (queries: readonly Bag[]): Bag | undefined => queries.find((query) => flag(query, "returnData") === true);

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

/** The value that an alarm compares in such a minute; `NaN` where nobody can tell. */
function valueIn(minute: Minute, { inputs }: Resource): number {
  if (isSet(inputs, "metricName")) {
    return measured(minute, inputs, text(inputs, "statistic") ?? text(inputs, "extendedStatistic"));
  }
  const queries = bags(inputs, "metricQueries");
  const ofQuery = (query: Bag | undefined, above: readonly Bag[]): number => {
    if (query === undefined || above.includes(query)) {
      return Number.NaN;
    }
    return isSet(query, "metric")
      ? measured(minute, bag(query, "metric"), text(query, "metric", "stat"))
      : valueOf(text(query, "expression") ?? "", (id) =>
          ofQuery(
            queries.find((each) => text(each, "id") === id),
            [...above, query],
          ),
        );
  };
  return ofQuery(returned(queries), []);
}

/** Statistics of single answers from which the bad ones can be told. */
const isOfAnswers = (stat: string): boolean =>
  ["Average", "Maximum"].includes(stat) || Number(/^p(\d+(\.\d+)?)$/.exec(stat)?.[1]) >= 50;

/** What CloudWatch says of a metric. Errors are 0 or 1 of each request. */
function measured({ requests, errors, latency }: Minute, metric: Bag, stat = ""): number {
  const name = text(metric, "metricName") ?? "";
  const is = (names: readonly string[]): boolean => names.includes(name);
  if (is(SIGNALS.latency)) {
    return isOfAnswers(stat) ? latency : stat === "SampleCount" ? requests : Number.NaN;
  }
  const of: Record<string, number> = is(SIGNALS.errors)
    ? { Sum: requests * errors, Average: errors, SampleCount: requests }
    : name === "Invocations"
      ? { Sum: requests, Average: 1, SampleCount: requests }
      : {};
  return of[stat] ?? Number.NaN;
}

/** Why an alarm cannot end a release of this endpoint, or ends every one. */
export function faultsOfAlarm(alarm: Resource, endpoint: Resource, variants: readonly string[]): Finding[] {
  const { inputs } = alarm;
  return together(
    () => {
      const missing = text(inputs, "treatMissingData") ?? "missing";
      return unless(missing === "missing", { resource: alarm, property: "treatMissingData", got: missing, want: MISSING });
    },
    () => blind(alarm),
    ...metricsOf(alarm).map((metric) => () => elsewhere(alarm, metric, endpoint, variants)),
  );
}

/** An alarm that a bad version does not set off, or that a good one does. */
function blind(alarm: Resource): Fault[] {
  const { inputs } = alarm;
  const operator = text(inputs, "comparisonOperator") ?? "";
  if (!["GreaterThanThreshold", "GreaterThanOrEqualToThreshold"].includes(operator)) {
    const want = "GreaterThanThreshold or GreaterThanOrEqualToThreshold";
    return [{ resource: alarm, property: "comparisonOperator", got: shown(operator), want }];
  }
  const threshold = number(inputs, "threshold") ?? Number.NaN;
  const fires = (minute: Minute): boolean => {
    const value = valueIn(minute, alarm);
    return operator === "GreaterThanThreshold" ? value > threshold : value >= threshold;
  };
  return signalsOf(alarm).flatMap((signal) =>
    unless(fires(BAD[signal]) && !fires(GOOD), {
      resource: alarm,
      property: "threshold",
      got: Number.isNaN(valueIn(BAD[signal], alarm))
        ? `${shown(inputs["threshold"])}, and no value to compare with it`
        : shown(inputs["threshold"]),
      want: WANTED[signal],
    }),
  );
}

/**
 * `breaching` ends every release: there are no data before its first user. `ignore` keeps the alarm of the release before. `notBreaching`
 * says that all is well with a version that nobody has asked.
 */
const MISSING = "missing: a release begins without data, and without data nothing is known to be well";

/** An alarm on another endpoint, or on the instances of another configuration, sees nothing of a release. */
function elsewhere(resource: Resource, { path, said }: Metric, { inputs }: Resource, variants: readonly string[]): Fault[] {
  const namespace = whenKnown(() => text(said, "namespace") ?? "");
  const variant = whenKnown(() => text(said, "dimensions", "VariantName") ?? "");
  const isVariant = variant === undefined || (variants.length === 0 ? variant !== "" : variants.includes(variant));
  const wanted = {
    EndpointName: whenKnown(() => text(inputs, "name")),
    EndpointConfigName: whenKnown(() => text(inputs, "endpointConfigName")),
  };
  const places = Object.entries(wanted).flatMap(([dimension, want]) => {
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
  return [
    ...unless(namespace === undefined || namespace === "AWS/SageMaker", {
      resource,
      property: `${path}namespace`,
      got: shown(namespace),
      want: "AWS/SageMaker",
    }),
    ...unless(isVariant, {
      resource,
      property: `${path}dimensions.VariantName`,
      got: shown(variant),
      want: variants.length === 0 ? "a variant of the endpoint" : variants.map((name) => `'${name}'`).join(" or "),
    }),
    ...places,
  ];
}
