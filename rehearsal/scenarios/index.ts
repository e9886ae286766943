import { better, worse } from "./ab-test.ts";
import { ofAudience } from "./ab-test-audience.ts";
import { blueGreen, blueGreenBad } from "./blue-green.ts";
import {
  abort,
  controllerKilled,
  destroyed,
  meshKilled,
  overtaken,
  preview,
  prometheusKilled,
  scaled,
  silent,
  sparse,
} from "./interruptions.ts";
import { accuracy } from "./labels.ts";
import type { ScenarioName } from "./names.ts";
import { scarce, shrinking } from "./scarcity.ts";
import type { Scenario } from "./scenario.ts";
import { shadow, shadowDiffers } from "./shadow.ts";
import { forced, good, rollback, sticky } from "./users.ts";
import { again, crash, digest, drift, errors, latency, noisy } from "./versions.ts";

/** Each scenario, by its name. */
export const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = {
  good,
  rollback,
  errors,
  latency,
  noisy,
  drift,
  accuracy,
  crash,
  "wrong-digest": digest,
  again,
  "no-traffic": silent,
  "little-traffic": sparse,
  abort,
  overtaken,
  "forced-header": forced,
  sticky,
  "blue-green": blueGreen,
  "blue-green-bad": blueGreenBad,
  shadow,
  "shadow-differs": shadowDiffers,
  "ab-test": better,
  "ab-test-worse": worse,
  "ab-test-audience": ofAudience,
  scaled,
  "gpu-scarce": scarce,
  "gpu-shrinking": shrinking,
  preview,
  "controller-killed": controllerKilled,
  "mesh-killed": meshKilled,
  "prometheus-killed": prometheusKilled,
  destroyed,
};
