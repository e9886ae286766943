import type { Gateway } from "@millrace/components/serving/exposure";

/** What must be known of the cluster; `Pulumi.example.yaml` has one filled in. */
export interface Cluster {
  clusterName: string;
  region: string;
  /** Role of the nodes that Karpenter starts. */
  nodeRoleName: string;
  subnetIds: string[];
  securityGroupId: string;
  /** Key of the models' bucket. */
  kmsKeyArn: string;
  /** Ingress gateway of Istio. */
  gateway: Gateway;
  /** Prometheus that scrapes the gateway. */
  prometheusUrl: string;
}
