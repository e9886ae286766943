import { type Bag, bag, bags, hasKey, text } from "../read.ts";
import type { Resource } from "../resource.ts";
import { labelsOf, nameOf } from "./objects.ts";
import { NAMESPACE } from "./types.ts";

const VERSIONS = {
  "networking.istio.io": ["v1", "v1beta1", "v1alpha3"],
  "security.istio.io": ["v1", "v1beta1"],
} as const;

/** Types of an Istio kind, in every version that its CRDs serve. */
export const istioTypes = (group: keyof typeof VERSIONS, kind: string): string[] =>
  VERSIONS[group].map((version) => `kubernetes:${group}/${version}:${kind}`);

export const VIRTUAL_SERVICES: readonly string[] = istioTypes("networking.istio.io", "VirtualService");
export const DESTINATION_RULES: readonly string[] = istioTypes("networking.istio.io", "DestinationRule");

/** Traffic policies of a DestinationRule, with their paths: its own, those of its subsets, and those of the ports of each. */
export function trafficPolicies({ inputs }: Resource): [path: string, policy: Bag][] {
  const policies: [string, Bag][] = [
    ["spec.trafficPolicy", bag(inputs, "spec", "trafficPolicy")],
    ...bags(inputs, "spec", "subsets").map((subset, index): [string, Bag] => [
      `spec.subsets[${index}].trafficPolicy`,
      bag(subset, "trafficPolicy"),
    ]),
  ];
  return policies.flatMap(([path, policy]): [string, Bag][] => [
    [path, policy],
    ...bags(policy, "portLevelSettings").map((port, index): [string, Bag] => [`${path}.portLevelSettings[${index}]`, port]),
  ]);
}

/** Namespace whose settings apply to the whole mesh (Istio reference, `rootNamespace`). */
export const ROOT_NAMESPACE = "istio-system";

/** The label of a namespace that gives its pods a proxy; `undefined` without one (Istio documentation, "Installing the sidecar"). */
export function injectionOf(namespace: Resource): string | undefined {
  const labels = labelsOf(namespace);
  if (text(labels, "istio.io/dataplane-mode") === "ambient") {
    return "istio.io/dataplane-mode=ambient";
  }
  if (hasKey(labels, "istio-injection")) {
    return text(labels, "istio-injection") === "enabled" ? "istio-injection=enabled" : undefined;
  }
  const revision = text(labels, "istio.io/rev");
  return revision === undefined ? undefined : `istio.io/rev=${revision}`;
}

/** Namespaces whose pods have a proxy. */
export const injected = (resources: readonly Resource[]): { resource: Resource; name: string }[] =>
  resources
    .filter((resource) => resource.type === NAMESPACE && injectionOf(resource) !== undefined)
    .map((resource) => ({ resource, name: nameOf(resource) }));

/** Namespaces with a label whose pods have no proxy: network policies alone decide who calls them. */
export const withoutProxy = (resources: readonly Resource[], label: string): Resource[] =>
  resources.filter((each) => each.type === NAMESPACE && hasKey(labelsOf(each), label) && injectionOf(each) === undefined);
