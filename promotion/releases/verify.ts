import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { PROJECT_FOLDER } from "#engine/project";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { FILES, RELEASES } from "#stacks/inputs/files";
import { models } from "#stacks/inputs/models";
import { readTarget } from "#stacks/inputs/release";
import { digestOfRelease } from "#stacks/inputs/releases/canonical";
import { platformProblemsAmong, problemsAmong } from "#stacks/inputs/releases/history";
import {
  folderOfReleases,
  modelsReleased,
  placeOf,
  platformIds,
  readModelRelease,
  readPlatformRelease,
  versionsOf,
} from "#stacks/inputs/releases/read";
import type { ModelRelease, PlatformRelease, Signature } from "#stacks/inputs/releases/schema";
import { bytesThatWereStable, readStableVersions } from "#stacks/inputs/stable-versions";
import { printable, shown, suggestion } from "#stacks/wording";
import { approvalFiles, readApproval } from "../approvals/files.ts";
import { readSettings } from "../settings.ts";
import { blobOf, filesThatDiffer, firstTexts, textOfBlob } from "./git.ts";
import { PINNED_IN, type Pins, pinsOf } from "./pins.ts";
import { type AnyRelease, checkSignature, type Keyless, readSigners } from "./signatures.ts";

/** What was found out about a file. */
export interface Checked {
  file: string;
  /** Digest of the release. */
  digest?: string;
  /** Who signed it; absent where nobody did. */
  signer?: string;
  problems: string[];
}

/** What was found out about all files. */
export interface Verified {
  files: Checked[];
  /** What could not be checked here. */
  notes: string[];
}

/**
 * Checks every file of the folder: content, form, history, signatures, and that no release was changed since it was committed. Nothing is
 * asked of a network.
 */
export async function verifyAll(folder = folderOfReleases(), keyless?: Pick<Keyless, "verifyBundle">): Promise<Verified> {
  const files = new Map<string, Checked & { release?: AnyRelease }>();
  const at = (file: string) => files.get(file) ?? files.set(file, { file, problems: [] }).get(file)!;
  const note = (file: string, problems: readonly string[]): void => void at(file).problems.push(...problems);
  const known = saved(() => bytesThatWereStable(folder)) ?? [];

  for (const model of modelsReleased(folder)) {
    const versions = trying(`${RELEASES}/models/${model}`, note, () => versionsOf(model, folder)) ?? [];
    const read = versions.flatMap((version) => {
      const file = FILES.modelRelease(model, version);
      note(file, strangers(file, model));
      const release = trying(file, note, () => readModelRelease(model, version, folder));
      return release === undefined ? [] : [Object.assign(at(file), { release }).release as ModelRelease];
    });
    for (const release of read) {
      note(FILES.modelRelease(model, release.version), problemsAmong(release, read, known));
    }
  }
  const platforms = (trying(`${RELEASES}/platform`, note, () => platformIds(folder)) ?? []).flatMap((id) => {
    const file = FILES.platformRelease(id);
    const release = trying(file, note, () => readPlatformRelease(id, folder));
    return release === undefined ? [] : [Object.assign(at(file), { release }).release as PlatformRelease];
  });
  for (const release of platforms) {
    note(FILES.platformRelease(release.id), platformProblemsAmong(release, platforms));
  }
  for (const environment of ENVIRONMENTS) {
    const file = FILES.pointer(environment);
    const pointer = trying(file, note, () => readTarget(environment, folder));
    note(
      file,
      Object.keys(pointer?.models ?? {}).flatMap((model) => strangers(`${file}: models.${model}`, model)),
    );
    trying(FILES.stable(environment), note, () => readStableVersions(environment, Object.keys(models), folder));
  }
  for (const file of strayFiles(folder)) {
    note(file, [
      `${printable(file)} must be a file of releases (docs/guides/release.md lists them), got another one: move it elsewhere`,
    ]);
  }

  const signers = trying(FILES.signers, note, () => readSigners(folder));
  for (const [name, { may }] of Object.entries(signers?.signers ?? {})) {
    const own = may.flatMap((each) => (each.startsWith("models/") ? [each.slice("models/".length)] : []));
    note(
      FILES.signers,
      own.flatMap((model) => strangers(`${FILES.signers}: ${name}.may`, model)),
    );
  }
  // It names keys of signers: where those cannot be read, that is told once.
  const settings = signers && trying(FILES.promotion, note, () => readSettings(folder));
  for (const file of approvalFiles(folder)) {
    const stray = !file.endsWith(".json");
    note(file, stray ? [`${printable(file)} must be an approval, a file that ends with .json, got another one: remove it`] : []);
    if (!stray && settings !== undefined) {
      trying(file, note, () => readApproval(file, settings, folder));
    }
  }
  const notes: string[] = [];
  const first = firstTexts(folder);
  if (first === undefined) {
    notes.push("whether a release was changed is not checked: the folder is in no repository of Git");
  } else if (first.shallow) {
    notes.push("whether a release was changed is checked only as far back as this clone goes: git fetch --unshallow");
  }
  for (const checked of files.values()) {
    const { file, release } = checked;
    if (release !== undefined) {
      checked.digest = digestOfRelease(release);
      note(file, first === undefined ? [] : changedSince(file, release, folder, first.blobs));
      if (isSigned(release) && signers !== undefined) {
        const { signer, problem } = await checkSignature(release, signers, keyless);
        Object.assign(checked, signer !== undefined && { signer });
        note(file, problem === undefined ? [] : [`${file}: ${problem}`]);
      }
    }
  }
  // A folder is named only where it has something wrong.
  const named = [...files.values()].filter(({ file, problems }) => file.endsWith(".json") || problems.length > 0);
  return {
    files: named.map(({ file, digest, signer, problems }) => ({
      file,
      ...(digest !== undefined && { digest }),
      ...(signer !== undefined && { signer }),
      problems,
    })),
    notes,
  };
}

const isSigned = (release: AnyRelease): release is AnyRelease & { signature: Signature } => release.signature !== undefined;

/** Notes what is refused. */
function trying<T>(file: string, note: (file: string, problems: readonly string[]) => void, read: () => T): T | undefined {
  try {
    const result = read();
    note(file, []);
    return result;
  } catch (error) {
    if (!pulumi.RunError.isInstance(error)) {
      throw error;
    }
    note(file, error.message.split("\n"));
    return undefined;
  }
}

const saved = <T>(read: () => T): T | undefined => trying("", () => undefined, read);

function strangers(place: string, model: string): string[] {
  const names = Object.keys(models);
  return names.includes(model)
    ? []
    : [
        `${printable(place)} must be of a model of ${FILES.models} (${names.join(", ")}), got ${shown(model)}${suggestion(model, names) || ": add it there, or remove this"}`,
      ];
}

/** A release is what it was when it was committed first; a signature may come later. */
function changedSince(file: string, release: AnyRelease, folder: string, blobs: ReadonlyMap<string, string>): string[] {
  const path = placeOf(file, folder);
  const blob = blobs.get(relative(folder, path));
  if (blob === undefined || blob === blobOf(readFileSync(path, "utf8"))) {
    return [];
  }
  const digest = digestIn(textOfBlob(folder, blob));
  return digest === undefined || digest === digestOfRelease(release)
    ? []
    : [
        `${file} must be as it was committed first, with digest '${digest}', got '${digestOfRelease(release)}': restore it (git log --follow ${file}), and give what is new another version`,
      ];
}

function digestIn(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : digestOfRelease(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const FOLDERS = ["approvals", "environments", "models", "platform", "stable"];

/** Files that no reader of releases looks at, and that a person may take for one. */
function strayFiles(folder: string): string[] {
  const names = new Set<string>(ENVIRONMENTS.map((each) => `${each}.json`));
  const own = [
    ...jsonIn(folder, "").filter((file) => ![FILES.promotion, FILES.signers].some((own) => own === `${RELEASES}/${file}`)),
    ...jsonIn(folder, "models"),
    ...["environments", "stable"].flatMap((each) => jsonIn(folder, each).filter((file) => !names.has(file.split("/")[1] ?? ""))),
    ...(existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [])
      .filter((entry) => entry.isDirectory() && !FOLDERS.includes(entry.name) && !entry.name.startsWith("."))
      .map(({ name }) => name),
  ];
  return own.map((file) => `${RELEASES}/${file}`);
}

const jsonIn = (folder: string, inside: string): string[] =>
  (existsSync(join(folder, inside)) ? readdirSync(join(folder, inside), { withFileTypes: true }) : [])
    .filter((entry) => entry.isFile() && !entry.name.startsWith(".") && entry.name.endsWith(".json"))
    .map(({ name }) => join(inside, name));

/** What the working tree has otherwise than a platform release says; each sentence begins with the file of the release. */
export function differencesFromTree(release: PlatformRelease, tree = PROJECT_FOLDER): string[] {
  const file = FILES.platformRelease(release.id);
  const pins = pinsOf(tree);
  const differing = filesThatDiffer(tree, release.program);
  const shownFiles = differing?.slice(0, 3).join(", ");
  const more = (differing?.length ?? 0) > 3 ? ` and ${differing!.length - 3} more` : "";
  return [
    ...(differing === undefined
      ? [`${file}: program must be a commit of this clone, got '${release.program}': git fetch --unshallow`]
      : differing.length > 0
        ? [
            `${file}: program must be the commit of this working tree, got '${release.program}', from which ${shownFiles}${more} differ`,
          ]
        : []),
    ...(Object.keys(PINNED_IN) as (keyof Pins)[])
      .filter((key) => pins[key] !== release[key])
      .map(
        (key) => `${file}: ${key} must be '${pins[key]}', which this working tree has (${PINNED_IN[key]}), got '${release[key]}'`,
      ),
  ];
}
