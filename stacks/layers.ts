import * as pulumi from "@pulumi/pulumi";
import type { Context } from "./context.ts";
import { LAYERS, type Layer } from "./contracts.ts";
import { profiles } from "./inputs/environments/index.ts";
import { ENVIRONMENTS, type EnvironmentName } from "./inputs/environments/profile.ts";
import { checkProfile } from "./inputs/environments/rules.ts";
import { readSettings } from "./inputs/read-settings.ts";
import { checkRights, rights } from "./inputs/roles.ts";
import { checkTeams } from "./inputs/served.ts";
import { teams } from "./inputs/teams.ts";
import { asWritten } from "./origins.ts";
import { nameAndBound } from "./roles.ts";
import { suggestion } from "./wording.ts";

/** A layer's program: declares its resources and returns what it hands on. */
type Program = (context: Context) => Promise<object>;

/** Loaded when asked for: a layer's preview does not pay for the others. */
const programs: Record<Layer, () => Promise<Program>> = {
  foundation: async () => (await import("./foundation/foundation.ts")).foundation,
  platform: async () => (await import("./platform/platform.ts")).platform,
  workloads: async () => (await import("./workloads/workloads.ts")).workloads,
};

/**
 * Runs the layer and environment that a stack's name says, `<layer>-<environment>`.
 *
 * @throws {pulumi.RunError} when the name, the stack config, an output of an earlier layer or an argument of a component is invalid;
 * in the workloads layer also when the release is.
 */
export async function runStack(stack: string): Promise<object> {
  const { layer, environment } = parseStack(stack);
  const profile = profiles[environment];
  checkProfile(environment, profile);
  checkRights(rights);
  checkTeams(teams);
  const settings = readSettings(layer, profile);
  const program = await programs[layer]();
  nameAndBound({ profile, settings });
  return program({ profile, settings }).catch((error: unknown) => Promise.reject(located(error, stack, environment)));
}

/**
 * A component's refusal, with what the person wrote in place of the argument where the argument comes from a file, and with the
 * component that it came from elsewhere. Reported on its own it would need the address that the engine gives.
 */
function located(error: unknown, stack: string, environment: EnvironmentName): unknown {
  if (!pulumi.ResourceError.isInstance(error)) {
    return error;
  }
  const { __name: name, __pulumiType: type } = error.resource as unknown as { __name: string; __pulumiType: string };
  const component = `${type.split(":").at(-1)} '${name}' of ${stack}`;
  return new pulumi.RunError(
    asWritten(type.split(":").at(-1)!, name, error.message, environment) ?? `${component}: ${error.message}`,
  );
}

/** @throws {pulumi.RunError} when the name is not a layer and an environment. */
export function parseStack(stack: string): { layer: Layer; environment: EnvironmentName } {
  const at = stack.lastIndexOf("-");
  const [layer, environment] = at < 0 ? [stack, ""] : [stack.slice(0, at), stack.slice(at + 1)];
  if (!isOneOf(LAYERS, layer) || !isOneOf(ENVIRONMENTS, environment)) {
    const names = LAYERS.flatMap((l) => ENVIRONMENTS.map((e) => `${l}-${e}`));
    throw new pulumi.RunError(
      `the stack's name must be <layer>-<environment> (${LAYERS.join(", ")}; ${ENVIRONMENTS.join(", ")}), got '${stack}'${suggestion(stack, names)}`,
    );
  }
  return { layer, environment };
}

const isOneOf = <T extends string>(list: readonly T[], word: string): word is T => (list as readonly string[]).includes(word);
