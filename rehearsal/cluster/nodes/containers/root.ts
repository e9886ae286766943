import { existsSync, lstatSync, readdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** A file or folder of this machine that a container sees at a path. */
export interface Mount {
  at: string;
  from: string;
  kind: "folder" | "file";
  /** @default false */
  readOnly?: boolean;
}

/** Folders that are the container's own and empty at first. */
const OWN = ["/tmp", "/run", "/dev", "/proc"];
/** Folders that hold the machine's entries but take new ones. */
const OPEN = ["/", "/var", "/root"];
const DEVICES = ["null", "zero", "full", "random", "urandom", "tty"];

/**
 * A shell script that runs its arguments as a container would run them, with a root folder of its own. `unshare --mount` starts it; the
 * program has the number of the process that was started.
 *
 * The root is a tmpfs. The machine's is bound once, read-only, at `/.host`, and every name leads there by a symbolic link, so that any
 * mount path can be made without writing to the machine.
 *
 * @param root folder to build the root on; many containers may share it, each sees its own.
 */
export const containerScript = (root: string, mounts: readonly Mount[], workingDir = "/"): string =>
  ["set -e", ...rootFolder(root, mounts, workingDir), enter(workingDir)].join("\n").concat("\n");

function rootFolder(root: string, mounts: readonly Mount[], workingDir: string): string[] {
  const placed = mounts.map((mount) => ({ ...mount, at: resolved(mount.at) })).toSorted((a, b) => a.at.length - b.at.length);
  const taken = new Set([...OWN, ...placed.map(({ at }) => at)]);
  const open = openFolders([...placed.map(({ at }) => dirname(at)), resolved(workingDir)], taken);
  return [
    `R=${quoted(root)}`,
    "mount -t tmpfs -o mode=755 tmpfs $R",
    "mkdir $R/.host",
    "mount --rbind / $R/.host",
    "mount -o remount,bind,ro $R/.host 2>/dev/null || :",
    ...open.flatMap((folder) => linked(folder, new Set([...open, ...taken]))),
    `mkdir -p ${OWN.map((own) => `$R${own}`).join(" ")}`,
    "chmod 1777 $R/tmp",
    "mount -t proc proc $R/proc",
    `ln -s -t $R/dev ${DEVICES.map((name) => `/.host/dev/${name}`).join(" ")} /proc/self/fd`,
    "mkdir -m 1777 $R/dev/shm",
    ...placed.flatMap(mounted),
    `mkdir -p $R${quoted(resolved(workingDir))}`,
  ];
}

/** Folders in which something of the container's own lies, outermost first. */
function openFolders(within: readonly string[], taken: ReadonlySet<string>): string[] {
  const open = new Set(OPEN);
  for (const folder of within) {
    for (let up = folder; up !== "/"; up = dirname(up)) {
      open.add(up);
    }
  }
  const isOwn = (folder: string): boolean => OWN.some((own) => folder === own || folder.startsWith(`${own}/`));
  return [...open].filter((folder) => !taken.has(folder) && !isOwn(folder)).sort();
}

/**
 * Makes a folder whose entries lead to those of the machine, but for what is made anew. A link to such a folder leads to the container's
 * own: `/bin` to its `/usr/bin`.
 */
function linked(folder: string, made: ReadonlySet<string>): string[] {
  const make = `mkdir -p $R${quoted(folder)}`;
  if (!existsSync(folder) || !lstatSync(folder).isDirectory()) {
    return [make];
  }
  const entries = readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => !made.has(path));
  const own = entries.filter((path) => made.has(targetOf(path)));
  const links = entries.filter((path) => !own.includes(path)).map((path) => quoted(`/.host${path}`));
  return [
    make,
    ...(links.length > 0 ? [`ln -s -t $R${quoted(folder)} ${links.join(" ")}`] : []),
    ...own.map((path) => `ln -s ${quoted(targetOf(path))} $R${quoted(path)}`),
  ];
}

/** Where a path of the machine leads; itself when it leads nowhere. */
const targetOf = (path: string): string => (lstatSync(path).isSymbolicLink() && existsSync(path) ? realpathSync(path) : path);

function mounted({ at, from, kind, readOnly = false }: Mount): string[] {
  const target = `$R${quoted(at)}`;
  const place = kind === "folder" ? `mkdir -p ${target}` : `mkdir -p $R${quoted(dirname(at))}; [ -e ${target} ] || : > ${target}`;
  const bind = `mount --bind ${quoted(from)} ${target}`;
  return readOnly ? [place, bind, `mount -o remount,bind,ro ${target}`] : [place, bind];
}

const enter = (workingDir: string): string => `exec chroot $R /bin/sh -c 'cd "$0" && exec "$@"' ${quoted(workingDir)} "$@"`;

/** Follows the machine's symbolic links, as `/var/run` to `/run`. */
function resolved(path: string): string {
  let known = path;
  while (!existsSync(known)) {
    known = dirname(known);
  }
  return join(realpathSync(known), path.slice(known.length));
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
