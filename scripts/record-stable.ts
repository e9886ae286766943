// Adds the stable version of a model to the versions that have been stable in an environment:
//   kubectl -n models-<team> get rollout <model> -o json | node scripts/record-stable.ts <env>

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { CONTAINERS } from "#components/serving/names";
import { PROJECT_FOLDER } from "#engine/project";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import type { StableVersions } from "#stacks/inputs/stable-versions";

/** What is read of a Rollout. */
interface Rollout {
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

async function main(environment: string | undefined): Promise<void> {
  if (!(ENVIRONMENTS as readonly string[]).includes(environment ?? "")) {
    throw new Error(`the environment must be one of ${ENVIRONMENTS.join(", ")}, got '${environment ?? "nothing"}'`);
  }
  const rollout = JSON.parse(await text(process.stdin)) as Rollout;
  const file = FILES.stable(environment as EnvironmentName);
  const path = join(PROJECT_FOLDER, file);
  const record = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as StableVersions) : {};
  const version = stableVersionOf(rollout);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(withVersion(record, rollout.metadata.name, version), undefined, 2)}\n`);
  console.log(`${file}: ${rollout.metadata.name} ${version.version}`);
}

if (import.meta.main) {
  await main(process.argv[2]).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 2;
  });
}
