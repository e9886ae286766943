// Adds the stable version of a model to the versions that have been stable in an environment:
//   kubectl -n models-<team> get rollout <model> -o json | npm run record:stable <env>

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { PROJECT_FOLDER } from "#engine/project";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import type { StableVersions } from "#stacks/inputs/stable-versions";
import { type Rollout, stableVersionOf, withVersion } from "./stable/version.ts";

await main(process.argv[2]).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 2;
});

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
