import { exactly, latest } from "../../promql.ts";
import type { RuleGroup } from "./rule.ts";

/** Age of a row without a prediction above which the stream is late, seconds: a rolling update and a rebalance take less. */
const LATE_SECONDS = 300;

/** Share of the records that may be dead letters: a few are the producer's own, more are a change that somebody made. */
const MOST_DEAD = 0.01;

/** Labels that name a stream and its model; its pods, partitions and versions change. */
const STREAM = "namespace, app, model";

const counted = (series: string): string => `sum by (${STREAM}) (rate(${series}[30m]))`;

/** Predictions for streams that come late or not at all (docs/model-server.md, "Streams"). */
export const streams: RuleGroup = {
  name: "millrace-streams",
  rules: [
    {
      alert: "StreamLagging",
      // A source that does not answer counts as late from its last answer on, so that this fires, too.
      expr: `max by (${STREAM}) (${latest("stream_lag_seconds")}) > ${LATE_SECONDS}`,
      for: "10m",
      keep_firing_for: "5m",
      labels: { severity: "critical", category: "infrastructure" },
      annotations: {
        summary: `{{ $labels.app }} predicts late`,
        description: `A row of {{ $labels.namespace }}/{{ $labels.app }} has waited for {{ $value | humanizeDuration }}.`,
      },
    },
    {
      alert: "DeadLetters",
      expr: `${exactly(`${counted("stream_dead_letters_total")} / (${counted("stream_rows_total")} + ${counted("stream_dead_letters_total")})`)} > ${MOST_DEAD}`,
      for: "5m",
      keep_firing_for: "15m",
      labels: { severity: "warning", category: "infrastructure" },
      annotations: {
        summary: `{{ $labels.app }} cannot predict many of its records`,
        description: `{{ $value | humanizePercentage }} of the records of {{ $labels.namespace }}/{{ $labels.app }} went to its dead letters in 30 minutes.`,
      },
    },
  ],
};
