import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES, RELEASES } from "#stacks/inputs/files";
import { digestOfRelease } from "#stacks/inputs/releases/canonical";
import { contentOf, FORMS } from "#stacks/inputs/releases/read";
import { type Account, peopleBehind } from "../people.ts";
import type { Settings } from "../settings.ts";
import type { Approved } from "./approval.ts";
import { unsettled, WHO_APPROVES } from "./settled.ts";

/** The text of a file of the repository in a commit; nothing where there is none. */
export type FileIn = (commit: string, path: string) => Promise<string | undefined>;

/** How the commits of a pull request are read. */
export interface Reader {
  file: FileIn;
  /** What lies in the root of a commit: its name → its object of Git. @throws {Error} where there is no such commit. */
  root: (commit: string) => Promise<ReadonlyMap<string, string>>;
  /** Files that a commit changes. */
  filesOf: (commit: string) => Promise<readonly string[]>;
}

/** @returns why no review of a pull request counts that changes more than what is promoted; nothing where it does not. */
async function changesWhoApproves(base: string, head: string, page: string, { file, root }: Reader): Promise<string | undefined> {
  const [before, after] = await Promise.all([root(base), root(head)]);
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    if (name !== RELEASES && before.get(name) !== after.get(name)) {
      return unsettled(page, name);
    }
  }
  for (const path of WHO_APPROVES) {
    const [old, next] = await Promise.all([file(base, path), file(head, path)]);
    if (old !== next) {
      return unsettled(page, path);
    }
  }
  return undefined;
}

/** Accounts of those who made commits, without those who only put approvals there. */
async function committersOf({ commits }: Asked, settings: Settings, { filesOf }: Reader): Promise<Account[]> {
  // Whoever is nobody approves nothing: most commits need not be asked for.
  const asked = commits.filter(({ accounts }) => accounts.some((account) => peopleBehind(account, settings).length > 0));
  const made = await Promise.all(
    asked.map(async ({ id, accounts }) => {
      const files = await filesOf(id);
      return files.length > 0 && files.every((path) => path.startsWith(`${RELEASES}/approvals/`)) ? [] : accounts;
    }),
  );
  return made.flat();
}

/** Subjects and versions that a commit lets an environment run. */
async function targetIn(commit: string, environment: EnvironmentName, fileIn: FileIn): Promise<ReadonlyMap<string, string>> {
  const name = FILES.pointer(environment);
  const text = await fileIn(commit, name);
  if (text === undefined) {
    return new Map();
  }
  const { platform, models } = contentOf(name, text, FORMS.pointer);
  return new Map([
    ["platform", platform],
    ...Object.entries(models).map(([model, version]) => [`models/${model}`, version] as const),
  ]);
}

/** A pull request, as every service has it. */
export interface Asked {
  /** Commit from which it goes, and its last one. */
  base: string;
  head: string;
  /** Its address, for refusals. */
  page: string;
  commits: readonly { id: string; accounts: readonly Account[] }[];
}

/**
 * What a pull request changes: what approves who approves it, why nothing does, and who made it.
 *
 * @throws {pulumi.RunError} when a file of the pull request cannot be read.
 */
export async function readRequest(
  asked: Asked,
  environment: EnvironmentName,
  settings: Settings,
  reader: Reader,
): Promise<{ approves: Approved[]; unsettled: string[]; committedBy: Account[] }> {
  const { base, head, page } = asked;
  const [why, approves, committedBy] = await Promise.all([
    changesWhoApproves(base, head, page, reader),
    changedBetween(base, head, environment, reader.file),
    committersOf(asked, settings, reader),
  ]);
  return { approves, unsettled: why === undefined ? [] : [why], committedBy };
}

/**
 * Each line of the pointer that a pull request changes, with the digest of the release in its last commit. What other lines say was approved
 * in other pull requests.
 */
async function changedBetween(base: string, head: string, environment: EnvironmentName, fileIn: FileIn): Promise<Approved[]> {
  const [before, after] = await Promise.all([targetIn(base, environment, fileIn), targetIn(head, environment, fileIn)]);
  const changed = [...after].filter(([subject, to]) => before.get(subject) !== to);
  const approved = await Promise.all(
    changed.map(async ([subject, to]) => {
      const name = subject === "platform" ? FILES.platformRelease(to) : FILES.modelRelease(subject.replace("models/", ""), to);
      const text = await fileIn(head, name);
      const form = subject === "platform" ? FORMS.platform : FORMS.model;
      const digest = text === undefined ? undefined : digestOfRelease(contentOf<{ signature?: unknown }>(name, text, form));
      return digest === undefined ? [] : [{ environment, subject, to, digest }];
    }),
  );
  return approved.flat();
}
