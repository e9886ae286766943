import * as z from "zod";
import { CONTAINERS } from "#components/serving/names";
import type { StableVersions } from "#stacks/inputs/stable-versions";

/** What is read of a Rollout. */
const ROLLOUT = z.object({
  kind: z.literal("Rollout"),
  metadata: z.object({ name: z.string(), generation: z.number() }),
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.array(
          z.object({
            name: z.string(),
            image: z.string(),
            env: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]),
          }),
        ),
      }),
    }),
  }),
  status: z
    .object({
      phase: z.string().optional(),
      observedGeneration: z.string().optional(),
      stableRS: z.string().optional(),
      currentPodHash: z.string().optional(),
    })
    .default({}),
});

const SOURCE = "kubectl -n models-<team> get rollout <model> -o json";

/**
 * The version that a Rollout has as its stable one.
 *
 * @param json the Rollout as kubectl prints it.
 * @throws {Error} when it is no Rollout, or is not complete: its version may still be thrown out.
 */
export function stableVersionOf(json: string): { model: string; version: StableVersions[string][number] } {
  const { metadata, spec, status } = rolloutIn(json);
  const { phase = "nothing", observedGeneration, stableRS, currentPodHash } = status;
  const seen = observedGeneration === String(metadata.generation);
  if (phase !== "Healthy" || !seen || stableRS === undefined || stableRS !== currentPodHash) {
    throw new Error(
      `'${metadata.name}' must be Healthy with all traffic, got '${phase}': record it when its release is complete`,
    );
  }
  const server = spec.template.spec.containers.find(({ name }) => name === CONTAINERS.server);
  const variable = (wanted: string): string => server?.env.find(({ name }) => name === wanted)?.value ?? "";
  const version = {
    version: variable("MODEL_VERSION"),
    sha256: variable("MODEL_SHA256"),
    image: server?.image.split("@")[1] ?? "",
  };
  return { model: metadata.name, version };
}

function rolloutIn(json: string): z.infer<typeof ROLLOUT> {
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch {
    throw new Error(
      `the input must be a Rollout as JSON, got ${json.trim() === "" ? "nothing" : "other text"}: pipe \`${SOURCE}\` into it`,
    );
  }
  const { data, error } = ROLLOUT.safeParse(content);
  if (error) {
    const [{ path, message }] = error.issues as [z.core.$ZodIssue];
    throw new Error(
      `the input must be a Rollout, got another object (${path.join(".")}: ${message}): pipe \`${SOURCE}\` into it`,
    );
  }
  return data;
}

/** @returns the record with the version added; itself where it has the version already. */
export function withVersion(record: StableVersions, model: string, version: StableVersions[string][number]): StableVersions {
  const before = record[model] ?? [];
  const known = before.some(({ sha256, image }) => sha256 === version.sha256 && image === version.image);
  return known ? record : { ...record, [model]: [...before, version] };
}
