// Where the Pulumi project lies.

import { join } from "node:path";

/** Folder of the Pulumi project: the root of the repository, with `Pulumi.yaml`, `stacks/config` and `releases`. */
export const PROJECT_FOLDER = join(import.meta.dirname, "..");
