import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { FILES, RELEASES } from "#stacks/inputs/files";
import { misfit } from "#stacks/inputs/kinds";
import { entriesIn } from "#stacks/inputs/releases/folder";
import { printable } from "#stacks/wording";

/** What a folder may have. */
interface Shelf {
  /** Whether a JSON file of this name belongs there. */
  file: (name: string) => boolean;
  /** The folder of this name; nothing where none belongs there. */
  folder: (name: string) => Shelf | undefined;
}

const none = (): undefined => undefined;
const releases: Shelf = { file: () => true, folder: none };
const environments: Shelf = { file: (name) => ENVIRONMENTS.some((each) => name === `${each}.json`), folder: none };
const approvals: Shelf = { file: () => true, folder: (name) => (name.endsWith(".json") ? undefined : approvals) };

const FOLDERS: Readonly<Record<string, Shelf>> = {
  approvals,
  environments,
  models: { file: () => false, folder: () => releases },
  platform: releases,
  stable: environments,
};

const ROOT: Shelf = {
  file: (name) => [FILES.promotion, FILES.signers].some((own) => own === `${RELEASES}/${name}`),
  folder: (name) => (Object.hasOwn(FOLDERS, name) ? FOLDERS[name] : undefined),
};

/** Something in the folder of the releases that does not belong there. */
export interface Stray {
  file: string;
  problem: string;
}

/**
 * Everything that may hide a release from those who read them: links, pipes, folders where files belong, and files that no reader looks at
 * and that a person may take for one. Other plain files, such as a README, may lie there.
 */
export const straysIn = (folder: string, place: string = RELEASES, shelf = ROOT): Stray[] =>
  entriesIn(place, folder).flatMap(({ name: path, kind }): Stray[] => {
    const stray = (problem: string): Stray[] => [{ file: path, problem: `${printable(path)} ${problem}` }];
    const name = path.slice(place.length + 1);
    const inside = shelf.folder(name);
    switch (kind) {
      case "folder":
        return inside !== undefined ? straysIn(folder, path, inside) : stray(shelf === ROOT ? ELSEWHERE : misfit("file", kind));
      case "file":
        if (shelf === ROOT && inside !== undefined) {
          return stray(misfit("folder", kind));
        }
        if (/\.json\s*$/i.test(name) && !name.endsWith(".json")) {
          return stray("must end with '.json' in small letters, or with something else: no reader looks at it as it is");
        }
        return name.endsWith(".json") && !shelf.file(name) ? stray(ELSEWHERE) : [];
      default:
        return stray(misfit(inside === undefined ? "file" : "folder", kind));
    }
  });

const ELSEWHERE = "must be a file of releases (docs/guides/release.md lists them), got another one: move it elsewhere";
