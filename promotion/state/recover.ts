import { setTimeout } from "node:timers/promises";
import type { Engine } from "#engine/engine";
import { nameOf } from "#engine/events";
import type { Layer } from "#stacks/contracts";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { MachineError } from "#toolchain/errors";
import { checkStack } from "./check.ts";
import type { Deployment, PendingOperation } from "./checkpoint.ts";
import { type Found, withFound } from "./found.ts";
import { type HelmRelease, helmNotes, LAYER_OF_CHARTS, unfinishedReleases, type Variables } from "./helm-notes.ts";
import { deploymentOf } from "./layer-state.ts";
import { holderOf, locksIn } from "./lock.ts";
import { isOwnerGone, refusalOf } from "./lock-owner.ts";
import { type Machine, thisMachine } from "./machine.ts";
import { mayExist, pendingLine, pendingText } from "./pending.ts";
import { NotRecovered, StateHeld } from "./refusal.ts";
import { restorationOf, restore } from "./restore.ts";
import { type StackFiles, stackFilesIn, stackOf } from "./stack-files.ts";

/** How a repair speaks with whoever asked for it. */
export interface Dialogue {
  /** Says what is about to be done, before it is done. */
  say: (text: string) => void;
  /** Whether to do what was said. @default - it is done */
  confirm?: () => Promise<boolean>;
  /** What a person has found of creations that were begun. @default - nothing */
  found?: Found;
  /** Whether to forget creations that may have been made: a person has looked for them. @default true */
  forget?: boolean;
  /** What is known of processes. @default - this machine */
  machine?: Machine;
  /** Variables of `kubectl`. @default - those of this process */
  variables?: Variables;
}

/**
 * Mends the state of a layer, in an order in which nothing is lost: the lock of a process that is gone, a broken checkpoint, what Helm has begun,
 * operations that were begun. Nothing is done where nothing is wrong. It can be repeated, and goes on after it was killed.
 *
 * @returns what was done, a line each.
 * @throws {StateHeld} when the owner of a lock is not provably gone. @throws {NotRecovered} when there is no copy, or the answer is no.
 */
export async function recoverLayer(
  engine: Engine,
  layer: Layer,
  environment: EnvironmentName,
  dialogue: Dialogue | Dialogue["say"],
): Promise<string[]> {
  const {
    say,
    confirm,
    found = new Map(),
    forget = true,
    machine = thisMachine(),
    variables,
  }: Dialogue = typeof dialogue === "function" ? { say: dialogue } : dialogue;
  const stack = stackOf(layer, environment);
  const done: string[] = [];
  const step = async (text: string, work: () => Promise<unknown>): Promise<void> => {
    say(`${stack}: ${text}`);
    if (confirm && !(await confirm())) {
      throw new NotRecovered(`${stack}: not done, as you said: ${text}`);
    }
    await work();
    done.push(`${stack}: ${text}`);
  };
  const of = await (await stackFilesIn(engine))?.(stack);
  let restored = false;
  if (of !== undefined) {
    await breakLocks(of, machine, step);
    restored = await mendCheckpoint(of, step);
  }
  const deployment = await deploymentOf(engine, stack);
  // Where nobody can say whether an operation runs, Helm may be at work.
  if (of !== undefined && layer === LAYER_OF_CHARTS) {
    await forgetReleases(deployment, { ...(variables && { variables }), say }, step).catch((error: unknown) => {
      // Once the state has forgotten which charts were begun, nobody knows it any more.
      if (error instanceof MachineError && unfinishedReleases(deployment, []).length > 0) {
        throw new NotRecovered(`${stack}: charts were begun and not ended, and ${error.message}`);
      }
      if (!(error instanceof MachineError)) {
        throw error;
      }
      say(`${stack}: ${error.message}`);
    });
  }
  const known = await takeOver(engine, stack, deployment, found, step);
  const pending = known.pending_operations ?? [];
  if (pending.length > 0 || restored || known !== deployment) {
    const unknown = mayExist(known);
    if (unknown.length > 0 && !forget) {
      throw new NotRecovered(lookFirst(unknown, stack, environment));
    }
    for (const operation of unknown) {
      say(
        `${stack}: ${pendingLine(operation)}: it may exist, and no state knows it. Look for it in the account before the next up`,
      );
    }
    const begun = pending.length === 0 ? "" : `; it forgets what was begun and not ended: ${pendingText(pending)}`;
    await step(`refresh, so that the state says what is there${begun}`, () =>
      engine.refresh(stack, { clearPendingCreates: true }),
    );
  }
  return done;
}

/** Puts what a person has found into the state; the refresh that follows reads it. @returns what the state says then. */
async function takeOver(engine: Engine, stack: string, deployment: Deployment, found: Found, step: Step): Promise<Deployment> {
  const begun = mayExist(deployment).filter(({ resource }) => found.has(resource.urn));
  if (begun.length === 0) {
    return deployment;
  }
  const known = withFound(deployment, found);
  const names = begun.map(({ resource: { type, urn } }) => `${type} ${nameOf(urn)} as ${found.get(urn)}`);
  await step(`the state takes over what you found: ${names.join(", ")}`, async () =>
    engine.importState(stack, { ...(await engine.exportState(stack)), deployment: known }),
  );
  return known;
}

/** What a person must do before somebody makes it a second time. */
const lookFirst = (unknown: readonly PendingOperation[], stack: string, environment: EnvironmentName): string =>
  [
    `${stack} has creations that were begun and that nobody has seen end: look in the account for each`,
    ...unknown.map((operation) => `  ${pendingLine(operation)}`),
    `then say what is there; what you do not name is forgotten: npx millrace state recover ${environment} ${unknown.map(({ resource: { urn } }) => `--found '${urn}=<id>'`).join(" ")}`,
  ].join("\n");

/** Says what is about to be done, and does it. */
type Step = (text: string, work: () => Promise<unknown>) => Promise<void>;

async function breakLocks({ files, locks, stack }: StackFiles, machine: Machine, step: Step): Promise<void> {
  const found = (await locksIn(files, locks)).map((lock) => ({ lock, ...isOwnerGone(lock, files.shared, machine) }));
  const held = found.find(({ gone }) => !gone);
  if (held !== undefined) {
    throw new StateHeld(refusalOf(held.lock, held, stack));
  }
  for (const { lock, why } of found) {
    // This one file: `pulumi cancel` takes away the lock of whoever has come since as well.
    await step(`breaks the lock of ${holderOf(lock)}: ${why}`, () => files.remove(lock.path));
  }
}

async function mendCheckpoint(of: StackFiles, step: Step): Promise<boolean> {
  const { problems } = await checkStack(of);
  if (problems.length === 0) {
    return false;
  }
  const restoration = await restorationOf(of);
  if (restoration === undefined) {
    throw new NotRecovered(
      `${of.checkpoint} is broken (${problems.join("; ")}), and no copy of it is as it must be: restore the backend from your own backup, or import the resources anew`,
    );
  }
  await step(`the state is broken (${problems.join("; ")}): restores ${restoration.text}; the broken one is kept beside it`, () =>
    restore(of, restoration),
  );
  return true;
}

/** How long a provider that has outlived its engine may take to begin what it was asked for. */
const PATIENCE_SECONDS = 30;

/** Lets Helm forget releases that it has begun to install and that the state does not have: it would refuse to install them again. */
async function forgetReleases(
  deployment: Deployment,
  { variables, say }: Pick<Dialogue, "variables" | "say">,
  step: Step,
): Promise<void> {
  const notes = helmNotes(deployment, variables);
  if (notes === undefined) {
    return;
  }
  const asked = unfinishedReleases(deployment, []);
  const noted = async (): Promise<HelmRelease[]> => {
    const begun = unfinishedReleases(deployment, await notes.installing());
    return (await Promise.all(begun.map(async (release) => ((await notes.has(release)) ? [release] : [])))).flat();
  };
  let found = await noted();
  if (found.length < asked.length) {
    say(`waits up to ${PATIENCE_SECONDS} s: a provider that outlived its engine may still begin to install a chart`);
    for (let waited = 0; found.length < asked.length && waited < PATIENCE_SECONDS; waited += 2) {
      await setTimeout(2_000);
      found = await noted();
    }
  }
  for (const release of found) {
    const { name, namespace } = release;
    await step(`Helm forgets ${name} in ${namespace}, whose installation nobody has ended`, () => notes.forget(release));
  }
}
