import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { policyDocument, serviceTrust } from "../iam.ts";
import { shorten } from "../naming.ts";
import { isNarrow, isPrivate, NARROW_RULE, PRIVATE_RANGES } from "../network/cidr.ts";
import { byKind, fields, flag, input, listOf, mapOf, oneOf, optional, text } from "../shape.ts";
import { check } from "../validation.ts";
import { KUBERNETES } from "../versions.ts";
import { checkClusterName, clusterName } from "./cluster-name.ts";

/** Who reaches the Kubernetes API: the VPC alone, or these CIDRs as well. */
export type Endpoint = { access: "private" } | { access: "public"; cidrs: readonly string[] };

const LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"] as const;
export type LogType = (typeof LOG_TYPES)[number];

export interface ClusterArgs {
  /** Name of the cluster in AWS, at most 100 characters. Plain, because IAM conditions carry it. */
  clusterName: string;

  /** Subnets of the control plane's network interfaces, in at least two zones. */
  subnetIds: pulumi.Input<pulumi.Input<string>[]>;

  /** Key that encrypts Kubernetes secrets in etcd. It can never be changed for a cluster that exists. */
  secretsKeyArn: pulumi.Input<string>;

  /** Who reaches the Kubernetes API. */
  endpoint: Endpoint;

  /**
   * Who else reaches the API's private address on port 443, beside the cluster's own nodes and pods: security groups by a short name,
   * and private CIDRs of networks that are routed to the VPC. @default - nobody
   */
  apiClients?: { groups: Record<string, pulumi.Input<string>>; cidrs: readonly string[] };

  /** Refuse to delete the cluster through any tool. @default true */
  deletionProtection?: boolean;

  /** Control plane logs that are written, to the group of `ClusterLogs`. @default - all five */
  logs?: readonly LogType[];

  /** Kubernetes version, in EKS standard support. @default "1.36" */
  version?: string;

  /** Move traffic and pods away from an impaired zone when AWS or an operator asks for it. @default false */
  zonalShift?: boolean;
}

/**
 * An EKS control plane that is reached by access entries alone, with encrypted secrets.
 *
 * It has no nodes, no add-ons and no administrator yet: `SystemNodes`, `Addons` and `ClusterAccess` bring them. The group of its logs
 * must be there before it: `ClusterLogs` makes it.
 *
 * @throws {pulumi.ResourceError} when the version is out of standard support, the name too long, or a CIDR invalid or open to
 * everybody.
 */
export class Cluster extends Component {
  static override readonly shape = fields<ClusterArgs>({
    clusterName,
    subnetIds: input(listOf(input(text))),
    secretsKeyArn: input(text),
    endpoint: byKind<Endpoint, "access">("access", { private: {}, public: { cidrs: listOf(text) } }),
    apiClients: optional(fields<NonNullable<ClusterArgs["apiClients"]>>({ groups: mapOf(input(text)), cidrs: listOf(text) })),
    deletionProtection: optional(flag),
    logs: optional(listOf(oneOf(...LOG_TYPES))),
    // Whether it still has support on the day is a question for the policy EKS-05: a day must not refuse a plan.
    version: optional(oneOf(...Object.keys(KUBERNETES.standardSupportEnds))),
    zonalShift: optional(flag),
  });

  readonly clusterName: pulumi.Output<string>;
  readonly endpoint: pulumi.Output<string>;
  /** Certificate authority of the Kubernetes API, as base64. */
  readonly certificateAuthority: pulumi.Output<string>;
  /** Issuer of the tokens of service accounts; its public keys are at `<issuer>/keys`. */
  readonly tokenIssuer: pulumi.Output<string>;
  /** Security group that EKS makes, shared by control plane and nodes. */
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: ClusterArgs, opts?: ComponentOptions) {
    super("cluster:Cluster", name, args, opts);
    validate(args, this);

    const child = { parent: this };
    const role = new aws.iam.Role(
      `${name}-role`,
      { namePrefix: shorten("iam role", `${name}-`, 26), assumeRolePolicy: serviceTrust("eks.amazonaws.com") },
      child,
    );
    const permissions = [
      new aws.iam.RolePolicyAttachment(
        `${name}-role-cluster`,
        { role: role.name, policyArn: "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy" },
        child,
      ),
      new aws.iam.RolePolicy(`${name}-role-secrets`, { role: role.name, policy: useOfKey(args.secretsKeyArn) }, child),
    ];
    const cluster = new aws.eks.Cluster(name, controlPlane(args, role.arn), { ...child, dependsOn: permissions });

    this.clusterName = cluster.name;
    this.endpoint = cluster.endpoint;
    this.certificateAuthority = cluster.certificateAuthority.apply(({ data }) => data);
    this.tokenIssuer = cluster.identities.apply((identities) => identities[0]!.oidcs[0]!.issuer);
    this.securityGroupId = cluster.vpcConfig.apply(({ clusterSecurityGroupId }) => clusterSecurityGroupId);
    for (const [client, source] of Object.entries(sourcesOf(args.apiClients))) {
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-api-from-${client}`,
        {
          securityGroupId: this.securityGroupId,
          ...source,
          ipProtocol: "tcp",
          fromPort: 443,
          toPort: 443,
          description: `Kubernetes API from ${client}`,
        },
        child,
      );
    }
    this.registerOutputs({ clusterName: this.clusterName, endpoint: this.endpoint, securityGroupId: this.securityGroupId });
  }
}

function controlPlane(args: ClusterArgs, roleArn: pulumi.Input<string>): aws.eks.ClusterArgs {
  return {
    name: args.clusterName,
    roleArn,
    version: args.version ?? KUBERNETES.default,
    // Extended support costs six times as much and is the default of the API (EKS pricing).
    upgradePolicy: { supportType: "STANDARD" },
    accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
    bootstrapSelfManagedAddons: false,
    deletionProtection: args.deletionProtection ?? true,
    enabledClusterLogTypes: [...(args.logs ?? LOG_TYPES)],
    encryptionConfig: { provider: { keyArn: args.secretsKeyArn }, resources: ["secrets"] },
    vpcConfig: {
      subnetIds: args.subnetIds,
      endpointPrivateAccess: true,
      endpointPublicAccess: args.endpoint.access === "public",
      ...(args.endpoint.access === "public" && { publicAccessCidrs: [...args.endpoint.cidrs] }),
    },
    zonalShiftConfig: { enabled: args.zonalShift ?? false },
  };
}

/** Sources of the rules that open the API's private address, by a name for each. */
function sourcesOf(
  { groups, cidrs }: NonNullable<ClusterArgs["apiClients"]> = { groups: {}, cidrs: [] },
): Record<string, { referencedSecurityGroupId: pulumi.Input<string> } | { cidrIpv4: string }> {
  return Object.fromEntries([
    ...Object.entries(groups).map(([group, id]) => [group, { referencedSecurityGroupId: id }] as const),
    ...cidrs.map((cidr) => [cidr.replace(/[./]/g, "-"), { cidrIpv4: cidr }] as const),
  ]);
}

/** What EKS does with the key of the secrets in the cluster's name (EKS user guide, "Amazon EKS cluster IAM role"). */
function useOfKey(keyArn: pulumi.Input<string>): pulumi.Output<string> {
  return policyDocument([
    { sid: "EncryptSecrets", actions: ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"], resources: [keyArn] },
  ]);
}

function validate({ clusterName, endpoint, apiClients, logs }: ClusterArgs, cluster: pulumi.Resource): void {
  checkClusterName(clusterName, cluster);
  check.distinct("logs", logs ?? [], cluster);
  for (const cidr of apiClients?.cidrs ?? []) {
    check.that(isPrivate(cidr), "apiClients.cidrs", `private ranges (inside ${PRIVATE_RANGES.join(", ")})`, cidr, cluster);
  }
  check.distinct("apiClients.cidrs", apiClients?.cidrs ?? [], cluster);
  if (endpoint.access === "public") {
    check.length("endpoint.cidrs", endpoint.cidrs, { min: 1 }, cluster);
    for (const cidr of endpoint.cidrs) {
      check.that(isNarrow(cidr), "endpoint.cidrs", NARROW_RULE, cidr, cluster);
    }
  }
}
