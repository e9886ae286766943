import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { namespaceNamed, TO_AWS, TO_DNS, TO_POD_IDENTITY, tcp } from "../egress.ts";
import { labelsOf, METRICS_PORT, PORT } from "./pod.ts";
import type { OnlineStore } from "./settings.ts";

type PolicySpec = k8s.types.input.networking.v1.NetworkPolicySpec;

export interface Traffic {
  /** Labels of the namespaces whose pods may call the server. */
  clientLabels: Record<string, string>;
  databasePort: pulumi.Input<number>;
  /** Namespace of Prometheus. */
  monitoringNamespace: pulumi.Input<string>;
  online: OnlineStore;
  /** IPv4 range in which the database lies. */
  vpcCidr: pulumi.Input<string>;
}

/** Clients and Prometheus come in; the database, and DynamoDB where the values lie there, are what the server calls. */
export const serverTraffic = (traffic: Traffic): PolicySpec => ({
  podSelector: { matchLabels: labelsOf("server") },
  policyTypes: ["Ingress", "Egress"],
  ingress: [
    { from: [{ namespaceSelector: { matchLabels: traffic.clientLabels } }], ports: tcp(PORT) },
    { from: [namespaceNamed(traffic.monitoringNamespace)], ports: tcp(METRICS_PORT) },
  ],
  egress: [TO_DNS, toDatabase(traffic), ...(traffic.online.kind === "postgres" ? [] : [TO_POD_IDENTITY, TO_AWS])],
});

/** Nobody comes in to the jobs; they reach the database and AWS. */
export const jobsTraffic = (traffic: Traffic): PolicySpec => ({
  podSelector: {
    matchExpressions: [{ key: "app.kubernetes.io/component", operator: "In", values: ["apply", "materialization"] }],
  },
  policyTypes: ["Ingress", "Egress"],
  ingress: [],
  egress: [TO_DNS, toDatabase(traffic), TO_POD_IDENTITY, TO_AWS],
});

const toDatabase = ({ vpcCidr, databasePort }: Traffic) => ({
  to: [{ ipBlock: { cidr: vpcCidr } }],
  ports: tcp(databasePort),
});
