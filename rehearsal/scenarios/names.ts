/** What is tried on releases of the first model (`--scenario`), in the order in which it is tried. */
export const SCENARIO_NAMES = [
  "good",
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
  "rollback",
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
<<<<<<< HEAD
=======
  "gpu-scarce",
  "gpu-shrinking",
>>>>>>> 09b0159ef9d0736e835bbab2b0a22377bb4990ee
  "preview",
  "controller-killed",
  "mesh-killed",
  "prometheus-killed",
  "destroyed",
  // The last: the version that stays asks for a GPU.
  "gpu-scarce",
] as const;

export type ScenarioName = (typeof SCENARIO_NAMES)[number];
