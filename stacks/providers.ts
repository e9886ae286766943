import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { PROJECT_FOLDER } from "#engine/project";
import type { Context } from "./context.ts";
import { tagsOf } from "./names.ts";

/**
 * The version of this repository that a resource was last changed by. Not the release of models, which changes no infrastructure,
 * and not on nodes: Karpenter and EKS replace those whose tags change.
 */
const released = (): { release: string } => ({
  release: JSON.parse(readFileSync(join(PROJECT_FOLDER, "package.json"), "utf8")).version,
});

/** The AWS provider of a layer: the one account it may touch, the region, and tags that no resource can forget. */
export function awsProvider(layer: string, context: Context): aws.Provider {
  return providerOf("aws", { ...tagsOf(layer, context), ...released() }, context);
}

/**
 * The same for what CI may not touch: its own roles and boundaries, its identity provider, and what is the account's. None of its tags changes
 * with a release, which CI brings up.
 */
export function guardedProvider(layer: string, context: Context): aws.Provider {
  return providerOf("aws-guarded", tagsOf(layer, context), context);
}

const providerOf = (name: string, tags: Record<string, string>, { settings: { account, region } }: Context): aws.Provider =>
  new aws.Provider(name, { region: region as aws.Region, allowedAccountIds: [account], defaultTags: { tags } });

/** How to reach a cluster. */
export interface ClusterAccess {
  name: pulumi.Input<string>;
  endpoint: pulumi.Input<string>;
  certificateAuthority: pulumi.Input<string>;
}

/** A provider for the objects of a cluster. Its credentials are fetched at run time by the AWS CLI and never stored. */
export function kubernetesProvider(access: ClusterAccess, region: string, opts?: pulumi.ResourceOptions): k8s.Provider {
  return new k8s.Provider(
    "cluster",
    {
      kubeconfig: kubeconfig(access, region),
      // The provider is another one only when the cluster is, not when its certificate is renewed.
      clusterIdentifier: access.name,
      // Objects that an interrupted `up` had made but not recorded are taken over instead of refused.
      upsertExistingObjects: true,
      deleteUnreachable: false,
    },
    opts,
  );
}

function kubeconfig({ name, endpoint, certificateAuthority }: ClusterAccess, region: string): pulumi.Output<string> {
  return pulumi.jsonStringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "cluster",
    contexts: [{ name: "cluster", context: { cluster: "cluster", user: "deployer" } }],
    clusters: [{ name: "cluster", cluster: { server: endpoint, "certificate-authority-data": certificateAuthority } }],
    users: [
      {
        name: "deployer",
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1",
            interactiveMode: "Never",
            command: "aws",
            args: ["eks", "get-token", "--output", "json", "--cluster-name", name, "--region", region],
          },
        },
      },
    ],
  });
}
