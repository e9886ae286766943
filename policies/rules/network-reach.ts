import type { Resource } from "../resource.ts";
import type { Fault } from "../rule.ts";
import { together } from "../together.ts";
import { nameOf } from "./istio.ts";
import { namespaceOf } from "./workloads.ts";

const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

/** Label that the API server gives every namespace, and nobody can take away. */
const NAME_LABEL = "kubernetes.io/metadata.name";

/** Network policies on what comes in, by the namespace that they bind. */
export const ingressPolicies = (resources: readonly Resource[]): Map<string, Resource[]> =>
  Map.groupBy(
    resources.filter(({ type, inputs }) => type === NETWORK_POLICY && bindsIngress(inputs.spec)),
    namespaceOf,
  );

/**
 * Ways into a namespace that its network policies leave open to others than the named namespaces.
 *
 * @param policies those that bind it.
 * @param callers names of the namespaces whose pods may call in.
 */
export function openings(namespace: Resource, policies: readonly Resource[], callers: readonly string[]): Fault[] {
  const name = nameOf(namespace);
  const want = `one that closes every pod of '${name}'`;
  return together(
    () => (policies.some(bindsAll) ? [] : [{ resource: namespace, property: "NetworkPolicy", got: "nothing", want }]),
    ...policies.map((policy) => () => openPeers(policy, callers)),
  );
}

/** A policy that names no types means what comes in (Kubernetes API reference, `policyTypes`). */
const bindsIngress = ({ policyTypes = ["Ingress"] }: any): boolean => policyTypes.includes("Ingress");

/** An empty selector means every pod. */
const bindsAll = ({ inputs }: Resource): boolean => Object.keys(inputs.spec.podSelector ?? {}).length === 0;

function openPeers(resource: Resource, callers: readonly string[]): Fault[] {
  const want = `from the namespaces ${callers.map((caller) => `'${caller}'`).join(" and ")} alone`;
  return (resource.inputs.spec.ingress ?? []).flatMap((rule: any, at: number): Fault[] => {
    const property = `spec.ingress[${at}].from`;
    const peers: any[] = rule.from ?? [];
    return peers.length === 0
      ? [{ resource, property, got: "everybody", want }]
      : peers.flatMap((peer, each) =>
          callers.includes(peer.namespaceSelector?.matchLabels?.[NAME_LABEL])
            ? []
            : [{ resource, property: `${property}[${each}]`, got: JSON.stringify(peer), want }],
        );
  });
}
