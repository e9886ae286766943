import { cpSync } from "node:fs";
import { join } from "node:path";
import { createEngine, type Engine, type PolicyPack } from "#engine/engine";
import type { ResourceProgress } from "#engine/events";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { readPlatformRelease, readPointer } from "#stacks/inputs/releases/read";
import type { PlatformRelease } from "#stacks/inputs/releases/schema";
import { demandDigest } from "./candidates.ts";
import type { Ledger } from "./ledger/ledger.ts";
import type { Change, LedgerRecord } from "./ledger/record.ts";
import { runsNow } from "./ledger/runs.ts";
import { ownFolder } from "./own-folder.ts";
import { foldersOf } from "./program.ts";
import { pointAtAll } from "./releases/write.ts";
import { subjectOf } from "./subjects.ts";

/** An environment that is promoted to, and everything that is needed to act on it. */
export interface Target {
  environment: EnvironmentName;
  /** Folder of the releases that are checked out. */
  releases: string;
  ledger: Ledger;
  /** Folder for programs, plans and logs of promotions. */
  home: string;
  /** Says what is being done. */
  update: (text: string) => void;
  /** Ends what is running, so that it can be gone on with. */
  signal: AbortSignal;
}

/** Variable with other levels and parameters of the policy pack, as a rehearsal has them. */
const POLICY_CONFIG = "MILLRACE_POLICY_CONFIG";

/** The engine with the program of an environment, and the releases that it reads. */
export interface Program {
  engine: Engine;
  pack: PolicyPack;
  release: PlatformRelease;
  /** Root of the program's working tree, and the releases that it reads. */
  tree: string;
  releases: string;
}

/** The program of the platform release that a pointer names. @param releases folder with the pointer, which the program reads. */
export async function programIn(target: Target, releases: string): Promise<Program> {
  const { environment, home, update, signal } = target;
  const release = readPlatformRelease(readPointer(environment, releases).platform, releases);
  const { tree, project } = await foldersOf(release, { home, update, signal });
  const engine = createEngine({
    project,
    environment: { MILLRACE_RELEASES: releases },
    logs: join(home, "logs", environment),
    signal,
    onResource: (stack, progress) => update(lineOf(stack, progress)),
  });
  const config = process.env[POLICY_CONFIG] ?? join(project, "policies", "env", `${environment}.json`);
  return { engine, pack: { folder: join(project, "policies"), config }, release, tree, releases };
}

/**
 * The program and the releases that an environment runs by its records, with some changes made. What else the checked out pointer says has
 * not been promoted, and stays out.
 *
 * @throws {pulumi.RunError} when a release is no longer the one that the records or the changes name.
 */
export async function programWith(
  target: Target,
  records: readonly LedgerRecord[],
  changes: readonly Change[] = [],
): Promise<Program> {
  const { environment, releases } = target;
  const changed = changes.map(({ subject }) => subject);
  const kept = [...runsNow(records).values()].filter(({ subject }) => !changed.includes(subject));
  const run = [...kept.map(({ subject, version, digest }) => ({ subject, to: version, digest })), ...changes];
  run.forEach((each) => demandDigest(each, `as it was promoted to ${environment}`, releases));
  const subjects = run.map(({ subject }) => subject);
  const others = Object.keys(readPointer(environment, releases).models).map((model) => ({ subject: subjectOf(model), to: null }));
  return programIn(target, releasesWith(target, [...run, ...others.filter(({ subject }) => !subjects.includes(subject))]));
}

const lineOf = (stack: string, { done, total, op, name }: ResourceProgress): string =>
  `${stack} ${done}${total === undefined ? "" : ` of ${total}`} ${op} ${name}`;

/**
 * A copy of the releases with another pointer: those that are checked out stay as they are.
 *
 * @param pointed what it says in place of what is checked out, by subject; `null` for a model that is not run.
 */
function releasesWith(target: Target, pointed: readonly { subject: string; to: string | null }[]): string {
  const folder = ownFolder(join(target.home, "plans", target.environment), "releases");
  cpSync(target.releases, folder, { recursive: true });
  pointAtAll(target.environment, pointed, folder);
  return folder;
}
