import { latest } from "../../promql.ts";
import type { RuleGroup } from "./rule.ts";

/** Share of a view's `ttl` after which it is stale: the other half is left to act, before its values are not served any more. */
const STALE_SHARE = 0.5;

const VIEW = "namespace, feature_view";

const TTL = `max by (${VIEW}) (${latest("millrace_feature_view_ttl_seconds")})`;
/** Of several replicas the one that has seen the newest run. */
const AGE = `min by (${VIEW}) (${latest("feast_feature_freshness_seconds")})`;

/** Features that are served and not renewed (docs/guides/features.md). */
export const features: RuleGroup = {
  name: "millrace-features",
  rules: [
    {
      alert: "FeaturesStale",
      // A view that was never materialized has no age.
      expr: `${AGE} > on (${VIEW}) ${STALE_SHARE} * ${TTL} or ${TTL} unless on (${VIEW}) ${AGE}`,
      // The first materialization comes with the schedule, at the latest after an hour by default.
      for: "90m",
      labels: { severity: "warning", category: "infrastructure" },
      annotations: {
        summary: `The features {{ $labels.feature_view }} are not renewed`,
        description: `Half of the time for which values of {{ $labels.feature_view }} may be served has passed since they were renewed, or they never were.`,
      },
    },
  ],
};
