import { type Finding, unless } from "../../findings.ts";
import { secondsOf } from "../../kubernetes/duration.ts";
import { parsedQuery } from "../../promql/parse.ts";
import { shown, text } from "../../read.ts";
import type { Analysis, Measurement } from "./measurements.ts";
import { isOfOutcomes } from "./outcomes.ts";
import { secondsIn } from "./rollouts.ts";

/** Longest time between two measurements, and of what watches a release from its first user on, seconds. */
const SELDOM = 3600;
const WATCHES = 300;

/** Argo Rollouts measures once where the interval is nothing, and for ever in a step without `count`. */
export function unending({ metric, query, isPrometheus, place }: Measurement, { isBackground }: Analysis): Finding[] {
  const zero = /^0+(\.0*)?(ms|s|m|h)?$/;
  const interval = text(metric, "interval");
  const expression = isPrometheus ? parsedQuery(query) : undefined;
  // What users make of a version takes them days.
  const most = isBackground && !(expression && isOfOutcomes(expression)) ? WATCHES : SELDOM;
  const want = `at most ${most} s, or nothing is measured while users wait`;
  const count = text(metric, "count");
  return [
    ...["count", "interval"].flatMap((field) => {
      const got = text(metric, field) ?? "";
      return unless(!zero.test(got), { ...place(field), got, want: "more than 0" });
    }),
    ...unless(interval === undefined || secondsOf(interval) <= most, { ...place("interval"), got: interval ?? "", want }),
    ...unless(secondsIn(text(metric, "initialDelay") ?? "0") <= most, {
      ...place("initialDelay"),
      got: shown(metric["initialDelay"]),
      want,
    }),
    ...(isBackground
      ? unless(count === undefined || zero.test(count), {
          ...place("count"),
          got: count ?? "",
          want: "left out: what watches a release measures until its end",
        })
      : unless(interval === undefined || count !== undefined, {
          ...place("count"),
          got: "nothing",
          want: "a number of measurements, after which the step ends",
        })),
  ];
}
