// Who acts, and whether another one who acted is still there.

import { PROJECT_FOLDER } from "#engine/project";
import { userHere } from "#engine/user";
import { isOutermost, type Machine, machineHere, startOf, whereabouts } from "#toolchain/machine";
import { type Asking, jobHere, stateOfJob } from "./ci-jobs.ts";
import type { Owner } from "./ledger/record.ts";
import { personIn } from "./releases/git.ts";

/** What a system does not tell: nobody is gone by it. */
const UNKNOWN = "unknown";

/** This process, and who started it: the actor of a CI job, or the person that Git knows here. */
export function ownerHere(env: NodeJS.ProcessEnv = process.env): Owner {
  const job = jobHere(env);
  const { boot = UNKNOWN, ...machine } = machineHere();
  return {
    who: job?.who ?? personIn(PROJECT_FOLDER) ?? userHere(env),
    ...machine,
    boot,
    pid: process.pid,
    started: startOf(process.pid) ?? UNKNOWN,
    ...(job && { job: job.job }),
  };
}

/** Whether the owner of something unfinished is provably gone, and by what one knows that. */
export interface Gone {
  gone: boolean;
  /** A sentence: what proves it; or why nothing does, and where to look. */
  why: string;
}

/** What is known beside the owner. */
export interface Circumstances extends Asking {
  /** Since when the owner holds what it holds. @default - not known: age proves nothing */
  since?: string;
  /** @default - the clock's */
  now?: Date;
  /** @default - the machine that this process runs on */
  here?: Machine;
}

/** Longest session that AWS gives a role, hours (IAM user guide, "Update the maximum session duration"). */
export const LONGEST_SESSION = 12;

/** Finds out whether an owner is gone. Whatever cannot be asked, or does not answer, proves nothing. */
export async function isGone(owner: Owner, circumstances: Circumstances = {}): Promise<Gone> {
  const { since, now = new Date(), here = machineHere(), ...asking } = circumstances;
  const onMachine = byMachine(owner, here);
  if (onMachine !== undefined) {
    return onMachine;
  }
  if (owner.job === undefined) {
    return { gone: false, why: `${placeOf(owner)} cannot be seen from here: look on ${owner.host} whether it still runs.` };
  }
  const { state, why } = await stateOfJob(owner.job, asking);
  if (state !== "unknown") {
    return { gone: state === "over", why: `${why}: ${owner.job}.` };
  }
  const hours = since === undefined ? 0 : (now.getTime() - Date.parse(since)) / 3_600_000;
  if (hours > LONGEST_SESSION) {
    // CI hands a job one session with AWS: after it, the job can change nothing.
    return {
      gone: true,
      why: `The job began ${Math.floor(hours)} h ago, and no session with AWS lasts more than ${LONGEST_SESSION} h.`,
    };
  }
  return { gone: false, why: `Nothing proves that the job is over (${why}): look at ${owner.job}.` };
}

/** What this machine itself knows of the owner; nothing where the owner is elsewhere, or may be. */
function byMachine(owner: Owner, here: Machine): Gone | undefined {
  const { host, machine, boot, namespace, pid, started } = owner;
  if (host !== here.host || boot === UNKNOWN || here.boot === undefined) {
    return undefined;
  }
  if (boot !== here.boot) {
    // A name alone is no proof: two machines, or two containers on any, may share it.
    const isSame = machine !== undefined && machine === here.machine && isOutermost(owner) && isOutermost(here);
    return isSame ? { gone: true, why: `${host} has been started again since, and no process outlives that.` } : undefined;
  }
  if (namespace !== here.namespace || started === UNKNOWN) {
    return undefined;
  }
  switch (whereabouts(pid, started)) {
    case "running":
      return { gone: false, why: pid === process.pid ? "It is this process." : `Process ${pid} still runs on ${host}.` };
    case "ended":
      return { gone: true, why: `Process ${pid} of ${host} has ended.` };
    case "hidden":
      return undefined;
  }
}

const placeOf = (owner: Owner): string =>
  `Process ${owner.pid} on ${owner.host}${isOutermost(owner) ? "" : `, in a container (${owner.namespace}),`}`;
