import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { fields, input, listOf, text } from "../shape.ts";
import { check } from "../validation.ts";

export interface InterfaceEndpointsArgs {
  /** VPC whose machines use the endpoints. */
  vpcId: pulumi.Input<string>;

  /** Range from which the endpoints may be reached: the VPC's. */
  vpcCidr: pulumi.Input<string>;

  /** Region of the services. */
  region: string;

  /** One subnet a zone; each takes one address an endpoint. */
  subnetIds: readonly pulumi.Input<string>[];

  /** Last part of each service's endpoint name, for example `ecr.api` (VPC user guide, "AWS services that integrate with AWS PrivateLink"). */
  services: readonly string[];
}

/**
 * Private endpoints of AWS services, reached under their usual names and over HTTPS alone, behind one security group.
 *
 * @throws {pulumi.ResourceError} when a service is not the name of an endpoint, is named twice, or has a free gateway endpoint.
 */
export class InterfaceEndpoints extends Component {
  static override readonly shape = fields<InterfaceEndpointsArgs>({
    vpcId: input(text),
    vpcCidr: input(text),
    region: text,
    subnetIds: listOf(input(text)),
    services: listOf(text),
  });

  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: InterfaceEndpointsArgs, opts?: ComponentOptions) {
    super("network:InterfaceEndpoints", name, args, opts);
    checkServices("services", args.services, this);

    const child = { parent: this };
    const { id: securityGroupId } = new aws.ec2.SecurityGroup(
      `${name}-access`,
      { vpcId: args.vpcId, description: "HTTPS from the VPC to the private endpoints of AWS services" },
      child,
    );
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-https`,
      {
        securityGroupId,
        cidrIpv4: args.vpcCidr,
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        description: "HTTPS from the VPC",
      },
      child,
    );
    for (const service of args.services) {
      new aws.ec2.VpcEndpoint(
        `${name}-${service.replaceAll(".", "-")}`,
        {
          vpcId: args.vpcId,
          vpcEndpointType: "Interface",
          serviceName: `com.amazonaws.${args.region}.${service}`,
          privateDnsEnabled: true,
          subnetIds: [...args.subnetIds],
          securityGroupIds: [securityGroupId],
          tags: { Name: `${name}-${service}` },
        },
        child,
      );
    }

    this.securityGroupId = securityGroupId;
    this.registerOutputs({ securityGroupId });
  }
}

/**
 * Services that have an interface endpoint, by the last part of its name (VPC user guide, "AWS services that integrate with AWS
 * PrivateLink"): those that a platform of models may call. AWS alone would notice a misspelt one.
 */
export const ENDPOINT_SERVICES = [
  "acm",
  "acm-pca",
  "aps",
  "aps-workspaces",
  "athena",
  "autoscaling",
  "backup",
  "batch",
  "bedrock",
  "bedrock-agent",
  "bedrock-agent-runtime",
  "bedrock-runtime",
  "cloudformation",
  "cloudtrail",
  "codebuild",
  "config",
  "datasync",
  "ebs",
  "ec2",
  "ec2messages",
  "ecr.api",
  "ecr.dkr",
  "eks",
  "eks-auth",
  "elasticache",
  "elasticfilesystem",
  "elasticloadbalancing",
  "events",
  "execute-api",
  "fsx",
  "glue",
  "guardduty-data",
  "kafka",
  "kinesis-firehose",
  "kinesis-streams",
  "kms",
  "lakeformation",
  "lambda",
  "logs",
  "monitoring",
  "rds",
  "rds-data",
  "redshift-data",
  "sagemaker.api",
  "sagemaker.runtime",
  "secretsmanager",
  "securityhub",
  "sns",
  "sqs",
  "ssm",
  "ssmmessages",
  "states",
  "sts",
  "tagging",
  "xray",
] as const;

/** Shared with `Network`, which takes the same list under another name. */
export function checkServices(argument: string, services: readonly string[], on: pulumi.Resource): void {
  for (const service of services) {
    check.matches(argument, service, /^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*$/, "endpoint names of AWS services, such as ecr.api", on);
    check.that(
      service !== "s3" && service !== "dynamodb",
      argument,
      "services without a gateway endpoint, which is free and carries more",
      service,
      on,
    );
  }
  check.distinct(argument, services, on);
}
