import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

export interface HttpsOnlyArgs {
  vpcId: pulumi.Input<string>;
  /** Whose group it is, for its description. */
  owner: string;
  /** What the owner calls, for the description of the way out. */
  calls: string;
}

/**
 * A security group that lets nothing in, and HTTPS out.
 *
 * @param name of the component around it
 * @returns its id
 */
export function httpsOnly(name: string, { vpcId, owner, calls }: HttpsOnlyArgs, child: { parent: pulumi.Resource }) {
  const { id: securityGroupId } = new aws.ec2.SecurityGroup(
    `${name}-access`,
    { vpcId, description: `${owner}: nothing comes in, HTTPS goes out` },
    child,
  );
  new aws.vpc.SecurityGroupEgressRule(
    `${name}-https`,
    { securityGroupId, cidrIpv4: "0.0.0.0/0", ipProtocol: "tcp", fromPort: 443, toPort: 443, description: calls },
    child,
  );
  return securityGroupId;
}
