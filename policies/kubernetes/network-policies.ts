import { type Fault, type Finding, ofEach, together } from "../findings.ts";
import { type Bag, bag, bags, isSet, text, texts } from "../read.ts";
import type { Resource } from "../resource.ts";
import { NAMESPACE_NAME } from "./labels.ts";
import { nameOf, namespaceOf } from "./objects.ts";
import { NETWORK_POLICY } from "./types.ts";

type Direction = "Ingress" | "Egress";

/** Whether a policy applies to one direction. Without types it applies to incoming traffic (Kubernetes API reference, `policyTypes`). */
export const binds = ({ inputs }: Resource, direction: Direction): boolean =>
  isSet(inputs, "spec", "policyTypes") ? texts(inputs, "spec", "policyTypes").includes(direction) : direction === "Ingress";

/** Whether a policy is about every pod of its namespace: an empty selector means all. */
export function bindsAll({ inputs }: Resource): boolean {
  const selector = bag(inputs, "spec", "podSelector");
  return Object.keys(bag(selector, "matchLabels")).length === 0 && bags(selector, "matchExpressions").length === 0;
}

/** Network policies for incoming traffic, by namespace. */
export const ingressPolicies = (resources: readonly Resource[]): Map<string, Resource[]> =>
  Map.groupBy(
    resources.filter((resource) => resource.type === NETWORK_POLICY && binds(resource, "Ingress")),
    namespaceOf,
  );

/**
 * Incoming traffic that the network policies of a namespace allow from other than the named namespaces.
 *
 * @param policies those of the namespace.
 * @param callers names of the namespaces whose pods may call in.
 * @param neighbours labels of pods of the same namespace that may.
 */
export function openings(
  namespace: Resource,
  policies: readonly Resource[],
  callers: readonly string[],
  neighbours: readonly Bag[] = [],
): Finding[] {
  const want = `a policy that closes every pod of '${nameOf(namespace)}'`;
  return together(
    () => (policies.some(bindsAll) ? [] : [{ resource: namespace, property: "NetworkPolicy", got: "nothing", want }]),
    () => ofEach(policies, (policy) => openPeers(policy, callers, neighbours)),
  );
}

function openPeers(resource: Resource, callers: readonly string[], neighbours: readonly Bag[]): Fault[] {
  const want = `limited to the namespaces ${callers.map((caller) => `'${caller}'`).join(" and ")}`;
  return bags(resource.inputs, "spec", "ingress").flatMap((rule, index): Fault[] => {
    const property = `spec.ingress[${index}].from`;
    const peers = bags(rule, "from");
    return peers.length === 0
      ? [{ resource, property, got: "everybody", want }]
      : peers.flatMap((peer, each) =>
          callers.includes(text(peer, "namespaceSelector", "matchLabels", NAMESPACE_NAME) ?? "") || isOneOf(peer, neighbours)
            ? []
            : [{ resource, property: `${property}[${each}]`, got: JSON.stringify(peer), want }],
        );
  });
}

/** Whether a peer is pods of the policy's own namespace with just these labels. */
const isOneOf = (peer: Bag, neighbours: readonly Bag[]): boolean =>
  Object.keys(peer).join() === "podSelector" &&
  Object.keys(bag(peer, "podSelector")).join() === "matchLabels" &&
  neighbours.some((labels) => sameLabels(labels, bag(peer, "podSelector", "matchLabels")));

const sameLabels = (one: Bag, other: Bag): boolean =>
  Object.keys(one).length > 0 && Object.keys({ ...one, ...other }).every((key) => one[key] === other[key]);
