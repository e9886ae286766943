import { CONTAINERS } from "#components/serving/names";
import type { StableVersions } from "#stacks/inputs/stable-versions";

/** What is read of a Rollout. */
export interface Rollout {
  metadata: { name: string; generation: number };
  spec: { template: { spec: { containers: { name: string; image: string; env: { name: string; value: string }[] }[] } } };
  status?: { phase?: string; observedGeneration?: string; stableRS?: string; currentPodHash?: string };
}

/**
 * The version that a Rollout has as its stable one.
 *
 * @throws {Error} when the Rollout is not complete: its version may still be thrown out.
 */
export function stableVersionOf({ metadata, spec, status = {} }: Rollout): StableVersions[string][number] {
  const { phase = "nothing", observedGeneration, stableRS, currentPodHash } = status;
  const seen = String(observedGeneration) === String(metadata.generation);
  if (phase !== "Healthy" || !seen || stableRS === undefined || stableRS !== currentPodHash) {
    throw new Error(
      `'${metadata.name}' must be Healthy with all traffic, got '${phase}': record it when its release is complete`,
    );
  }
  const server = spec.template.spec.containers.find(({ name }) => name === CONTAINERS.server);
  const variable = (wanted: string): string => server?.env.find(({ name }) => name === wanted)?.value ?? "";
  return {
    version: variable("MODEL_VERSION"),
    sha256: variable("MODEL_SHA256"),
    image: server?.image.split("@")[1] ?? "",
  };
}

/** @returns the record with the version added; itself where it has the version already. */
export function withVersion(record: StableVersions, model: string, version: StableVersions[string][number]): StableVersions {
  const before = record[model] ?? [];
  const known = before.some(({ sha256, image }) => sha256 === version.sha256 && image === version.image);
  return known ? record : { ...record, [model]: [...before, version] };
}
