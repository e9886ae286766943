import * as z from "zod";
import { CONTAINERS } from "#components/serving/names";
import { jsonOf } from "#stacks/inputs/json-fault";
import type { StableVersions } from "#stacks/inputs/stable-versions";
import { inWords, pathOf } from "#stacks/wording";

const LABELS = z.record(z.string(), z.string()).default({});

/** What is read of a Rollout. */
const ROLLOUT = z.object({
  kind: z.literal("Rollout"),
  metadata: z.object({
    name: z.string(),
    namespace: z.string().optional(),
    generation: z.number(),
    resourceVersion: z.string().optional(),
    labels: LABELS,
  }),
  spec: z.object({
    template: z.object({
      metadata: z.object({ labels: LABELS }).default({ labels: {} }),
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

/** A version that a Rollout has as its stable one. */
export interface StableVersion {
  model: string;
  namespace: string | undefined;
  version: StableVersions[string][number];
  /** What the Rollout says of where it runs: text by the key that has it. */
  says: Readonly<Record<string, string>>;
}

/**
 * The version that a Rollout has as its stable one.
 *
 * @param json the Rollout as kubectl prints it.
 * @throws {Error} when it is no Rollout, or is not complete: its version may still be thrown out.
 */
export function stableVersionOf(json: string): StableVersion {
  const rollout = rolloutIn(json);
  const { metadata, spec, status } = rollout;
  const { phase = "nothing", observedGeneration, stableRS, currentPodHash } = status;
  const seen = observedGeneration === String(metadata.generation);
  if (phase !== "Healthy" || !seen || stableRS === undefined || stableRS !== currentPodHash) {
    throw new Error(
      `'${metadata.name}' must be Healthy with all traffic, got '${phase}': record it when its release is complete`,
    );
  }
  const server = spec.template.spec.containers.find(({ name }) => name === CONTAINERS.server);
  const variable = (wanted: string): string => server?.env.findLast(({ name }) => name === wanted)?.value ?? "";
  const version = {
    version: variable("MODEL_VERSION"),
    sha256: variable("MODEL_SHA256"),
    image: server?.image.split("@")[1] ?? "",
  };
  return { model: metadata.name, namespace: metadata.namespace, version, says: saidBy(rollout) };
}

/** What a Rollout says of where it runs, and what changes with every change of it. @param json the Rollout as kubectl prints it. */
export function identityOf(json: string): Pick<StableVersion, "says"> & { resourceVersion: string | undefined } {
  const rollout = rolloutIn(json);
  return { says: saidBy(rollout), resourceVersion: rollout.metadata.resourceVersion };
}

function saidBy({ metadata, spec }: z.infer<typeof ROLLOUT>): StableVersion["says"] {
  const server = spec.template.spec.containers.find(({ name }) => name === CONTAINERS.server);
  const labels = { ...metadata.labels, ...spec.template.metadata.labels };
  return Object.fromEntries([
    ...Object.entries(labels).map(([key, value]) => [`label ${key}`, value]),
    ...(server?.env ?? []).map(({ name, value = "" }) => [name, value]),
    ["image", server?.image ?? ""],
  ]);
}

function rolloutIn(json: string): z.infer<typeof ROLLOUT> {
  let content: unknown;
  try {
    content = jsonOf(json);
  } catch {
    throw new Error(
      `the input must be a Rollout as JSON, got ${json.trim() === "" ? "nothing" : "other text"}: pipe \`${SOURCE}\` into it`,
    );
  }
  const { data, error } = ROLLOUT.safeParse(content, { error: inWords });
  if (error) {
    const [{ path, message }] = error.issues as [z.core.$ZodIssue];
    throw new Error(`the input must be a Rollout, got another object (${pathOf(path)} ${message}): pipe \`${SOURCE}\` into it`);
  }
  return data;
}
