import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { IsolationError } from "./errors.ts";

/** How this user may make a namespace. */
export interface Isolation {
  /** Whether it takes a user namespace in which the user is root. */
  userNamespace: boolean;
}

/** Arguments with which `unshare` makes the namespace and starts its first process. */
export function unshareArguments({ userNamespace }: Isolation): string[] {
  const own = ["--net", "--pid", "--mount", "--fork", "--mount-proc", "--kill-child"];
  return userNamespace ? ["--user", "--map-root-user", ...own] : own;
}

/**
 * Finds out, by making one and leaving it again, how this user can have a namespace.
 *
 * @throws {IsolationError} when nothing works, naming the kernel setting that forbids it.
 */
export function probeIsolation(): Isolation {
  if (process.platform !== "linux") {
    throw new IsolationError(
      `A rehearsal needs Linux namespaces, and this is ${process.platform}.`,
      "Open this repository in its dev container (Docker, Podman, Codespaces), or run it in a Linux virtual machine (Lima, WSL 2).",
    );
  }
  if (!existsSync("/proc/self/stat")) {
    throw new IsolationError(
      "/proc is not mounted, and a rehearsal finds its processes there.",
      "Run 'mount -t proc proc /proc' as root, or start the container with /proc.",
    );
  }
  const isRoot = process.getuid?.() === 0;
  // Root in a container may lack the right to make a namespace outright and still have it through a user namespace.
  const ways: Isolation[] = isRoot ? [{ userNamespace: false }, { userNamespace: true }] : [{ userNamespace: true }];
  const refusals: string[] = [];
  for (const way of ways) {
    const trial = spawnSync("unshare", [...unshareArguments(way), "ip", "link", "set", "lo", "up"], { encoding: "utf8" });
    if (trial.status === 0) {
      return way;
    }
    refusals.push(trial.error?.message ?? trial.stderr.trim());
  }
  throw explain(refusals.at(-1) ?? "", setting);
}

/** What forbids a namespace, from what `unshare` said and from the kernel's settings. */
export function explain(refusal: string, settingOf: (name: string) => string | undefined): IsolationError {
  if (/ENOENT|No such file/.test(refusal)) {
    return new IsolationError(
      "The programs 'unshare' and 'ip' make a rehearsal's namespace, and one of them is missing.",
      "Install the packages util-linux and iproute2.",
    );
  }
  for (const { name, forbids, allows } of SETTINGS) {
    if (settingOf(name) === forbids) {
      return new IsolationError(
        `This kernel does not let a user make a namespace: ${name} is ${forbids}.`,
        `Run 'sudo sysctl -w ${name}=${allows}', or run the rehearsal as root.`,
      );
    }
  }
  return new IsolationError(
    `A namespace could not be made: ${refusal || "unshare gave no reason"}.`,
    "Run the rehearsal as root, or in a container that may make namespaces (CAP_SYS_ADMIN, unmasked /proc).",
  );
}

const SETTINGS = [
  { name: "user.max_user_namespaces", forbids: "0", allows: "15000" },
  { name: "kernel.unprivileged_userns_clone", forbids: "0", allows: "1" },
  { name: "kernel.apparmor_restrict_unprivileged_userns", forbids: "1", allows: "0" },
] as const;

function setting(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name.replaceAll(".", "/")}`, "utf8").trim();
  } catch {
    return undefined;
  }
}
