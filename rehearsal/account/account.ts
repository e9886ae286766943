import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Names } from "#simulation/aws/account";
import { LAYERS } from "#stacks/contracts";
import { configFile } from "#stacks/inputs/config-file";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { resourcesOf, type StateResource } from "../state.ts";
import { type Changes, readChanges } from "./changes.ts";

/** Variable with the environment that is rehearsed: whose account the credentials of a rehearsal are of. */
export const ENVIRONMENT = "MILLRACE_REHEARSAL_ENVIRONMENT";
/** Variable with the file of names that the simulated AWS keeps, in the folder of the rehearsal. */
export const NAMES = "MILLRACE_REHEARSAL_NAMES";

/** The account of an environment as the simulated AWS has made it so far. */
export interface SimulatedAccount {
  /** 12 digits. */
  id: string;
  /** Region in which everything is. */
  region: string;
  now: Date;
  changes: Changes;
  /** Names of a type of resource that are in use. They outlive their resource where AWS's do. */
  names: (type: string) => string[];
  /** What there is of a type of resource. */
  made: (type: string) => StateResource[];
}

/** The account of the rehearsal that this process runs in. @throws {Error} outside a rehearsal, or where its file of changes is wrong. */
export function accountHere(variables: NodeJS.ProcessEnv, now: Date): SimulatedAccount {
  const environment = ENVIRONMENTS.find((name) => name === variables[ENVIRONMENT]);
  const file = variables[NAMES];
  if (environment === undefined || file === undefined) {
    throw new Error(
      `this 'aws' is the stand-in of a rehearsal and must be called inside one: ${ENVIRONMENT} and ${NAMES} are not set`,
    );
  }
  return accountIn(dirname(file), file, environment, now);
}

function accountIn(folder: string, file: string, environment: EnvironmentName, now: Date): SimulatedAccount {
  const config = configFile(FILES.config("foundation", environment));
  const names = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Names) : {};
  const resources = LAYERS.flatMap((layer) => resourcesOf(folder, `${layer}-${environment}`));
  return {
    id: String(config["millrace:account"]),
    region: String(config["millrace:region"]),
    now,
    changes: readChanges(folder),
    names: (type) => Object.keys(names[type] ?? {}),
    made: (type) => resources.filter((each) => each.type === type && each.delete !== true),
  };
}
