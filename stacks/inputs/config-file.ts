import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { PROJECT_FOLDER } from "#engine/project";

/**
 * What a stack config file says below `config`, full key → value; nothing where there is no file.
 *
 * @param name path from the root of the repository.
 * @throws {pulumi.RunError} when the file is not YAML.
 */
export function configFile(name: string): Record<string, unknown> {
  const path = join(PROJECT_FOLDER, name);
  if (!existsSync(path)) {
    return {};
  }
  try {
    return (parse(readFileSync(path, "utf8")) as { config?: Record<string, unknown> } | null)?.config ?? {};
  } catch (error) {
    const [first = ""] = (error as Error).message.split("\n");
    throw new pulumi.RunError(`${name} must be YAML, got '${first.replace(/:$/, "")}': restore it with git checkout ${name}`);
  }
}
