import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { LABELS, SYSTEM_POOL } from "../labels.ts";
import { SYSTEM_TAINT } from "../placement.ts";
import { anyText, fields, input, listOf, mapOf, optional, text, wholeNumber } from "../shape.ts";
import { check } from "../validation.ts";
import { KUBERNETES, NODE_GROUP_RELEASE } from "../versions.ts";
import { NodeRole } from "./node-role.ts";

export interface SystemNodesArgs {
  /** Name of the EKS cluster. */
  clusterName: pulumi.Input<string>;

  /** Private subnets of the nodes, one a zone. Each has the same number of nodes, so that a volume finds a node in its zone again. */
  subnetIds: readonly pulumi.Input<string>[];

  /** EC2 instance type, x86: images of third parties are not all built for Arm. */
  instanceType: string;

  /** Fewest nodes, a multiple of the subnets; the group starts with as many. */
  minNodes: number;

  /** Most nodes. */
  maxNodes: number;

  /** Size of a node's root volume, GiB, at least 20. */
  diskGiB: number;

  /** Tags of the instances, their volumes and network interfaces: the provider's default tags do not reach what EC2 starts for the group. */
  tags: Record<string, string>;

  /** Kubernetes version of the nodes; the cluster's own. @default "1.36" */
  version?: string;

  /**
   * Release of the nodes' image, `<version>.<patch>-<day>`. Without one EKS starts the group with the newest image of that day, and never
   * replaces it. @default - the release in `versions.ts`, where its Kubernetes is `version`; else none
   */
  releaseVersion?: string;

  /** Key of the volumes; its policy must let the service-linked role of Auto Scaling use it. @default - the account's key for EBS */
  volumeKeyArn?: pulumi.Input<string>;
}

/**
 * The nodes on which the platform's own controllers run: a managed node group, so that Karpenter, which makes all other nodes, never
 * stands on a node that it could remove. Their taint keeps everybody else's pods away (`SYSTEM_TAINT`).
 *
 * @throws {pulumi.ResourceError} when the instance type is not x86, the sizes cross, or the disk is too small.
 */
export class SystemNodes extends Component {
  static override readonly shape = fields<SystemNodesArgs>({
    clusterName: input(text),
    subnetIds: listOf(input(text)),
    instanceType: text,
    minNodes: wholeNumber({ min: 1 }),
    maxNodes: wholeNumber({ min: 1 }),
    diskGiB: wholeNumber({ min: 20 }),
    tags: mapOf(anyText),
    version: optional(text),
    releaseVersion: optional(text),
    volumeKeyArn: optional(input(text)),
  });

  readonly roleArn: pulumi.Output<string>;
  /** Auto Scaling group that EKS made for the nodes: a load balancer takes its targets from it. */
  readonly autoScalingGroup: pulumi.Output<string>;

  constructor(name: string, args: SystemNodesArgs, opts?: ComponentOptions) {
    super("cluster:SystemNodes", name, args, opts);
    validate(args, this);
    const { version = KUBERNETES.default } = args;
    const { releaseVersion = fits(NODE_GROUP_RELEASE, version) ? NODE_GROUP_RELEASE : undefined } = args;

    const child = { parent: this };
    const role = new NodeRole(`${name}-role`, child);
    const template = new aws.ec2.LaunchTemplate(`${name}-template`, launchTemplate(args), child);
    const group = new aws.eks.NodeGroup(
      name,
      {
        clusterName: args.clusterName,
        nodeRoleArn: role.roleArn,
        subnetIds: [...args.subnetIds],
        version,
        ...(releaseVersion !== undefined && { releaseVersion }),
        amiType: "AL2023_x86_64_STANDARD",
        instanceTypes: [args.instanceType],
        launchTemplate: { id: template.id, version: pulumi.interpolate`${template.latestVersion}` },
        scalingConfig: { minSize: args.minNodes, desiredSize: args.minNodes, maxSize: args.maxNodes },
        updateConfig: { maxUnavailable: 1 },
        nodeRepairConfig: { enabled: true },
        labels: { [LABELS.pool]: SYSTEM_POOL },
        taints: [{ key: SYSTEM_TAINT.key, value: SYSTEM_TAINT.value, effect: "NO_SCHEDULE" }],
      },
      {
        ...child,
        dependsOn: role,
        // The next `up` does not undo a size that somebody set by hand in an incident.
        ignoreChanges: ["scalingConfig.desiredSize"],
      },
    );

    this.roleArn = role.roleArn;
    this.autoScalingGroup = group.resources.apply((made) => made[0]!.autoscalingGroups![0]!.name!);
    this.registerOutputs({ roleArn: this.roleArn, autoScalingGroup: this.autoScalingGroup });
  }
}

/** Whether the image of a release has a version of Kubernetes. */
const fits = (release: string, version: string): boolean => release.startsWith(`${version}.`);

const RELEASE = /^\d+\.\d+\.\d+-\d{8}$/;

function launchTemplate({ diskGiB, volumeKeyArn, tags }: SystemNodesArgs): aws.ec2.LaunchTemplateArgs {
  return {
    updateDefaultVersion: true,
    // One hop: a pod cannot reach the metadata service and take the node's role (EKS best practices, "Identity and Access Management").
    metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
    blockDeviceMappings: [
      {
        deviceName: "/dev/xvda",
        ebs: {
          volumeType: "gp3",
          volumeSize: diskGiB,
          encrypted: "true",
          deleteOnTermination: "true",
          ...(volumeKeyArn !== undefined && { kmsKeyId: volumeKeyArn }),
        },
      },
    ],
    tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({ resourceType, tags })),
  };
}

/** In EC2's names the processor stands after the generation: m7g, c7gn and r8gd are Graviton, g5g too. */
const GRAVITON = /^[a-z]+\d+[a-z]*g[a-z]*\./;
const INSTANCE_TYPE = /^[a-z]+\d+[a-z0-9-]*\.[a-z0-9-]+$/;

function validate(args: SystemNodesArgs, nodes: pulumi.Resource): void {
  const { instanceType, minNodes, maxNodes, subnetIds, version = KUBERNETES.default, releaseVersion } = args;
  const isRelease = releaseVersion === undefined || (RELEASE.test(releaseVersion) && fits(releaseVersion, version));
  check.that(isRelease, "releaseVersion", `an image of Kubernetes ${version}, ${version}.<patch>-<day>`, releaseVersion, nodes);
  const x86 = INSTANCE_TYPE.test(instanceType) && !GRAVITON.test(instanceType);
  check.that(x86, "instanceType", "an x86 EC2 instance type, for example m7i.large", instanceType, nodes);
  check.length("subnetIds", subnetIds, { min: 1 }, nodes);
  const zones = subnetIds.length;
  check.that(minNodes % zones === 0, "minNodes", `a multiple of ${zones}, the number of 'subnetIds'`, minNodes, nodes);
  check.wholeNumber("maxNodes", maxNodes, { min: minNodes }, nodes);
}
