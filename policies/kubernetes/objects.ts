import { type Bag, bag, bags, shown, text } from "../read.ts";
import type { Resource } from "../resource.ts";

/** Name of a Kubernetes object, as other objects name it. */
export const nameOf = ({ inputs }: Resource): string => text(inputs, "metadata", "name") ?? "";

/** Namespace of an object: its own, or the default of its provider. */
export const namespaceOf = ({ inputs, provider }: Resource): string =>
  text(inputs, "metadata", "namespace") ?? text(provider, "namespace") ?? "default";

/** `<namespace>/<name>` of an object. */
export const placeOf = (resource: Resource): string => `${namespaceOf(resource)}/${nameOf(resource)}`;

export const labelsOf = ({ inputs }: Resource): Bag => bag(inputs, "metadata", "labels");

/** Whether a selector's `matchLabels` fit some labels; an empty one fits all. */
export const fits = (matchLabels: Bag, labels: Bag): boolean =>
  Object.keys(matchLabels).every((key) => text(labels, key) === text(matchLabels, key));

/** The `matchExpressions` of a selector as messages show them; empty without any. */
export const expressionsShown = (selector: unknown): string =>
  bags(selector, "matchExpressions")
    .map((each) => `${shown(each["key"])} ${shown(each["operator"])}`)
    .join(", ");
