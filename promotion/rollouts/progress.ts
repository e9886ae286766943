import * as z from "zod";
import { CONTAINERS } from "#components/serving/names";
import { kubectl, understood } from "./kubectl.ts";

/** How a release of a model goes, by its Rollout. */
export interface RolloutProgress {
  /** `paused`: it waits for a person. The time of a step is no pause. */
  state: "going" | "paused" | "stable" | "thrown out";
  /** Version that the Rollout is asked for. */
  version: string;
  /** What it does at present, where it is going or paused. */
  step: ReleaseStep;
  /** Share of requests that the new version gets, percent. */
  weight: number;
  /** What the controller says. */
  message: string;
  /** The Rollout as kubectl prints it. */
  json: string;
}

/** A step of a release. */
export interface ReleaseStep {
  number: number;
  of: number;
  what: "starts pods" | "opens the forced route" | "serves" | "measures" | "waits for a person";
  /** Since when, and for how long in all, seconds; where it has a time. */
  since?: number;
  for?: number;
}

const ROLLOUT = z.object({
  metadata: z.object({ generation: z.number() }),
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.array(
          z.object({ name: z.string(), env: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]) }),
        ),
      }),
    }),
    strategy: z
      .object({ canary: z.object({ steps: z.array(z.record(z.string(), z.unknown())).default([]) }).optional() })
      .default({}),
  }),
  status: z
    .object({
      phase: z.string().optional(),
      message: z.string().optional(),
      abort: z.boolean().optional(),
      observedGeneration: z.string().optional(),
      stableRS: z.string().optional(),
      currentPodHash: z.string().optional(),
      currentStepIndex: z.number().optional(),
      pauseConditions: z.array(z.object({ reason: z.string(), startTime: z.string() })).nullish(),
      canary: z.object({ weights: z.object({ canary: z.object({ weight: z.number() }).optional() }).nullish() }).optional(),
    })
    .default({}),
});

/**
 * How the release of a model goes.
 *
 * @throws {MachineError} when the cluster does not answer.
 */
export async function progressOf(namespace: string, model: string): Promise<RolloutProgress> {
  const json = await kubectl("-n", namespace, "get", "rollout", model, "-o", "json");
  return progressIn(json);
}

/** @param json the Rollout as kubectl prints it. */
export function progressIn(json: string): RolloutProgress {
  const { metadata, spec, status } = understood(json, ROLLOUT);
  const server = spec.template.spec.containers.find(({ name }) => name === CONTAINERS.server);
  const version = server?.env.findLast(({ name }) => name === "MODEL_VERSION")?.value ?? "";
  const { phase = "", message = "", abort = false, observedGeneration, stableRS, currentPodHash } = status;
  // Until the controller has seen the newest pointer it tells of the release before.
  const seen = observedGeneration === String(metadata.generation);
  const complete = seen && phase === "Healthy" && stableRS !== undefined && stableRS === currentPodHash;
  const step = stepOf(spec.strategy.canary?.steps ?? [], status);
  const paused = seen && phase === "Paused" && step.what === "waits for a person";
  return {
    state: complete ? "stable" : seen && abort ? "thrown out" : paused ? "paused" : "going",
    version,
    step,
    weight: status.canary?.weights?.canary?.weight ?? (complete ? 100 : 0),
    message: message.trim(),
    json,
  };
}

/** A release waits for a person where nothing else ends its pause: no measurement could be made, or a step has no time. */
function stepOf(
  steps: readonly Record<string, unknown>[],
  { currentStepIndex: at = 0, pauseConditions }: z.infer<typeof ROLLOUT>["status"],
): ReleaseStep {
  const place = { number: Math.min(at + 1, steps.length), of: steps.length };
  const step = steps[at] ?? {};
  const pause = pauseConditions?.[0];
  const since = pause && { since: (Date.now() - Date.parse(pause.startTime)) / 1_000 };
  const duration = secondsIn((step["pause"] as { duration?: string | number } | undefined)?.duration);
  if (pause !== undefined && (pause.reason !== "CanaryPauseStep" || duration === undefined)) {
    return { ...place, what: "waits for a person", ...since };
  }
  if ("pause" in step) {
    return { ...place, what: "serves", ...since, ...(duration !== undefined && { for: duration }) };
  }
  const what = "analysis" in step ? "measures" : "setHeaderRoute" in step ? "opens the forced route" : "serves";
  return { ...place, what: "setCanaryScale" in step ? "starts pods" : what };
}

const UNITS: Record<string, number> = { "": 1, s: 1, m: 60, h: 3_600 };

/** A time as Argo Rollouts writes it: `30`, `"30s"`, `"5m"`. */
function secondsIn(duration: string | number | undefined): number | undefined {
  const [, number, unit = ""] = /^(\d+)([smh]?)$/.exec(String(duration ?? "")) ?? [];
  return number === undefined ? undefined : Number(number) * UNITS[unit]!;
}
