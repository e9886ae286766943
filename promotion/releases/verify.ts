import { existsSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { PROJECT_FOLDER } from "#engine/project";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { FILES, RELEASES } from "#stacks/inputs/files";
import type { Kind } from "#stacks/inputs/kinds";
import { models } from "#stacks/inputs/models";
import { readTarget } from "#stacks/inputs/release";
import { digestOfRelease } from "#stacks/inputs/releases/canonical";
import { entriesIn } from "#stacks/inputs/releases/folder";
import { platformProblemsAmong, problemsAmong } from "#stacks/inputs/releases/history";
import {
  byDay,
  byNumber,
  folderOfReleases,
  placeOf,
  platformIds,
  readModelRelease,
  readPlatformRelease,
  versionsOf,
} from "#stacks/inputs/releases/read";
import { type ModelRelease, PLATFORM_ID, type PlatformRelease, type Signature, VERSION } from "#stacks/inputs/releases/schema";
import { bytesThatWereStable, readStableVersions } from "#stacks/inputs/stable-versions";
import { printable, shown, suggestion } from "#stacks/wording";
import { approvalFiles, readApproval } from "../approvals/files.ts";
import { readSettings } from "../settings.ts";
import { problemsSince, problemsWithout } from "./first.ts";
import { filesThatDiffer, firstsIn } from "./git.ts";
import { straysIn } from "./layout.ts";
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
  // What several readers meet is told once.
  const told = new Set<string>();
  const note = (file: string, problems: readonly string[]): void =>
    void at(file).problems.push(...problems.filter((problem) => !told.has(problem) && told.add(problem)));
  const known = saved(() => bytesThatWereStable(folder)) ?? [];

  const strays = trying(RELEASES, note, () => straysIn(folder)) ?? [];
  strays.forEach(({ file, problem }) => note(file, [problem]));
  // Whatever hides one release must not hide what is wrong with the others.
  const plain = (place: string, kind: Kind): string[] =>
    (saved(() => entriesIn(place, folder)) ?? []).flatMap((entry) =>
      entry.kind === kind ? [entry.name.slice(place.length + 1).replace(/\.json$/, "")] : [],
    );
  for (const model of plain(`${RELEASES}/models`, "folder")) {
    const place = `${RELEASES}/models/${model}`;
    trying(place, note, () => versionsOf(model, folder));
    const versions = plain(place, "file")
      .filter((each) => VERSION.test(each))
      .sort(byNumber);
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
  trying(`${RELEASES}/platform`, note, () => platformIds(folder));
  const ids = plain(`${RELEASES}/platform`, "file")
    .filter((each) => PLATFORM_ID.test(each))
    .sort(byDay);
  const platforms = ids.flatMap((id) => {
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
  const approvals = trying(`${RELEASES}/approvals`, note, () => approvalFiles(folder)) ?? [];
  for (const file of approvals.filter((each) => !strays.some((stray) => stray.file === each))) {
    const isJson = file.endsWith(".json");
    note(file, isJson ? [] : [`${printable(file)} must be an approval, a file that ends with .json, got another one: remove it`]);
    if (isJson && settings !== undefined) {
      trying(file, note, () => readApproval(file, settings, folder));
    }
  }
  const notes: string[] = [];
  const first = firstsIn(folder);
  if (first === undefined) {
    notes.push("whether a release was changed is not checked: the folder is in no repository of Git");
  } else if (first.shallow) {
    note(RELEASES, [
      `${RELEASES} must come with its whole history, by which a changed release is known, got a shallow clone: git fetch --unshallow`,
    ]);
  }
  for (const [path, firsts] of first?.files ?? []) {
    const file = `${RELEASES}/${path}`;
    if (isOfRelease(path) && !existsSync(placeOf(file, folder))) {
      note(file, problemsWithout(file, folder, firsts));
    }
  }
  for (const checked of files.values()) {
    const { file, release } = checked;
    if (release !== undefined) {
      checked.digest = digestOfRelease(release);
      note(file, first === undefined ? [] : problemsSince(file, release, folder, first.files));
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

/** Whether a path below the folder is that of a release. Those of a model that went go with it. */
function isOfRelease(path: string): boolean {
  const [, model, version] = /^models\/([^/]+)\/([^/]+)\.json$/.exec(path) ?? [];
  const [, id] = /^platform\/([^/]+)\.json$/.exec(path) ?? [];
  return id === undefined ? Object.hasOwn(models, model ?? "") && VERSION.test(version ?? "") : PLATFORM_ID.test(id);
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
