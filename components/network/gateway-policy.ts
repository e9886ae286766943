import type * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../iam.ts";
import { readableBuckets } from "./registries.ts";

/**
 * What may pass the S3 gateway endpoint: our own identities to buckets of our own account, and reads from the buckets of the
 * image registries and of AWS that nodes need (`registries.ts`). Data cannot leave through it to somebody else's bucket. The policy grants nothing by itself:
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
      sid: "LayersAndPackages",
      principals: "*",
      actions: ["s3:GetObject"],
      resources: readableBuckets(region).map((bucket) => `arn:aws:s3:::${bucket}/*`),
    },
  ]);
}
