import { parse } from "yaml";
import { type Bag, bag } from "./read.ts";
import { type Resource, SECRET } from "./resource.ts";

/** The type of a provider of Kubernetes. */
export const KUBERNETES = "pulumi:providers:kubernetes";

/** A kubeconfig that stands in the program, as JSON or YAML; empty for a file by its path, for a secret, and for other providers. */
export function kubeconfigOf({ type, inputs }: Resource): Bag {
  const value = type === KUBERNETES ? inputs["kubeconfig"] : undefined;
  if (typeof value !== "string" || value === SECRET || !/[:{]/.test(value)) {
    return bag(value);
  }
  try {
    return bag(parse(value));
  } catch {
    // A file by its path, or a text that the provider refuses.
    return {};
  }
}
