import type { Step } from "./step.ts";

/**
 * The Kubernetes provider refuses to compare an object of which somebody else (`kubectl`, a controller) has taken a field that the program sets.
 * With this variable it compares as if it took the field back. In a preview it changes nothing.
 */
export const PATCH_FORCE = { PULUMI_K8S_ENABLE_PATCH_FORCE: "true" };

/** The variable is also an input of the provider itself, which so differs from a state that was written without it, or with it. */
export const isPatchForce = ({ urn, properties }: Step): boolean =>
  urn.includes("pulumi:providers:kubernetes::") &&
  properties.length > 0 &&
  properties.every(({ path }) => path === "enablePatchForce");
