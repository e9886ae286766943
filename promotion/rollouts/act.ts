import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { printable } from "#stacks/wording";
import { holdOn } from "../ledger/holder.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Owner } from "../ledger/record.ts";
import { kubectl } from "./kubectl.ts";
import type { LiveModel } from "./live.ts";
import { progressIn, type ReleaseStep, type RolloutProgress } from "./progress.ts";
import { environmentsIn } from "./record.ts";
import { identityOf, type StableVersion } from "./version.ts";

/** What a person does to a release that goes on: `serve promote` and `serve abort`. */
export type Act = "continued" | "aborted";

/**
 * What the controller must know. It takes a measurement again that could not be taken. An A/B test that was undecided is not asked again, which
 * would be one more chance to find a difference that is none: the person has decided, and the release goes on behind the verdict.
 */
function patchOf(what: Act, { undecided, number }: ReleaseStep): object {
  if (what === "aborted") {
    return { abort: true };
  }
  return { pauseConditions: null, ...(undecided && { controllerPause: false, currentStepIndex: number }) };
}

/** Who does it where, and why. */
export interface ActRequest {
  environment: EnvironmentName;
  owner: Owner;
  reason: string;
  /** Where it is written down. @default - nowhere: the environment has no ledger */
  ledger?: Ledger | undefined;
}

/** How often a Rollout may change between the look and the patch. */
const ATTEMPTS = 5;

/**
 * Goes on with a release that waits for a person, or gives all users back to the stable version. It decides by what the cluster says now, and
 * changes nothing where that has changed since.
 *
 * @param live what the person has seen.
 * @throws {pulumi.RunError} when there is nothing to do, it is held, or the cluster is another environment's. Nothing was changed then.
 * @throws {MachineError} when the cluster does not answer, or does not allow it.
 */
export async function act(what: Act, live: LiveModel, { environment, owner, reason, ledger }: ActRequest): Promise<void> {
  const { model, namespace, version } = live;
  const subject = `models/${model}`;
  // A hold forbids that a version gets further, never that it goes back.
  const hold = what === "continued" && ledger !== undefined ? holdOn(await ledger.records(environment), subject) : undefined;
  if (hold !== undefined) {
    throw new pulumi.RunError(
      `${model} must not be held in ${environment}, ${hold.owner.who} holds it (${hold.reason}); when that is over: npx millrace resume ${model} --env ${environment} --reason '<why>'`,
    );
  }
  for (let attempt = 1; ; attempt++) {
    const json = await kubectl("-n", namespace, "get", "rollout", model, "-o", "json");
    const { says, resourceVersion } = identityOf(json);
    demandEnvironment(says, model, environment);
    const now = progressIn(json);
    const problem =
      now.version === version
        ? problemOf(what, now, live, environment)
        : `${model} must still release ${version}, it releases ${now.version} by now: look again`;
    if (problem !== undefined) {
      throw new pulumi.RunError(problem);
    }
    const patch = JSON.stringify({ metadata: { resourceVersion }, status: patchOf(what, now.step) });
    try {
      await kubectl("-n", namespace, "patch", "rollout", model, "--subresource=status", "--type=merge", "-p", patch);
      break;
    } catch (error) {
      // The controller has written in between: what is true by now decides.
      if (attempt === ATTEMPTS || !/Conflict|has been modified/.test((error as Error).message)) {
        throw error;
      }
    }
  }
  await ledger?.append({ kind: what, environment, time: new Date().toISOString(), owner, subject, version, reason });
}

/** @throws {pulumi.RunError} unless the Rollout says that it is of this environment, and of no other. */
function demandEnvironment(says: StableVersion["says"], model: string, environment: EnvironmentName): void {
  const { other, isOwn } = environmentsIn(says, model, environment);
  const remedy = `take the kubeconfig of the cluster of ${environment}`;
  if (other !== undefined) {
    throw new pulumi.RunError(`${other.place} '${printable(other.text)}' is of ${other.environment}: ${remedy}`);
  }
  if (!isOwn) {
    throw new pulumi.RunError(`${model} must say that it is of ${environment}, it names no environment: ${remedy}`);
  }
}

function problemOf(
  what: Act,
  { version, state, step }: RolloutProgress,
  { model, stable }: LiveModel,
  environment: EnvironmentName,
): string | undefined {
  const it = `${model} ${version}`;
  if (what === "continued") {
    return {
      paused: undefined,
      going: `${it} must wait for a person, it goes on by itself (step ${step.number} of ${step.of}): its times are not cut short`,
      stuck: `${it} must wait for a person, it waits for what the message says: mend that, or abort`,
      stable: `${it} must wait for a person, it is stable: there is no release to go on with`,
      "thrown out": `${it} must wait for a person, it was thrown out: release another version`,
    }[state];
  }
  if (state === "stable") {
    return `${it} must be on its way, it is stable: npx millrace rollback ${model} --env ${environment} --reason '<why>' goes back to the version before`;
  }
  if (state === "thrown out") {
    return `${it} must be on its way, it was thrown out already: its users have the version before`;
  }
  return stable === ""
    ? `${model} must have a stable version to go back to, ${version} is its first: take it out of the pointer`
    : undefined;
}
