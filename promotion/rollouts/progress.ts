import * as z from "zod";
import { CONTAINERS, type ServingNames, servingNames } from "#components/serving/names";
import { kubectl, understood } from "./kubectl.ts";

/** How a release of a model goes, by its Rollout. */
export interface RolloutProgress {
  /** `paused`: it waits for a person. The time of a step is no pause. `stuck`: it does not go on, and `message` says why. */
  state: "going" | "paused" | "stuck" | "stable" | "thrown out";
  /** Version that the Rollout is asked for. */
  version: string;
  /** What it does at present, where it is going or paused. */
  step: ReleaseStep;
  /** Share of requests that the new version gets, percent. */
  weight: number;
  /** What the controller says. */
  message: string;
}

/** A step of a release. */
export interface ReleaseStep {
  number: number;
  of: number;
  what: "starts pods" | "opens the forced route" | "serves" | "measures" | "waits for a person";
  /** Whether it waits because an A/B test was undecided: a person decides instead. */
  undecided?: true;
  /** Since when, and for how long in all, seconds; where it has a time. */
  since?: number;
  for?: number;
}

const ROLLOUT = z.object({
  metadata: z.object({ generation: z.number(), name: z.string().default(""), namespace: z.string().default("") }),
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.array(
          z.object({ name: z.string(), env: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]) }),
        ),
      }),
    }),
    paused: z.boolean().nullish(),
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
 * How the release of a model goes, with the Rollout as kubectl prints it.
 *
 * @throws {MachineError} when the cluster does not answer.
 */
export async function progressOf(namespace: string, model: string): Promise<RolloutProgress & { json: string }> {
  const json = await kubectl("-n", namespace, "get", "rollout", model, "-o", "json");
  return { ...progressIn(json), json };
}

/** @param rollout the Rollout, or its JSON. */
export function progressIn(rollout: unknown): RolloutProgress {
  const { metadata, spec, status } = understood(rollout, ROLLOUT);
  const server = spec.template.spec.containers.find(({ name }) => name === CONTAINERS.server);
  const version = server?.env.findLast(({ name }) => name === "MODEL_VERSION")?.value ?? "";
  const { phase = "", message = "", abort = false, observedGeneration, stableRS, currentPodHash } = status;
  // Until the controller has seen the newest pointer it tells of the release before.
  const seen = observedGeneration === String(metadata.generation);
  const complete = seen && phase === "Healthy" && stableRS !== undefined && stableRS === currentPodHash;
  const step = stepOf(spec.strategy.canary?.steps ?? [], status, servingNames(metadata.name, metadata.namespace));
  const stuck = spec.paused === true || (seen && ["Degraded", "Error", "Invalid", "InvalidSpec"].includes(phase));
  const paused = seen && phase === "Paused" && step.what === "waits for a person";
  return {
    state: complete ? "stable" : seen && abort ? "thrown out" : stuck ? "stuck" : paused ? "paused" : "going",
    version,
    step,
    weight: status.canary?.weights?.canary?.weight ?? (complete ? 100 : 0),
    message: spec.paused === true ? "somebody has set spec.paused" : message.trim() || phase,
  };
}

/** A release waits for a person where nothing else ends its pause: no measurement could be made, or a step has no time. */
function stepOf(
  steps: readonly Record<string, unknown>[],
  { currentStepIndex: at = 0, pauseConditions }: z.infer<typeof ROLLOUT>["status"],
  { verdict }: ServingNames,
): ReleaseStep {
  const place = { number: Math.min(at + 1, steps.length), of: steps.length };
  const step = steps[at] ?? {};
  const pause = pauseConditions?.[0];
  const began = Date.parse(pause?.startTime ?? "");
  const since = Number.isNaN(began) ? {} : { since: Math.max(0, (Date.now() - began) / 1_000) };
  const duration = secondsIn((step["pause"] as { duration?: string | number } | undefined)?.duration);
  if (pause !== undefined && (pause.reason !== "CanaryPauseStep" || duration === undefined)) {
    const { templates = [] } = (step["analysis"] ?? {}) as { templates?: { templateName?: string }[] };
    const undecided = templates.some(({ templateName }) => templateName === verdict);
    return { ...place, what: "waits for a person", ...since, ...(undecided && { undecided }) };
  }
  if ("pause" in step) {
    return { ...place, what: "serves", ...since, ...(duration !== undefined && { for: duration }) };
  }
  const what = "analysis" in step ? "measures" : "setHeaderRoute" in step ? "opens the forced route" : "serves";
  return { ...place, what: "setCanaryScale" in step ? "starts pods" : what };
}

const UNITS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3_600 };

/** A time as Argo Rollouts takes it: `30`, `"30s"`, `"1h30m"`. */
function secondsIn(duration: string | number | undefined): number | undefined {
  const text = /^\d+$/.test(String(duration)) ? `${duration}s` : String(duration);
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smh])/g)];
  return parts.length === 0 || parts.map(([whole]) => whole).join("") !== text
    ? undefined
    : parts.reduce((sum, [, number, unit]) => sum + Number(number) * UNITS[unit!]!, 0);
}
