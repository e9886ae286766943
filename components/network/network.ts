import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { account } from "../iam.ts";
import { anyNumber, fields, input, listOf, optional, text } from "../shape.ts";
import { check } from "../validation.ts";
import { type Cidr, isPrivate, overlaps, PRIVATE_RANGES, parseCidr } from "./cidr.ts";
import { checkServices, InterfaceEndpoints } from "./endpoints.ts";
import { gatewayPolicy } from "./gateway-policy.ts";
import { intraRoutes, natGateways, privateRoutes, publicRoutes, type ZonedSubnet } from "./routes.ts";
import { carve, LARGEST_VPC, MOST_ZONES, SMALLEST_VPC, type ZoneSubnets } from "./subnets.ts";
import { zoneCode, zonesOf } from "./zones.ts";

export interface NetworkArgs {
  /** IPv4 range of the VPC, from /16 to /20. */
  cidr: string;

  /** Region of the network. */
  region: string;

  /** Ids of availability zones of the region, 2 to 4, such as eun1-az1. Append only: a zone's ranges and names follow from its place in the list. */
  zones: readonly string[];

  /** Account that owns the network: what passes the S3 endpoint stays within it. */
  account: string;

  /** Name of the cluster whose nodes Karpenter places in the private subnets. */
  clusterName: string;

  /** NAT gateways: 1 for all zones, or one a zone, so that the loss of a zone takes no other one offline. @default 1 */
  natGateways?: number;

  /** AWS services reached by private endpoints, as in {@link InterfaceEndpoints}. S3 always has its free gateway endpoint. @default - none */
  interfaceEndpoints?: readonly string[];

  /** ARN of the bucket that receives a record of every flow. @default - flows are not recorded */
  flowLogsBucketArn?: pulumi.Input<string>;

  /** Ranges that this one must stay clear of: those of networks it may be peered with. @default - none */
  reservedCidrs?: readonly string[];
}

/** Prefix under which flow logs lie in their bucket. */
export const FLOW_LOGS_PREFIX = "flow-logs";

/**
 * A VPC over several zones, each with a public subnet (load balancers, NAT), a large private one (nodes and pods) and an intra one
 * (databases, control plane) that has no route out of the VPC. The default security group is emptied.
 *
 * @throws {pulumi.ResourceError} when the range is not canonical and private, too small or large, or taken; when zones are
 * unknown, repeated or too few; when NAT gateways do not fit the zones; or when the name of an endpoint is invalid.
 */
export class Network extends Component {
  static override readonly shape = fields<NetworkArgs>({
    cidr: text,
    region: text,
    zones: listOf(text),
    account,
    clusterName: text,
    natGateways: optional(anyNumber),
    interfaceEndpoints: optional(listOf(text)),
    flowLogsBucketArn: optional(input(text)),
    reservedCidrs: optional(listOf(text)),
  });

  readonly vpcId: pulumi.Output<string>;
  readonly publicSubnetIds: pulumi.Output<string>[];
  readonly privateSubnetIds: pulumi.Output<string>[];
  readonly intraSubnetIds: pulumi.Output<string>[];
  /** Route tables of the private subnets, one a zone: a peering connection or a transit gateway gets its routes there. */
  readonly privateRouteTableIds: pulumi.Output<string>[];

  constructor(name: string, args: NetworkArgs, opts?: ComponentOptions) {
    super("network:Network", name, args, opts);
    validate(args, this);

    const child = { parent: this };
    const { region } = args;
    const vpc = new aws.ec2.Vpc(
      name,
      { cidrBlock: args.cidr, enableDnsSupport: true, enableDnsHostnames: true, tags: { Name: name } },
      child,
    );
    const ground = { name, vpcId: vpc.id, child };
    // Every VPC comes with a group that lets its members talk to each other. Millrace does not use it, so it is emptied.
    new aws.ec2.DefaultSecurityGroup(`${name}-default`, { vpcId: vpc.id, ingress: [], egress: [] }, child);

    const subnets = (kind: keyof ZoneSubnets, tags: Record<string, string>): ZonedSubnet[] =>
      subnetArgs(args, kind).map(({ letter, ...subnet }) => {
        const subnetName = `${name}-${kind}-${letter}`;
        return {
          letter,
          id: new aws.ec2.Subnet(subnetName, { vpcId: vpc.id, ...subnet, tags: { Name: subnetName, ...tags } }, child).id,
        };
      });
    const publicSubnets = subnets("public", { "kubernetes.io/role/elb": "1" });
    const privateSubnets = subnets("private", {
      "kubernetes.io/role/internal-elb": "1",
      "karpenter.sh/discovery": args.clusterName,
    });
    const intraSubnets = subnets("intra", {});

    const internet = publicRoutes(ground, publicSubnets);
    const nats = natGateways(ground, publicSubnets, args.natGateways ?? 1, internet);
    const privateTables = privateRoutes(ground, privateSubnets, nats);
    intraRoutes(ground, intraSubnets);

    new aws.ec2.VpcEndpoint(
      `${name}-s3`,
      {
        vpcId: vpc.id,
        vpcEndpointType: "Gateway",
        serviceName: `com.amazonaws.${region}.s3`,
        routeTableIds: privateTables,
        policy: gatewayPolicy(args.account, region),
        tags: { Name: `${name}-s3` },
      },
      child,
    );
    if (args.interfaceEndpoints && args.interfaceEndpoints.length > 0) {
      new InterfaceEndpoints(
        `${name}-endpoints`,
        { vpcId: vpc.id, vpcCidr: args.cidr, region, subnetIds: ids(intraSubnets), services: args.interfaceEndpoints },
        child,
      );
    }
    if (args.flowLogsBucketArn !== undefined) {
      new aws.ec2.FlowLog(`${name}-flows`, { vpcId: vpc.id, ...flowLog(args.flowLogsBucketArn), tags: { Name: name } }, child);
    }

    this.vpcId = vpc.id;
    this.publicSubnetIds = ids(publicSubnets);
    this.privateSubnetIds = ids(privateSubnets);
    this.intraSubnetIds = ids(intraSubnets);
    this.privateRouteTableIds = privateTables;
    this.registerOutputs({
      vpcId: this.vpcId,
      publicSubnetIds: this.publicSubnetIds,
      privateSubnetIds: this.privateSubnetIds,
      intraSubnetIds: this.intraSubnetIds,
      privateRouteTableIds: this.privateRouteTableIds,
    });
  }
}

const ids = (subnets: readonly ZonedSubnet[]): pulumi.Output<string>[] => subnets.map(({ id }) => id);

function validate(
  { cidr, region, zones, natGateways: nats, interfaceEndpoints = [], reservedCidrs = [] }: NetworkArgs,
  network: pulumi.Resource,
): void {
  const range = parseCidr(cidr);
  check.that(range !== undefined, "cidr", "an IPv4 range in canonical form, such as 10.10.0.0/16", cidr, network);
  checkRange(cidr, range!, reservedCidrs, network);
  checkZones(region, zones, network);
  check.that(
    nats === undefined || nats === 1 || nats === zones.length,
    "natGateways",
    `1, or one for each of the ${zones.length} zones`,
    nats,
    network,
  );
  checkServices("interfaceEndpoints", interfaceEndpoints, network);
}

function checkRange(cidr: string, range: Cidr, reserved: readonly string[], network: pulumi.Resource): void {
  check.that(range.bits >= LARGEST_VPC, "cidr", `at most a /${LARGEST_VPC}, the largest VPC`, cidr, network);
  check.that(
    range.bits <= SMALLEST_VPC,
    "cidr",
    `at least a /${SMALLEST_VPC} (4096 addresses), which leaves 512 for the pods of each zone`,
    cidr,
    network,
  );
  check.that(isPrivate(cidr), "cidr", `a private range (inside ${PRIVATE_RANGES.join(", ")})`, cidr, network);
  for (const other of reserved) {
    const taken = parseCidr(other);
    check.that(taken !== undefined, "reservedCidrs", "IPv4 ranges in canonical form, such as 10.10.0.0/16", other, network);
    check.that(!overlaps(range, taken!), "cidr", `clear of the reserved range ${other}`, cidr, network);
  }
}

function checkZones(region: string, zones: readonly string[], network: pulumi.Resource): void {
  const code = zoneCode(region);
  check.that(code !== "", "region", "a region of AWS, such as eu-north-1", region, network);
  check.length("zones", zones, { min: 2, max: MOST_ZONES }, network);
  check.distinct("zones", zones, network);
  const known = zonesOf(region);
  for (const zone of zones) {
    const form = new RegExp(`^${code}-az\\d$`);
    check.matches("zones", zone, form, `ids of availability zones of ${region}, such as ${code}-az1`, network);
    check.that(known === undefined || known.includes(zone), "zones", `zones of ${region} (${known?.join(", ")})`, zone, network);
  }
}

function subnetArgs(
  { cidr, zones }: NetworkArgs,
  kind: keyof ZoneSubnets,
): { letter: string; availabilityZoneId: string; cidrBlock: string; mapPublicIpOnLaunch: boolean }[] {
  return carve(cidr, zones.length).map((ranges, position) => ({
    letter: String.fromCharCode("a".charCodeAt(0) + position),
    availabilityZoneId: zones[position]!,
    cidrBlock: ranges[kind],
    mapPublicIpOnLaunch: false,
  }));
}

/** Parquet in partitions by hour that Athena finds by itself (VPC user guide, "Flow log files"). */
function flowLog(bucketArn: pulumi.Input<string>): Omit<aws.ec2.FlowLogArgs, "vpcId"> {
  return {
    trafficType: "ALL",
    logDestinationType: "s3",
    logDestination: pulumi.interpolate`${bucketArn}/${FLOW_LOGS_PREFIX}/`,
    maxAggregationInterval: 600,
    destinationOptions: { fileFormat: "parquet", hiveCompatiblePartitions: true, perHourPartition: true },
  };
}
