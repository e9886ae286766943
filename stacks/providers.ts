import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Profile } from "./environments/profile.ts";
import type { Settings } from "./settings.ts";

/** Tags on everything that can be tagged: who pays, who owns, what breaks when it goes. */
export function tagsOf(layer: string, profile: Profile, { contact }: Settings): Record<string, string> {
  return { project: "millrace", environment: profile.name, layer, owner: contact, "managed-by": "pulumi" };
}

/** The AWS provider of a layer: the one account it may touch, the region, and tags that no resource can forget. */
export function awsProvider(layer: string, profile: Profile, settings: Settings): aws.Provider {
  return new aws.Provider("aws", {
    region: settings.region as aws.Region,
    allowedAccountIds: [settings.account],
    defaultTags: { tags: tagsOf(layer, profile, settings) },
  });
}

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
