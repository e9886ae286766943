import type { Engine } from "#engine/engine";
import { LAYERS, type Layer } from "#stacks/contracts";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { MachineError } from "#toolchain/errors";
import { checkStack } from "./check.ts";
import type { Deployment } from "./checkpoint.ts";
import { helmNotes, LAYER_OF_CHARTS, unfinishedReleases } from "./helm-notes.ts";
import { deploymentOf } from "./layer-state.ts";
import { holderOf, locksIn } from "./lock.ts";
import { isOwnerGone, refusalOf } from "./lock-owner.ts";
import { type Machine, thisMachine } from "./machine.ts";
import { mayExist, pendingLine } from "./pending.ts";
import { restorationOf } from "./restore.ts";
import { type StackFiles, stackFilesIn, stackOf } from "./stack-files.ts";

/** What is known of one thing about a stack. */
export interface StateFinding {
  stack: string;
  state: "ok" | "wrong" | "unknown";
  /** `lock`, `checkpoint`, `pending operations` or `charts`. */
  what: string;
  found: string;
  /** The command that mends it, or what a person must find out. */
  remedy?: string;
}

/** Everything about the state of an environment. Nothing is changed. */
export async function examineState(
  engine: Engine,
  environment: EnvironmentName,
  machine: Machine = thisMachine(),
): Promise<StateFinding[]> {
  const filesOfStack = await stackFilesIn(engine);
  const found = LAYERS.map(async (layer) => {
    const stack = stackOf(layer, environment);
    const findings = new Findings(stack, `npx millrace state recover ${environment}`);
    const of = await filesOfStack?.(stack);
    if (of === undefined) {
      findings.unknown("lock", "the backend keeps locks and history itself", `pulumi stack history -s ${stack}`);
    } else {
      await examineLocks(of, machine, findings);
      if (!(await examineCheckpoint(of, findings))) {
        return findings.all;
      }
    }
    await examineOperations(await deploymentOf(engine, stack), layer, findings);
    return findings.all;
  });
  return (await Promise.all(found)).flat();
}

/** Collects what is found about one stack. */
class Findings {
  readonly all: StateFinding[] = [];
  readonly #stack: string;
  /** What mends most of it. */
  readonly recover: string;

  constructor(stack: string, recover: string) {
    this.#stack = stack;
    this.recover = recover;
  }

  ok(what: string, found: string): void {
    this.all.push({ stack: this.#stack, state: "ok", what, found });
  }

  wrong(what: string, found: string, remedy = this.recover): void {
    this.all.push({ stack: this.#stack, state: "wrong", what, found, remedy });
  }

  unknown(what: string, found: string, remedy: string): void {
    this.all.push({ stack: this.#stack, state: "unknown", what, found, remedy });
  }
}

async function examineLocks({ files, locks, stack }: StackFiles, machine: Machine, findings: Findings): Promise<void> {
  const found = await locksIn(files, locks);
  if (found.length === 0) {
    findings.ok("lock", "free");
  }
  for (const lock of found) {
    const owner = isOwnerGone(lock, files.shared, machine);
    if (owner.gone) {
      findings.wrong("lock", `left behind by ${holderOf(lock)}: ${owner.why}`);
    } else {
      findings.wrong("lock", `held by ${holderOf(lock)}`, refusalOf(lock, owner, stack));
    }
  }
}

/** @returns whether the engine can read it. */
async function examineCheckpoint(of: StackFiles, findings: Findings): Promise<boolean> {
  const { absent, problems, copies } = await checkStack(of);
  if (absent) {
    findings.ok("checkpoint", "none: the layer is not up");
    return false;
  }
  if (problems.length === 0) {
    findings.ok(
      "checkpoint",
      copies === 0 ? "as it must be; no operation has ended yet, so there is no copy of it" : "as it must be, like its copies",
    );
    return true;
  }
  const restoration = await restorationOf(of);
  findings.wrong(
    "checkpoint",
    `${problems.join("; ")}; ${restoration === undefined ? "no copy is as it must be" : `newest good copy: ${restoration.text}`}`,
    ...(restoration === undefined ? ["restore the backend from your own backup"] : []),
  );
  return false;
}

async function examineOperations(deployment: Deployment, layer: Layer, findings: Findings): Promise<void> {
  const pending = deployment.pending_operations ?? [];
  if (pending.length === 0) {
    findings.ok("pending operations", "none");
  }
  const uncertain = new Set(mayExist(deployment));
  for (const operation of pending) {
    findings.wrong(
      "pending operations",
      `${pendingLine(operation)}${uncertain.has(operation) ? ": it may exist in the account, and no state knows it" : ""}`,
    );
  }
  if (layer === LAYER_OF_CHARTS) {
    await examineCharts(deployment, findings);
  }
}

async function examineCharts(deployment: Deployment, findings: Findings): Promise<void> {
  const notes = helmNotes(deployment);
  if (notes === undefined) {
    return;
  }
  try {
    const begun = unfinishedReleases(deployment, await notes.installing());
    const noted = (await Promise.all(begun.map(async (release) => ((await notes.has(release)) ? [release] : [])))).flat();
    if (noted.length === 0) {
      findings.ok("charts", "Helm has ended every installation");
    }
    noted.forEach(({ name, namespace }) =>
      findings.wrong("charts", `Helm has begun to install ${name} in ${namespace}, and the state does not have it`),
    );
  } catch (error) {
    if (!(error instanceof MachineError)) {
      throw error;
    }
    findings.unknown("charts", error.sentence, error.remedy);
  }
}
