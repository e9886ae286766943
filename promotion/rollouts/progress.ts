import * as z from "zod";
import { CONTAINERS } from "#components/serving/names";
import { kubectl } from "./kubectl.ts";

/** How a release of a model goes, by its Rollout. */
export interface RolloutProgress {
  state: "going" | "paused" | "stable" | "thrown out";
  /** Version that the Rollout is asked for. */
  version: string;
  /** Step of how many, where it is going. */
  step: string;
  /** Share of requests that the new version gets, percent. */
  weight: number;
  /** What the controller says. */
  message: string;
  /** The Rollout as kubectl prints it. */
  json: string;
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
    strategy: z.object({ canary: z.object({ steps: z.array(z.unknown()).default([]) }).optional() }).default({}),
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
      canary: z.object({ weights: z.object({ canary: z.object({ weight: z.number() }).optional() }).optional() }).optional(),
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
  const { metadata, spec, status } = ROLLOUT.parse(JSON.parse(json));
  const server = spec.template.spec.containers.find(({ name }) => name === CONTAINERS.server);
  const version = server?.env.findLast(({ name }) => name === "MODEL_VERSION")?.value ?? "";
  const { phase = "", message = "", abort = false, observedGeneration, stableRS, currentPodHash, currentStepIndex = 0 } = status;
  // Until the controller has seen the newest pointer it tells of the release before.
  const seen = observedGeneration === String(metadata.generation);
  const complete = seen && phase === "Healthy" && stableRS !== undefined && stableRS === currentPodHash;
  return {
    state: complete ? "stable" : seen && abort ? "thrown out" : seen && phase === "Paused" ? "paused" : "going",
    version,
    step: `${Math.min(currentStepIndex + 1, spec.strategy.canary?.steps.length ?? 0)} of ${spec.strategy.canary?.steps.length ?? 0}`,
    weight: status.canary?.weights?.canary?.weight ?? (complete ? 100 : 0),
    message: message.trim(),
    json,
  };
}
