import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { namespaceNamed, TO_DNS, TO_POD_IDENTITY, tcp } from "../egress.ts";
import { PORT } from "./configuration.ts";
import { METRICS_PORT } from "./metrics.ts";
import { NAME } from "./pod.ts";

type PolicySpec = k8s.types.input.networking.v1.NetworkPolicySpec;

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
  return {
    podSelector: ours,
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      {
        from: [
          { podSelector: ours },
          { namespaceSelector: { matchLabels: traffic.clientLabels } },
          ...(traffic.gatewayNamespace === undefined ? [] : [namespaceNamed(traffic.gatewayNamespace)]),
        ],
        ports: tcp(PORT),
      },
      { from: [namespaceNamed(traffic.monitoringNamespace)], ports: tcp(METRICS_PORT) },
    ],
    egress: [
      TO_DNS,
      { to: [{ ipBlock: { cidr: traffic.vpcCidr } }], ports: tcp(traffic.databasePort) },
      TO_POD_IDENTITY,
      { to: [{ podSelector: ours }], ports: tcp(PORT) },
      // S3 and the receivers of webhooks have no addresses that could be named here.
      { ports: tcp(443) },
    ],
  };
}
