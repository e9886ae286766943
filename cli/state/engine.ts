import { join } from "node:path";
import { createEngine, type Engine } from "#engine/engine";
import { PROJECT_FOLDER } from "#engine/project";
import { PROJECT } from "#promotion/program";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { interruption } from "../interrupt.ts";
import { homeFolder } from "../rehearsal.ts";

/** The engine on the stacks of an environment, with the program that is checked out. */
export const engineFor = (environment: EnvironmentName): Engine =>
  createEngine({
    project: process.env[PROJECT] || PROJECT_FOLDER,
    logs: join(homeFolder(), "logs", environment),
    signal: interruption(),
  });
