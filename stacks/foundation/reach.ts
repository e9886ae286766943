import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { AccessHost } from "#components/access/access-host";
import { CiRunner } from "#components/access/ci-runner";
import type { Network } from "#components/network/network";
import type { Context } from "../context.ts";
import { accessHostOf, DOMAIN, prefixOf, tagsOf } from "../names.ts";
import type { Keys } from "./keys.ts";

/** Hosted zone that the VPC alone resolves. The platform writes the names of its load balancer into it; the zone itself is a person's. */
export const modelsZone = (context: Context, { vpcId }: Network, provider: aws.Provider): aws.route53.Zone =>
  new aws.route53.Zone(
    "models-zone",
    { name: DOMAIN, comment: `Models and pages of ${prefixOf(context)}`, vpcs: [{ vpcId }] },
    { provider, protect: context.profile.protection.deletion },
  );

/** How people and CI arrive at a private Kubernetes API. @returns their security groups, which the cluster lets in. */
export function apiClientsOf(
  context: Context,
  { vpcId, privateSubnetIds: subnetIds }: Network,
  keys: Keys,
  opts: pulumi.ComponentResourceOptions,
): Record<string, pulumi.Output<string>> {
  const { profile, settings } = context;
  const { account, region, owners, runner } = settings;
  const clients: Record<string, pulumi.Output<string>> = {};
  if (profile.cluster.accessHost) {
    const hostName = accessHostOf(context);
    const tags = tagsOf("foundation", context);
    const host = new AccessHost("access-host", { hostName, vpcId, subnetIds, volumeKeyArn: keys.cluster.keyArn, tags }, opts);
    clients["access-host"] = host.securityGroupId;
  }
  if (runner) {
    const ci = new CiRunner(
      "ci-runner",
      {
        runnerName: `${prefixOf(context)}-runner`,
        repository: owners.repository,
        connectionArn: runner.connection,
        workflows: ["preview", "promote", "follow", "rollback", "up"],
        account,
        region,
        vpcId,
        subnetIds,
        logsKeyArn: keys.logs.keyArn,
        logDays: profile.protection.logDays,
      },
      opts,
    );
    clients["ci-runner"] = ci.securityGroupId;
  }
  return clients;
}
