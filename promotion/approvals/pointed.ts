import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { digestOfRelease } from "#stacks/inputs/releases/canonical";
import { contentOf, FORMS } from "#stacks/inputs/releases/read";
import type { Approved } from "./approval.ts";
import { PROMOTION, unsettled, WHO_APPROVES } from "./settled.ts";

/** The text of a file of the repository in a commit; nothing where there is none. */
export type FileIn = (commit: string, path: string) => Promise<string | undefined>;

/** How the commits of a pull request are read. */
export interface Reader {
  file: FileIn;
  /** Id of the object under a name in the root of a commit; nothing where there is none. @throws {Error} where there is no such commit. */
  object: (commit: string, name: string) => Promise<string | undefined>;
}

/** @returns why no review of a pull request counts that changes who approves; nothing where it does not. */
async function changesWhoApproves(
  base: string,
  head: string,
  page: string,
  { file, object }: Reader,
): Promise<string | undefined> {
  for (const path of WHO_APPROVES) {
    const ask = path === PROMOTION ? object : file;
    const [before, after] = await Promise.all([ask(base, path), ask(head, path)]);
    if (before !== after) {
      return unsettled(page, path);
    }
  }
  return undefined;
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

/**
 * What approves who approves a pull request: each line of the pointer that it changes, with the digest of the release in its last commit.
 * What other lines say was approved in other pull requests.
 *
 * @param page address of the pull request, for refusals.
 * @throws {pulumi.RunError} when a file of the pull request cannot be read.
 */
export async function changedBetween(
  { base, head, page }: { base: string; head: string; page: string },
  environment: EnvironmentName,
  reader: Reader,
): Promise<{ approves: Approved[]; unsettled: string[] }> {
  const { file: fileIn } = reader;
  const why = await changesWhoApproves(base, head, page, reader);
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
  return { approves: approved.flat(), unsettled: why === undefined ? [] : [why] };
}
