// Adds the stable version of a model to the versions that have been stable in an environment:
//   kubectl -n models-<team> get rollout <model> -o json | npm run record:stable <env>
// Exit codes: 0 added, or already there; 2 refused, nothing changed.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { text } from "node:stream/consumers";
import { problemOf, withVersion } from "#promotion/rollouts/record";
import { stableVersionOf } from "#promotion/rollouts/version";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { models } from "#stacks/inputs/models";
import { readHistory } from "#stacks/inputs/releases/history";
import { placeOf } from "#stacks/inputs/releases/read";
import { bytesThatWereStable, readRecord } from "#stacks/inputs/stable-versions";

await main(process.argv[2]).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 2;
});

async function main(environment: string | undefined): Promise<void> {
  if (!isEnvironment(environment)) {
    throw new Error(`the environment must be one of ${ENVIRONMENTS.join(", ")}, got '${environment ?? "nothing"}'`);
  }
  const record = readRecord(environment);
  const stable = stableVersionOf(await text(process.stdin));
  const known = { models, releases: readHistory(stable.model), stable: bytesThatWereStable() };
  const problem = problemOf(stable, environment, known);
  if (problem !== undefined) {
    throw new Error(problem);
  }
  const file = FILES.stable(environment);
  const after = withVersion(record, stable);
  if (after === record) {
    console.log(`${file}: nothing new, it has ${stable.model} ${stable.version.version} already`);
    return;
  }
  const path = placeOf(file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(after, undefined, 2)}\n`);
  const { version, sha256, image } = stable.version;
  console.log(`${file}: added ${stable.model} ${version}, sha256 ${sha256}, image ${image}`);
}

function isEnvironment(name: string | undefined): name is EnvironmentName {
  return (ENVIRONMENTS as readonly (string | undefined)[]).includes(name);
}
