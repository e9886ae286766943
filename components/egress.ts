import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { anyText, fields, label, listOf, mapOf, optional, wholeNumber } from "./shape.ts";

// Parts of network policies: what Millrace's pods may call, and what may call them.

type PolicySpec = k8s.types.input.networking.v1.NetworkPolicySpec;
type Port = k8s.types.input.networking.v1.NetworkPolicyPort;
type Peer = k8s.types.input.networking.v1.NetworkPolicyPeer;
type EgressRule = k8s.types.input.networking.v1.NetworkPolicyEgressRule;

/** Every pod of the namespace: nothing comes in, nothing goes out, unless another policy allows it. */
export const DENY_ALL: PolicySpec = { podSelector: {}, policyTypes: ["Ingress", "Egress"] };

export const tcp = (...ports: pulumi.Input<number>[]): Port[] => ports.map((port) => ({ protocol: "TCP", port }));

/** All pods of a namespace, by the label that the API server gives it (Kubernetes documentation, "Automatic labelling"). */
export const namespaceNamed = (name: pulumi.Input<string>): Peer => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

/** Pods that others may call. */
export interface Destination {
  namespace: string;
  /** @default - every pod of the namespace */
  podLabels?: Record<string, string>;
  /** Ports on which the pods listen, which a Service may call otherwise. */
  ports: readonly number[];
}

export const destination = fields<Destination>({
  namespace: label,
  podLabels: optional(mapOf(anyText)),
  // Without a port a policy opens all of them.
  ports: listOf(wholeNumber({ min: 1, max: 65_535 }), 1),
});

/** The way to pods of another namespace. Their own policy, where they have one, must let it in. */
export const toPods = ({ namespace, podLabels, ports }: Destination): EgressRule => ({
  to: [{ ...namespaceNamed(namespace), ...(podLabels && { podSelector: { matchLabels: podLabels } }) }],
  ports: tcp(...ports),
});

/** Names are resolved by the cluster's DNS. */
export const TO_DNS: EgressRule = { to: [namespaceNamed("kube-system")], ports: [{ protocol: "UDP", port: 53 }, ...tcp(53)] };

/** Credentials come from the agent on each node (EKS user guide, "Learn how EKS Pod Identity grants pods access"). */
export const TO_POD_IDENTITY: EgressRule = { to: [{ ipBlock: { cidr: "169.254.170.23/32" } }], ports: tcp(80) };

/** AWS over HTTPS, which has no fixed addresses. */
export const TO_AWS: EgressRule = { to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: tcp(443) };
