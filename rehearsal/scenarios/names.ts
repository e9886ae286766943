/** What is tried on releases of the first model (`--scenario`), in the order in which it is tried. */
export const SCENARIO_NAMES = [
  "good",
  // It goes back from the good one.
  "rollback",
  "errors",
  "latency",
  "noisy",
  "drift",
  "accuracy",
  "crash",
  "wrong-digest",
  "again",
  "no-traffic",
  "little-traffic",
  "abort",
  "overtaken",
  "forced-header",
  "sticky",
  "blue-green",
  "blue-green-bad",
  "shadow",
  "shadow-differs",
  "ab-test",
  "ab-test-worse",
  "ab-test-audience",
  "scaled",
  "preview",
  "controller-killed",
  "mesh-killed",
  "prometheus-killed",
  "destroyed",
  // The last: the versions that stay ask for a GPU.
  "gpu-scarce",
  "gpu-shrinking",
] as const;

export type ScenarioName = (typeof SCENARIO_NAMES)[number];
