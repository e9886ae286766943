import * as pulumi from "@pulumi/pulumi";
import { PROJECT_FOLDER } from "#engine/project";
import { FILES } from "#stacks/inputs/files";
import { models } from "#stacks/inputs/models";
import { bytesOf } from "#stacks/inputs/releases/bytes";
import { digestOfRelease } from "#stacks/inputs/releases/canonical";
import { problemsAmong, readHistory, readPlatformHistory } from "#stacks/inputs/releases/history";
import { byDay, byNumber, folderOfReleases } from "#stacks/inputs/releases/read";
import {
  type ModelRelease,
  modelRelease,
  PLATFORM_ID,
  type PlatformRelease,
  platformRelease,
  VERSION,
} from "#stacks/inputs/releases/schema";
import { bytesThatWereStable } from "#stacks/inputs/stable-versions";
import { inWords, problemsOf, shown, suggestion, suggestionOfNumber } from "#stacks/wording";
import { filesThatDiffer, headOf, personIn } from "./git.ts";
import { pinsOf } from "./pins.ts";

/** Values that somebody gave, with what to call the place they came from. */
export interface Given {
  values: Readonly<Record<string, unknown>>;
  /** A path as a refusal names it: `'--run'`, or `record.json: run`. */
  nameOf: (path: string) => string;
}

/** What is given of a model release; the later goes before the earlier. */
export interface ModelRequest {
  model: string;
  version: string;
  given: readonly Given[];
  /** Version that it is meant to replace. @default - the newest before it */
  parent?: string | undefined;
  now: Date;
}

/**
 * A model release that may be written.
 *
 * @throws {pulumi.RunError} listing what is missing or wrong.
 */
export function composeModelRelease(
  { model, version, given, parent, now }: ModelRequest,
  folder = folderOfReleases(),
): ModelRelease {
  if (!Object.hasOwn(models, model)) {
    const names = Object.keys(models);
    refuse(
      `'<name>' must be a model of ${FILES.models} (${names.join(", ")}), got ${shown(model)}${suggestion(model, names) || ": add it there first"}`,
    );
  }
  if (!VERSION.test(version)) {
    refuse(`'--version' must be a registered version number, got ${shown(version)}`);
  }
  const known = bytesThatWereStable(folder);
  const history = readHistory(model, folder, known);
  if (history.some((each) => each.version === version)) {
    refuse(`'--version' must be new, got '${version}', which ${FILES.modelRelease(model, version)} has: a release never changes`);
  }
  const [first] = history;
  if (first !== undefined && byNumber(version, first.version) < 0) {
    refuse(
      `'--version' must be after that of the first release of ${model}, '${first.version}', got '${version}': ${FILES.modelRelease(model, first.version)} says that nothing was before it, and never changes`,
    );
  }
  const before = history.filter((each) => byNumber(each.version, version) < 0);
  const replaced = parent === undefined ? before.at(-1) : before.find((each) => each.version === parent);
  if (parent !== undefined && replaced === undefined) {
    const names = before.map((each) => each.version);
    refuse(
      `'--parent' must be an older version of ${model} (${names.join(", ") || "there is none"}), got ${shown(parent)}${suggestionOfNumber(parent, names)}`,
    );
  }
  const content = {
    author: personIn(PROJECT_FOLDER),
    path: `models/${model}/${version}`,
    runtime: "image",
    time: now.toISOString().replace(/\.\d+Z$/, "Z"),
    ...Object.assign({}, ...given.map(({ values }) => values)),
    model,
    version,
    parent: replaced === undefined ? null : { digest: digestOfRelease(replaced), version: replaced.version },
  };
  const release = checked(content, given);
  const others = [...history.map(bytesOf), ...known];
  const problems = problemsAmong(
    release,
    [...history, release].sort((a, b) => byNumber(a.version, b.version)),
    others,
  );
  if (problems.length > 0) {
    refuse(problems.join("\n"));
  }
  return release;
}

/** @throws {pulumi.RunError} where values do not make a release, with the place that each came from. */
function checked(content: object, given: readonly Given[]): ModelRelease {
  const parsed = modelRelease.safeParse(content, { error: inWords });
  if (!parsed.success) {
    const problems = problemsOf(parsed.error, content).map(({ path, text }) => {
      const key = path.split(/[.[]/)[0] ?? "";
      const from = given.findLast(({ values }) => Object.hasOwn(values, key));
      return from === undefined
        ? `'--${key.replace(/^metrics$/, "metric")}' must be given, or '${key}' in the file of '--from', got neither`
        : `${from.nameOf(path)} ${text}`;
    });
    refuse([...new Set(problems)].join("\n"));
  }
  const release = parsed.data!;
  const { model, version, path } = release;
  if (path !== `models/${model}/${version}`) {
    refuse(`'--path' must be 'models/${model}/${version}', got ${shown(path)}`);
  }
  return release;
}

/** What is given of a platform release. */
export interface PlatformRequest {
  /** @default - the day, and the next number in it */
  id?: string | undefined;
  author?: string | undefined;
  now: Date;
  /** Root of the working tree. @default - this project */
  tree?: string;
}

/**
 * A platform release of what is checked out.
 *
 * @throws {pulumi.RunError} when something is not committed, or the id is not new.
 */
export function composePlatformRelease(
  { id, author, now, tree = PROJECT_FOLDER }: PlatformRequest,
  folder = folderOfReleases(),
): PlatformRelease {
  const history = readPlatformHistory(folder);
  const own = id ?? nextId(history, now);
  if (!PLATFORM_ID.test(own)) {
    refuse(`'--id' must be a day and a number, such as 2026.11.21-1, got ${shown(own)}`);
  }
  const newest = history.at(-1);
  if (newest !== undefined && byDay(own, newest.id) <= 0) {
    refuse(`'--id' must be after that of the newest platform release, '${newest.id}', got '${own}': a release never changes`);
  }
  const program = headOf(tree);
  if (program === undefined) {
    refuse("the program must be in a repository of Git with a commit, got none: a platform release names the commit");
  }
  const changed = filesThatDiffer(tree, program!) ?? [];
  if (changed.length > 0) {
    const more = changed.length > 3 ? ` and ${changed.length - 3} more` : "";
    refuse(
      `everything outside releases/ must be committed, got changes in ${changed.slice(0, 3).join(", ")}${more}: commit or remove them first`,
    );
  }
  const who = author ?? personIn(tree);
  if (who === undefined) {
    refuse("'--author' must be given where Git knows no user.name, got neither");
  }
  const content: PlatformRelease = {
    author: who!,
    ...pinsOf(tree),
    id: own,
    parent: newest === undefined ? null : { digest: digestOfRelease(newest), id: newest.id },
    program: program!,
    time: now.toISOString().replace(/\.\d+Z$/, "Z"),
  };
  const parsed = platformRelease.safeParse(content, { error: inWords });
  if (!parsed.success) {
    refuse(
      problemsOf(parsed.error, content)
        .map(({ path, text }) => `'--${path}' ${text}`)
        .join("\n"),
    );
  }
  return parsed.data!;
}

function nextId(history: readonly PlatformRelease[], now: Date): string {
  const day = now.toISOString().slice(0, 10).replaceAll("-", ".");
  const numbers = history.filter(({ id }) => id.startsWith(`${day}-`)).map(({ id }) => Number(id.split("-")[1]));
  return `${day}-${Math.max(0, ...numbers) + 1}`;
}

function refuse(sentence: string): never {
  throw new pulumi.RunError(sentence);
}
