/** What is tried on releases of the first model (`--scenario`), in the order in which it is tried. */
export const SCENARIO_NAMES = [
  "good",
  "errors",
  "latency",
  "drift",
  "crash",
  "wrong-digest",
  "again",
  "no-traffic",
  "little-traffic",
  "abort",
  "overtaken",
  "rollback",
  "forced-header",
  "sticky",
  "blue-green",
  "blue-green-bad",
  "shadow",
  "shadow-differs",
  "scaled",
  "preview",
  "controller-killed",
  "mesh-killed",
  "prometheus-killed",
  "destroyed",
] as const;

export type ScenarioName = (typeof SCENARIO_NAMES)[number];
