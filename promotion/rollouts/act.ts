import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { kubectl } from "./kubectl.ts";
import type { LiveModel } from "./live.ts";
import { otherEnvironmentIn } from "./record.ts";
import { saysOf } from "./version.ts";

/** What a person does to a release that goes on: see `serve promote` and `serve abort`. */
const PATCH = {
  promote: { status: { pauseConditions: null } },
  abort: { status: { abort: true } },
};

/**
 * Goes on with a release that waits for a person, or gives all users back to the stable version.
 *
 * @throws {Error} when there is nothing to do, or the cluster is another environment's. Nothing was changed then.
 * @throws {MachineError} when the cluster does not answer, or does not allow it.
 */
export async function act(what: keyof typeof PATCH, live: LiveModel, environment: EnvironmentName): Promise<void> {
  const { model, namespace } = live;
  const says = saysOf(await kubectl("-n", namespace, "get", "rollout", model, "-o", "json"));
  const elsewhere = otherEnvironmentIn(says, model, environment);
  if (elsewhere !== undefined) {
    throw new Error(
      `${elsewhere.place} '${elsewhere.text}' is of ${elsewhere.environment}: take the kubeconfig of the cluster of ${environment}`,
    );
  }
  const problem = what === "promote" ? notWaiting(live) : notGoing(live, environment);
  if (problem !== undefined) {
    throw new Error(problem);
  }
  const patch = JSON.stringify(PATCH[what]);
  await kubectl("-n", namespace, "patch", "rollout", model, "--subresource=status", "--type=merge", "-p", patch);
}

function notWaiting({ model, version, state, step }: LiveModel): string | undefined {
  switch (state) {
    case "paused":
      return undefined;
    case "going":
      return `${model} ${version} must wait for a person, it goes on by itself (step ${step?.number} of ${step?.of}): its times are not cut short`;
    case "stable":
      return `${model} ${version} must wait for a person, it is stable: there is no release to go on with`;
    case "thrown out":
      return `${model} ${version} must wait for a person, it was thrown out: release another version`;
  }
}

const notGoing = ({ model, version, state }: LiveModel, environment: EnvironmentName): string | undefined =>
  state === "stable"
    ? `${model} ${version} must be on its way, it is stable: npx millrace rollback ${model} --env ${environment} --reason '<why>' goes back to the version before`
    : state === "thrown out"
      ? `${model} ${version} must be on its way, it was thrown out already: its users have the version before`
      : undefined;
