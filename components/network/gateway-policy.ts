import type * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../iam.ts";

/**
 * What may pass the S3 gateway endpoint: our own identities to buckets of our own account, and image layers from the buckets in
 * which their registries keep them. Data cannot leave through it to somebody else's bucket. The policy grants nothing by itself:
 * it only limits what the identity may already do.
 */
export function gatewayPolicy(account: string, region: string): pulumi.Output<string> {
  return policyDocument([
    {
      sid: "OurBuckets",
      principals: "*",
      actions: ["s3:*"],
      resources: ["*"],
      conditions: { StringEquals: { "aws:PrincipalAccount": account, "aws:ResourceAccount": account } },
    },
    // Nodes fetch layers with presigned or anonymous requests, which do not come from our account.
    {
      sid: "ImageLayers",
      principals: "*",
      actions: ["s3:GetObject"],
      resources: layerBuckets(region).map((bucket) => `arn:aws:s3:::${bucket}/*`),
    },
  ]);
}

const layerBuckets = (region: string): string[] => [
  // ECR user guide, "Amazon ECR interface VPC endpoints", on the minimum S3 bucket permissions.
  `prod-${region}-starport-layer-bucket`,
  // registry.k8s.io answers AWS clients with a redirect to the bucket of their region (kubernetes/registry.k8s.io).
  `prod-registry-k8s-io-${region}`,
];
