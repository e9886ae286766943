/** Functions that make one value of several series. */
export const AGGREGATIONS: ReadonlySet<string> = new Set([
  "sum",
  "avg",
  "count",
  "min",
  "max",
  "group",
  "stddev",
  "stdvar",
  "topk",
  "bottomk",
  "count_values",
  "quantile",
  "limitk",
  "limit_ratio",
]);

/** Functions of a range that say how its values change: they need two of them. */
export const CHANGES: ReadonlySet<string> = new Set([
  "rate",
  "irate",
  "increase",
  "delta",
  "idelta",
  "deriv",
  "predict_linear",
  "changes",
  "resets",
  "holt_winters",
  "double_exponential_smoothing",
]);

/** Functions of a range. */
export const RANGES: ReadonlySet<string> = new Set([
  ...CHANGES,
  ...["avg", "min", "max", "sum", "count", "quantile", "stddev", "stdvar", "last", "first", "present", "absent", "mad"].map(
    (name) => `${name}_over_time`,
  ),
  ...["ts_of_max", "ts_of_min", "ts_of_last", "ts_of_first"].map((name) => `${name}_over_time`),
]);
