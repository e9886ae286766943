import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { serviceTrust } from "../iam.ts";
import { shorten } from "../naming.ts";
import { anyText, fields, input, label, listOf, mapOf, matching, optional, text, wholeNumber } from "../shape.ts";
import { httpsOnly } from "./https-only.ts";

export interface AccessHostArgs {
  /** Name of the instance, its tag `Name`: people find it by this name. */
  hostName: string;

  /** VPC of the host. */
  vpcId: pulumi.Input<string>;

  /** Private subnets with a way out (NAT), one a zone: Session Manager reaches the host from inside. */
  subnetIds: readonly pulumi.Input<string>[];

  /** Key of the volume; its policy must let the service-linked role of Auto Scaling use it. */
  volumeKeyArn: pulumi.Input<string>;

  /** Tags of the instance and its volume: the provider's default tags do not reach what Auto Scaling starts. */
  tags: Record<string, string>;

  /** Arm instance type. @default "t4g.nano" */
  instanceType?: string;

  /** Days after which the instance is replaced by one from the newest image, 1 to 365. @default 7 */
  lifetimeDays?: number;
}

/**
 * Parameter under which AWS publishes its newest image of Amazon Linux 2023 for Arm (AL2023 user guide, "Launching AL2023 using the SSM
 * parameter"). The image carries the SSM agent. Auto Scaling reads the parameter at each launch.
 */
export const IMAGE_PARAMETER = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64";

const ARM_TYPE = /^[a-z]+\d+[a-z]*g[a-z]*\.[a-z0-9-]+$/;

/**
 * The way of people to a private Kubernetes API: one small instance without a public address, a key pair or an open port. People open
 * a session to it through Systems Manager, with the rights of their own IAM role, and forward a port to the API
 * (docs/guides/aws.md, "Private endpoint").
 *
 * An Auto Scaling group keeps one instance and replaces it when it fails and when it is `lifetimeDays` old. Nobody patches it.
 *
 * @throws {pulumi.ResourceError} when the name or the instance type is invalid, or the lifetime is outside its range.
 */
export class AccessHost extends Component {
  static override readonly shape = fields<AccessHostArgs>({
    hostName: label,
    vpcId: input(text),
    subnetIds: listOf(input(text)),
    volumeKeyArn: input(text),
    tags: mapOf(anyText),
    instanceType: optional(matching(ARM_TYPE, "an Arm EC2 instance type, for example t4g.nano")),
    lifetimeDays: optional(wholeNumber({ min: 1, max: 365 })),
  });

  /** Security group of the host, for whatever it may call. */
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: AccessHostArgs, opts?: ComponentOptions) {
    super("access:AccessHost", name, args, opts);
    const { hostName, vpcId, instanceType = "t4g.nano", lifetimeDays = 7 } = args;

    const child = { parent: this };
    const role = new aws.iam.Role(
      `${name}-role`,
      { namePrefix: shorten("iam role", `${hostName}-`, 26), assumeRolePolicy: serviceTrust("ec2.amazonaws.com") },
      child,
    );
    const sessions = new aws.iam.RolePolicyAttachment(
      `${name}-role-sessions`,
      { role: role.name, policyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" },
      child,
    );
    const profile = new aws.iam.InstanceProfile(`${name}-profile`, { role: role.name }, child);
    const securityGroupId = httpsOnly(
      name,
      { vpcId, owner: "Access host", calls: "Systems Manager, packages and the Kubernetes API" },
      child,
    );
    const template = new aws.ec2.LaunchTemplate(
      `${name}-template`,
      launchTemplate({ ...args, instanceType, securityGroupId, profileArn: profile.arn }),
      child,
    );
    new aws.autoscaling.Group(
      name,
      {
        minSize: 1,
        maxSize: 1,
        vpcZoneIdentifiers: [...args.subnetIds],
        launchTemplate: { id: template.id, version: pulumi.interpolate`${template.latestVersion}` },
        maxInstanceLifetime: lifetimeDays * 86_400,
        healthCheckType: "EC2",
        tags: Object.entries({ ...args.tags, Name: hostName }).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
      },
      { ...child, dependsOn: sessions },
    );

    this.securityGroupId = securityGroupId;
    this.registerOutputs({ securityGroupId });
  }
}

interface Launched extends AccessHostArgs {
  instanceType: string;
  securityGroupId: pulumi.Input<string>;
  profileArn: pulumi.Input<string>;
}

function launchTemplate(host: Launched): aws.ec2.LaunchTemplateArgs {
  return {
    imageId: `resolve:ssm:${IMAGE_PARAMETER}`,
    instanceType: host.instanceType,
    updateDefaultVersion: true,
    iamInstanceProfile: { arn: host.profileArn },
    metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
    networkInterfaces: [{ deviceIndex: 0, associatePublicIpAddress: "false", securityGroups: [host.securityGroupId] }],
    blockDeviceMappings: [
      {
        deviceName: "/dev/xvda",
        ebs: { volumeType: "gp3", volumeSize: 8, encrypted: "true", deleteOnTermination: "true", kmsKeyId: host.volumeKeyArn },
      },
    ],
    tagSpecifications: ["instance", "volume"].map((resourceType) => ({
      resourceType,
      tags: { ...host.tags, Name: host.hostName },
    })),
  };
}
