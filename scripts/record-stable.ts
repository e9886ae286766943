// Adds the stable version of a model to the versions that have been stable in an environment:
//   kubectl -n models-<team> get rollout <model> -o json | npm run record:stable <env>

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { PROJECT_FOLDER } from "#engine/project";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { models } from "#stacks/inputs/models";
import { checkedRecord, readRecord } from "#stacks/inputs/stable-versions";
import { stableVersionOf, withVersion } from "./stable/version.ts";

await main(process.argv[2]).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 2;
});

async function main(environment: string | undefined): Promise<void> {
  if (!(ENVIRONMENTS as readonly string[]).includes(environment ?? "")) {
    throw new Error(`the environment must be one of ${ENVIRONMENTS.join(", ")}, got '${environment ?? "nothing"}'`);
  }
  const file = FILES.stable(environment as EnvironmentName);
  const record = readRecord(environment as EnvironmentName);
  const { model, version } = stableVersionOf(await text(process.stdin));
  if (!Object.hasOwn(models, model)) {
    throw new Error(`metadata.name must be a model of ${FILES.models} (${Object.keys(models).join(", ")}), got '${model}'`);
  }
  const after = checkedRecord(file, withVersion(record, model, version));
  const path = join(PROJECT_FOLDER, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(after, undefined, 2)}\n`);
  console.log(`${file}: ${model} ${version.version}`);
}
