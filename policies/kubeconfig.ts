import { type Bag, bag } from "./read.ts";
import { type Resource, SECRET } from "./resource.ts";
import { written } from "./yaml.ts";

/** The type of a provider of Kubernetes. */
export const KUBERNETES = "pulumi:providers:kubernetes";

/** A kubeconfig that stands in the program, as JSON or YAML; empty for a file by its path, for a secret, and for other providers. */
export function kubeconfigOf({ type, inputs }: Resource): Bag {
  const value = type === KUBERNETES ? inputs["kubeconfig"] : undefined;
  return bag(typeof value === "string" && value !== SECRET ? written(value) : value);
}
