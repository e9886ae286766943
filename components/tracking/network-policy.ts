import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { PORT } from "./configuration.ts";
import { METRICS_PORT } from "./metrics.ts";
import { NAME } from "./pod.ts";

type PolicySpec = k8s.types.input.networking.v1.NetworkPolicySpec;

/** Where the Pod Identity agent answers on every node (EKS user guide, "How EKS Pod Identity works"). */
const POD_IDENTITY_AGENT = "169.254.170.23/32";

/** Nothing enters, nothing leaves. */
export const denySpec: PolicySpec = { podSelector: {}, policyTypes: ["Ingress", "Egress"] };

export interface Traffic {
  /** Labels of the namespaces whose pods may call the server. */
  clientLabels: Record<string, string>;
  databasePort: pulumi.Input<number>;
  /** Namespace of the ingress gateway, when there is a route. */
  gatewayNamespace?: pulumi.Input<string>;
  /** Namespace of Prometheus. */
  monitoringNamespace: pulumi.Input<string>;
  /** IPv4 range in which the database lies. */
  vpcCidr: pulumi.Input<string>;
}

/** What the server, its migration and its collection need, and no more. */
export function trafficSpec(traffic: Traffic): PolicySpec {
  const ours = { matchLabels: { "app.kubernetes.io/name": NAME } };
  const tcp = (...ports: pulumi.Input<number>[]) => ports.map((port) => ({ protocol: "TCP", port }));
  return {
    podSelector: ours,
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      {
        from: [
          { podSelector: ours },
          { namespaceSelector: { matchLabels: traffic.clientLabels } },
          ...(traffic.gatewayNamespace === undefined ? [] : [namespace(traffic.gatewayNamespace)]),
        ],
        ports: tcp(PORT),
      },
      { from: [namespace(traffic.monitoringNamespace)], ports: tcp(METRICS_PORT) },
    ],
    egress: [
      { to: [namespace("kube-system")], ports: [{ protocol: "UDP", port: 53 }, ...tcp(53)] },
      { to: [{ ipBlock: { cidr: traffic.vpcCidr } }], ports: tcp(traffic.databasePort) },
      { to: [{ ipBlock: { cidr: POD_IDENTITY_AGENT } }], ports: tcp(80) },
      { to: [{ podSelector: ours }], ports: tcp(PORT) },
      // S3 and the receivers of webhooks have no addresses that could be named here.
      { ports: tcp(443) },
    ],
  };
}

/** The label that the API server gives every namespace (Kubernetes documentation, "Automatic labelling"). */
const namespace = (name: pulumi.Input<string>): k8s.types.input.networking.v1.NetworkPolicyPeer => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});
