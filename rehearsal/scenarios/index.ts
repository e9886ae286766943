import {
  abort,
  controllerKilled,
  meshKilled,
  overtaken,
  preview,
  prometheusKilled,
  rollback,
  silent,
  sparse,
} from "./interruptions.ts";
import type { Scenario } from "./scenario.ts";
import { forced, sticky } from "./users.ts";
import { again, crash, digest, drift, errors, good, latency } from "./versions.ts";

/** What is tried on releases of the first model, by name (`--scenario`), in the order in which it is tried. */
export const SCENARIOS = {
  good,
  errors,
  drift,
  latency,
  crash,
  "wrong-digest": digest,
  again,
  "no-traffic": silent,
  "little-traffic": sparse,
  abort,
  overtaken,
  rollback,
  "forced-header": forced,
  sticky,
  preview,
  "controller-killed": controllerKilled,
  "mesh-killed": meshKilled,
  "prometheus-killed": prometheusKilled,
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;

/** Every name, in that order. */
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as ScenarioName[];
