// The throwaway project folder in which the CLI works: the repository's program, with stack config of its own.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump, load } from "js-yaml";

/** What a rehearsal's project is made from. */
export interface ProjectOptions {
  /** Root of the repository. */
  readonly repository: string;

  /** Folder to make; what it held is removed. */
  readonly folder: string;

  /** Stacks whose plain config values are taken over, such as `foundation-dev`. */
  readonly stacks: readonly string[];

  /** Keys of the stack config that are not taken over. @default - all are */
  readonly without?: readonly string[];
}

/** A project made for a rehearsal. */
export interface Project {
  readonly folder: string;

  /** Keys of secrets, by stack: their values stay in the repository, the rehearsal must set others. */
  readonly secrets: Readonly<Record<string, readonly string[]>>;
}

/** Not part of a program, or written here. */
const LEFT_OUT = new Set(["Pulumi.yaml", "dist", "coverage", "config"]);

/** Makes the folder. Nothing that the CLI writes in it reaches the repository. */
export function createProject({ repository, folder, stacks, without = [] }: ProjectOptions): Project {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "config"), { recursive: true });
  for (const entry of readdirSync(repository).filter((name) => !name.startsWith(".") && !LEFT_OUT.has(name))) {
    symlinkSync(join(repository, entry), join(folder, entry));
  }
  const project = read(join(repository, "Pulumi.yaml"));
  writeFileSync(join(folder, "Pulumi.yaml"), dump({ ...project, stackConfigDir: "config" }));
  const configs = join(repository, (project["stackConfigDir"] as string | undefined) ?? ".");
  return {
    folder,
    secrets: Object.fromEntries(stacks.map((stack) => [stack, seed(stack, configs, join(folder, "config"), without)])),
  };
}

/** Takes over what is plain. The rest is encrypted for another backend and could not be read. */
function seed(stack: string, from: string, to: string, without: readonly string[]): string[] {
  const name = `Pulumi.${stack}.yaml`;
  if (!existsSync(join(from, name))) {
    return [];
  }
  const entries = Object.entries((read(join(from, name))["config"] ?? {}) as Record<string, unknown>);
  const plain = entries.filter(([key, value]) => !holdsSecret(value) && !without.includes(key));
  writeFileSync(join(to, name), dump({ config: Object.fromEntries(plain) }));
  return entries.filter(([, value]) => holdsSecret(value)).map(([key]) => key);
}

function holdsSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  return "secure" in value || Object.values(value).some(holdsSecret);
}

const read = (path: string): Record<string, unknown> => (load(readFileSync(path, "utf8")) ?? {}) as Record<string, unknown>;
