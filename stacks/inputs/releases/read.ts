import { statSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type * as z from "zod";
import { inWords, printable, problemsOf, shown } from "../../wording.ts";
import type { EnvironmentName } from "../environments/profile.ts";
import { FILES, RELEASES } from "../files.ts";
import { misfit } from "../kinds.ts";
import { parseJson } from "../read-json.ts";
import { canonicalText } from "./canonical.ts";
import { entriesIn, folderOfReleases, placeOf, textIn } from "./folder.ts";
import {
  type ModelRelease,
  modelRelease,
  PLATFORM_ID,
  type PlatformRelease,
  type Pointer,
  platformRelease,
  pointer,
  type Signers,
  signers,
  VERSION,
} from "./schema.ts";

export { folderOfReleases, placeOf };

/** How a kind of file is read and written. */
export interface Form<T> {
  schema: z.ZodType<T>;
  /** What stands in the file. */
  textFor: (content: T) => string;
  /** What to do where there is none. */
  missing: string;
}

export const FORMS = {
  model: {
    schema: modelRelease,
    textFor: canonicalText,
    missing:
      "must be a file with a model release, got nothing: npx millrace release create model <model> --version <version> writes it",
  } satisfies Form<ModelRelease>,
  platform: {
    schema: platformRelease,
    textFor: canonicalText,
    missing: "must be a file with a platform release, got nothing: npx millrace release create platform writes it",
  } satisfies Form<PlatformRelease>,
  pointer: {
    schema: pointer,
    // Two teams change two lines with another line between them, so that Git merges both.
    textFor: (content) => canonicalText(content, 1),
    missing:
      'must be a file that says what the environment runs, got nothing: write {"models": {"<model>": "<version>"}, "platform": "<id>"}',
  } satisfies Form<Pointer>,
  signers: {
    schema: signers,
    textFor: canonicalText,
    missing: "must be a file that says who may sign, got nothing: write {}",
  } satisfies Form<Signers>,
};

/** Ends a refusal of a file that says the right things in another form. */
export const FORMAT = "npx millrace release format writes it so";

/**
 * A file in the folder of the releases.
 *
 * @param name the file as refusals name it; `folder` stands for its first folder.
 * @throws {pulumi.RunError} when it is missing, has another content or another form.
 */
export function readFileOf<T>(name: string, form: Form<T>, folder: string): T {
  const text = textIn(name, folder);
  if (text === undefined) {
    throw new pulumi.RunError(`${printable(name)} ${form.missing}`);
  }
  const content = contentOf(name, text, form);
  const canonical = form.textFor(content);
  // A checkout on Windows may have its line ends. A mark of the byte order is no part of the text.
  const written = text.replaceAll("\r\n", "\n");
  if (written !== canonical || statSync(placeOf(name, folder)).size !== Buffer.byteLength(text)) {
    throw new pulumi.RunError(
      `${name}:${differingLine(written.split("\n"), canonical.split("\n"))} must be canonical JSON (sorted keys, two spaces a level, one newline at the end), got another form: ${FORMAT}`,
    );
  }
  return content;
}

/** Number of the first line that is not as it should be. */
function differingLine(lines: readonly string[], wanted: readonly string[]): number {
  const at = lines.findIndex((line, index) => line !== wanted[index]);
  if (at === -1) {
    return lines.length < wanted.length ? lines.length : 1;
  }
  return Math.max(1, Math.min(at + 1, lines.length - 1));
}

/**
 * What a text says, whatever its form.
 *
 * @throws {pulumi.RunError} when it is not JSON, has a key twice, or says other things than the kind of file may.
 */
export function contentOf<T>(name: string, text: string, { schema }: Pick<Form<T>, "schema">): T {
  const content = parseJson(name, text);
  const parsed = schema.safeParse(content, { error: inWords });
  if (!parsed.success) {
    throw new pulumi.RunError(
      problemsOf(parsed.error, content)
        .map(({ path, text: problem }) => `${name}: ${path === "" ? "" : `${path} `}${problem}`)
        .join("\n"),
    );
  }
  return parsed.data;
}

/** What an environment runs. @throws {pulumi.RunError} when its file is missing or says something else. */
export const readPointer = (environment: EnvironmentName, folder = folderOfReleases()): Pointer =>
  readFileOf(FILES.pointer(environment), FORMS.pointer, folder);

/** A version of a model. @throws {pulumi.RunError} when its file is missing, or says something else than its place. */
export function readModelRelease(model: string, version: string, folder = folderOfReleases()): ModelRelease {
  const name = FILES.modelRelease(model, version);
  const release = readFileOf(name, FORMS.model, folder);
  const misnamed = [
    ...(release.model === model ? [] : [`model must be the name of the folder, '${model}', got '${release.model}'`]),
    ...(release.version === version ? [] : [`version must be the name of the file, '${version}', got '${release.version}'`]),
  ];
  refuse(name, misnamed.length > 0 ? misnamed : misplaced(release));
  return release;
}

/** A version lies in a folder of its number: a path with another number would serve other bytes than the version says. */
function misplaced({ model, version, path }: ModelRelease): string[] {
  if (!path.startsWith(`models/${model}/`) || path.split("/").includes("..")) {
    return [`path must be a folder inside 'models/${model}/', got '${path}'`];
  }
  return path.split("/").at(-1) === version
    ? []
    : [`path must end with the version, '/${version}', got '${path}': name the folder of this version, or correct the version`];
}

/** A version of the platform. @throws {pulumi.RunError} when its file is missing, or says something else than its place. */
export function readPlatformRelease(id: string, folder = folderOfReleases()): PlatformRelease {
  const name = FILES.platformRelease(id);
  const release = readFileOf(name, FORMS.platform, folder);
  refuse(name, release.id === id ? [] : [`id must be the name of the file, '${id}', got '${release.id}'`]);
  return release;
}

const refuse = (name: string, problems: readonly string[]): void => refuseEach(problems.map((problem) => `${name}: ${problem}`));

function refuseEach(problems: readonly string[]): void {
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.join("\n"));
  }
}

/** Models that have a folder of releases. @throws {pulumi.RunError} when something else is there that may hide one. */
export const modelsReleased = (folder = folderOfReleases()): string[] => namesIn(`${RELEASES}/models`, "folder", folder);

/** Versions of a model that have a file, oldest first. @throws {pulumi.RunError} when something is there that is no version. */
export const versionsOf = (model: string, folder = folderOfReleases()): string[] =>
  filesIn(`${RELEASES}/models/${model}`, VERSION, "<version>.json, such as 4.json", folder).sort(byNumber);

/** Ids of the platform releases, oldest first. @throws {pulumi.RunError} when something is there that is no platform release. */
export const platformIds = (folder = folderOfReleases()): string[] =>
  filesIn(`${RELEASES}/platform`, PLATFORM_ID, "<id>.json, such as 2026.11.21-1.json", folder).sort(byDay);

function filesIn(place: string, form: RegExp, rule: string, folder: string): string[] {
  const names = namesIn(place, "file", folder).map((file) => file.slice(0, -".json".length));
  const wrong = names.filter((name) => !form.test(name)).map((name) => `${name}.json`);
  refuseEach(
    wrong.map((name) => `${printable(`${place}/${name}`)} must be named ${rule}, got ${shown(name)}: rename or remove it`),
  );
  return names;
}

/** Names of the folders, or of the JSON files, that a folder has. Where files lie, a folder would hide some. */
function namesIn(place: string, wanted: "file" | "folder", folder: string): string[] {
  const entries = entriesIn(place, folder);
  const wrong = entries.filter(({ kind }) => kind !== wanted && kind !== "file");
  refuseEach(wrong.map(({ name, kind }) => `${printable(name)} ${misfit(wanted, kind)}`));
  return entries
    .filter(({ name, kind }) => kind === wanted && (wanted === "folder" || name.endsWith(".json")))
    .map(({ name }) => name.slice(place.length + 1));
}

/** Order of two platform releases: by day, and by number within the day. */
export function byDay(one: string, other: string): number {
  const [[day = "", number = ""], [otherDay = "", otherNumber = ""]] = [one.split("-"), other.split("-")];
  return day === otherDay ? byNumber(number, otherNumber) : day < otherDay ? -1 : 1;
}

/** Order of two versions. */
export const byNumber = (one: string, other: string): number =>
  one.length - other.length || (one === other ? 0 : one < other ? -1 : 1);
