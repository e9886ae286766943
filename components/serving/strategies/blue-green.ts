import { oneOf, optional, type Shape } from "../../shape.ts";
import { given } from "../../validation.ts";
import type { ServingNames } from "../names.ts";
import { progressDeadline } from "../rollout.ts";
import { type Analysis, analysis, checkAnalysis } from "./analysis.ts";
import { soakSeconds, stageSeconds } from "./durations.ts";
import type { StrategyKind } from "./plan.ts";
import { rolloutStrategy } from "./rollout-strategy.ts";
import {
  alike,
  forceRoute,
  healthy,
  measurable,
  mirror,
  noMirror,
  podsFor,
  type Step,
  served,
  wait,
  waitForPerson,
} from "./steps.ts";
import { analysisTemplates } from "./templates.ts";

/**
 * The new version stands beside the old one at full size, answers copies of the users' requests, and then gets all users at once. The old
 * version stays at full size for the soak: until then an abort gives it all users back within a second or so.
 *
 * It takes twice the pods, and no user is the first to try the new version. A model whose requests change something must not be copied:
 * use a canary there.
 */
export interface BlueGreen {
  kind: "blueGreen";

  /**
   * How long the new version answers copies of the users' requests before it is judged, seconds. Their answers are thrown away. Not shorter
   * than the window of its measurements. @default 300
   */
  previewSeconds?: number;

  /** Who gives it the users once its answers were good: the measurements themselves, or a person (`millrace serve promote`). @default "measurements" */
  switchedBy?: "measurements" | "person";

  /** How long the old version stays at full size while the new one has all traffic: an abort is instant until then, seconds. @default 3600 */
  soakSeconds?: number;

  /** How long the old version's pods stay after the release is complete, seconds; see `Canary`. @default 600 */
  scaleDownDelaySeconds?: number;

  /** How the new version is measured, before the switch and after it. @default - the limits and times of `Analysis` */
  analysis?: Analysis;
}

export const blueGreenShape: Shape<Omit<BlueGreen, "kind">> = {
  previewSeconds: stageSeconds,
  switchedBy: optional(oneOf("measurements", "person")),
  soakSeconds,
  scaleDownDelaySeconds: stageSeconds,
  analysis: optional(analysis),
};

export const BLUE_GREEN_DEFAULTS = {
  previewSeconds: 300,
  switchedBy: "measurements",
  soakSeconds: 3_600,
  scaleDownDelaySeconds: 600,
} as const satisfies Omit<Required<BlueGreen>, "analysis" | "kind">;

export const blueGreen: StrategyKind<BlueGreen> = {
  check: ({ previewSeconds, analysis }, on) =>
    checkAnalysis(analysis, { argument: "previewSeconds", said: previewSeconds, usual: BLUE_GREEN_DEFAULTS.previewSeconds }, on),

  plan(strategy, { names, prometheusUrl, version, loadSeconds }) {
    const values = { ...BLUE_GREEN_DEFAULTS, ...given(strategy) };
    const { previewSeconds, soakSeconds, scaleDownDelaySeconds, analysis = {} } = values;
    const drift = analysis.drift !== undefined;
    const steps = blueGreenSteps({ ...values, drift }, names);
    return {
      analysisTemplates: analysisTemplates({ ...analysis, prometheusUrl, version }, names, previewSeconds),
      rollout: rolloutStrategy({ steps, oldPods: { scaleDownDelaySeconds } }, names),
      // Each gate may take as long as the preview. Nobody waits for a person by machine.
      longestSeconds: 4 * previewSeconds + progressDeadline(loadSeconds) + soakSeconds,
    };
  },
};

/** The switch is decided by what the new version answered to copies, and the end by what users met. */
function blueGreenSteps(
  {
    previewSeconds,
    switchedBy,
    soakSeconds,
    drift,
  }: Omit<Required<BlueGreen>, "analysis" | "kind" | "scaleDownDelaySeconds"> & {
    drift: boolean;
  },
  names: ServingNames,
): Step[] {
  return [
    measurable(names),
    podsFor(100),
    forceRoute(),
    mirror(),
    wait(previewSeconds),
    healthy(names),
    ...(drift ? [alike(names)] : []),
    // A person may take hours: what was good then is measured again.
    ...(switchedBy === "person" ? [waitForPerson(), healthy(names)] : []),
    noMirror(),
    { setWeight: 100 },
    wait(soakSeconds),
    healthy(names),
    served(100, 0, names),
  ];
}
