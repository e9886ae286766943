import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { NETWORK } from "./addresses.ts";
import { HostsFile } from "./hosts-file.ts";
import { LIFELINE_FD, Lifeline } from "./lifeline.ts";

/** Variable that tells a program that it is the inside of the rehearsal in that folder. */
export const INSIDE = "MILLRACE_REHEARSAL_INSIDE";

/** Exit code of an inside whose outside has died. */
const ORPHANED = 129;

/** The inside of a rehearsal, once it is set up. */
export interface Inside {
  /** Folder of this rehearsal. */
  readonly folder: string;

  /** Names that resolve in here. */
  readonly hosts: HostsFile;

  /** Says that it is ready, and waits until the outside wants it to go on. */
  pause(): Promise<void>;

  /** Says that everything is up and may be left alone: the outside returns to its user, and the inside lives on without it. */
  stay(): Promise<void>;
}

/** Whether this program was started inside of a rehearsal's namespace by `enterNamespace`. */
export function isInside(): boolean {
  return process.env[INSIDE] !== undefined;
}

/** Variables for programs in a namespace: whatever a proxy could reach cannot be reached from there, and it cannot reach what is there. */
export const variablesInside = (variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => !/_proxy$/i.test(name)));

/** Brings up the network and the names of the namespace, and from now on ends this process when the outside is gone. */
export function setUp(): Inside {
  const folder = process.env[INSIDE];
  if (folder === undefined) {
    throw new Error("setUp is for the inside of a rehearsal; begin with enterNamespace");
  }
  let staying = false;
  const { promise: wanted, resolve: goOn } = Promise.withResolvers<void>();
  const lifeline = new Lifeline(new Socket({ fd: LIFELINE_FD, readable: true, writable: true }), {
    onWord: (word) => word === "on" && goOn(),
    onEnd: () => staying || process.exit(ORPHANED),
  });

  execFileSync("ip", ["link", "set", "lo", "up"]);
  execFileSync("ip", ["address", "add", NETWORK.prefix, "dev", "lo"]);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const hosts = new HostsFile(join(folder, "hosts"));
  execFileSync("mount", ["--bind", hosts.path, "/etc/hosts"]);

  const pause = async () => {
    // Something must keep the event loop alive when nothing else does.
    const alive = setInterval(() => undefined, 1 << 30);
    await lifeline.say("ready");
    await wanted;
    clearInterval(alive);
  };
  const stay = async () => {
    staying = true;
    // The terminal may close while the rehearsal continues. A line that cannot be written must not end it.
    for (const stream of [process.stdout, process.stderr]) {
      stream.on("error", () => undefined);
    }
    await lifeline.say("kept");
    // Something must keep the event loop alive when nothing else does.
    setInterval(() => undefined, 1 << 30);
  };
  return { folder, hosts, pause, stay };
}
