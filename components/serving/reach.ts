import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../iam.ts";
import { modelPrefix, SERVER_PORT } from "./pod-template.ts";

/** The bucket that keeps promoted models. */
export interface ModelStore {
  bucketName: pulumi.Input<string>;
  bucketArn: pulumi.Input<string>;
  /** Key that encrypts it. */
  kmsKeyArn: pulumi.Input<string>;
  region: string;
}

/** Reads the versions of one model and decrypts through S3 alone: another model's files, or the key by itself, are out of reach. */
export function readModel(name: string, { bucketArn, kmsKeyArn, region }: ModelStore): Statement[] {
  return [
    { sid: "ReadVersions", actions: ["s3:GetObject"], resources: [pulumi.interpolate`${bucketArn}/${modelPrefix(name)}*`] },
    {
      sid: "ListVersions",
      actions: ["s3:ListBucket"],
      resources: [bucketArn],
      conditions: { StringLike: { "s3:prefix": `${modelPrefix(name)}*` } },
    },
    {
      sid: "DecryptThroughStore",
      actions: ["kms:Decrypt"],
      resources: [kmsKeyArn],
      conditions: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
    },
  ];
}

/** In: predictions from the gateway, scrapes from monitoring. Out: names, the Pod Identity agent, AWS. */
export function networkPolicySpec(name: string, gatewayNamespace: string, monitoringNamespace: string) {
  const from = (namespace: string) => ({
    from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } }],
    ports: [{ port: SERVER_PORT, protocol: "TCP" }],
  });
  return {
    podSelector: { matchLabels: { app: name } },
    policyTypes: ["Ingress", "Egress"],
    ingress: [from(gatewayNamespace), from(monitoringNamespace)],
    egress: [
      {
        to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } }],
        ports: [
          { port: 53, protocol: "UDP" },
          { port: 53, protocol: "TCP" },
        ],
      },
      { to: [{ ipBlock: { cidr: POD_IDENTITY_AGENT } }], ports: [{ port: 80, protocol: "TCP" }] },
      // S3 and KMS have no fixed addresses.
      { to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 443, protocol: "TCP" }] },
    ],
  };
}

/** EKS user guide, "Learn how EKS Pod Identity grants pods access": the agent listens on this link-local address of each node. */
const POD_IDENTITY_AGENT = "169.254.170.23/32";

/** Scrapes each server by itself. The limit keeps one model's label explosion from taking Prometheus with it. */
export const podMonitorSpec = (name: string) => ({
  selector: { matchLabels: { app: name } },
  podMetricsEndpoints: [{ port: "http", path: "/metrics", interval: "15s" }],
  podTargetLabels: ["app", "version"],
  sampleLimit: 50_000,
});
