import { zoneCode } from "#components/network/zones";
import type { Template } from "../template.ts";

const ec2 = (prefix: string, resource: string): Template => ({
  id: `${prefix}-{hex17}`,
  arn: `arn:aws:ec2:{region}:{account}:${resource}/{id}`,
});
const RULE: Template = { ...ec2("sgr", "security-group-rule"), securityGroupRuleId: "{id}" };
const GROUP: Template = { ...ec2("sg", "security-group"), ownerId: "{account}" };

/** What AWS answers for networks and machines. */
export const NETWORK: Readonly<Record<string, Template>> = {
  "ec2/vpc": {
    ...ec2("vpc", "vpc"),
    ownerId: "{account}",
    mainRouteTableId: "rtb-{hex17}",
    defaultRouteTableId: "rtb-{hex17}",
    defaultNetworkAclId: "acl-{hex17}",
    defaultSecurityGroupId: "sg-{hex17}",
    dhcpOptionsId: "dopt-{hex17}",
  },
  "ec2/subnet": {
    ...ec2("subnet", "subnet"),
    ownerId: "{account}",
    availabilityZoneId: ({ availabilityZone, availabilityZoneId }) => availabilityZoneId ?? zoneId(availabilityZone),
    availabilityZone: ({ availabilityZone, availabilityZoneId, region }, _, place) =>
      availabilityZone ?? zoneName(availabilityZoneId, region ?? place.region),
  },
  "ec2/routeTable": { ...ec2("rtb", "route-table"), ownerId: "{account}" },
  "ec2/defaultRouteTable": { ...ec2("rtb", "route-table"), ownerId: "{account}" },
  "ec2/routeTableAssociation": { id: "rtbassoc-{hex17}" },
  "ec2/mainRouteTableAssociation": { id: "rtbassoc-{hex17}" },
  "ec2/route": { id: "r-{routeTableId}{hex10}", state: "active", origin: "CreateRoute" },
  "ec2/internetGateway": { ...ec2("igw", "internet-gateway"), ownerId: "{account}" },
  "ec2/egressOnlyInternetGateway": ec2("eigw", "egress-only-internet-gateway"),
  "ec2/natGateway": {
    ...ec2("nat", "natgateway"),
    publicIp: "{ip}",
    networkInterfaceId: "eni-{hex17}",
    associationId: "eipassoc-{hex17}",
  },
  "ec2/eip": {
    ...ec2("eipalloc", "elastic-ip"),
    allocationId: "{id}",
    publicIp: "{ip}",
    publicDns: "ec2-{hex8}.{region}.compute.amazonaws.com",
  },
  "ec2/vpcEndpoint": {
    ...ec2("vpce", "vpc-endpoint"),
    ownerId: "{account}",
    state: "available",
    requesterManaged: false,
    prefixListId: "pl-{hex8}",
    dnsEntries: [{ dnsName: "{id}-{hex8}.{region}.vpce.amazonaws.com", hostedZoneId: "Z{HEX13}" }],
  },
  "ec2/vpcEndpointRouteTableAssociation": { id: "a-{vpcEndpointId}{hex10}" },
  "ec2/securityGroup": GROUP,
  "ec2/defaultSecurityGroup": { ...GROUP, name: "default" },
  "ec2/securityGroupRule": { id: "sgrule-{hex10}", securityGroupRuleId: "sgr-{hex17}" },
  "vpc/securityGroupIngressRule": RULE,
  "vpc/securityGroupEgressRule": RULE,
  "ec2/networkAcl": { ...ec2("acl", "network-acl"), ownerId: "{account}" },
  "ec2/defaultNetworkAcl": { ...ec2("acl", "network-acl"), ownerId: "{account}" },
  "ec2/flowLog": ec2("fl", "vpc-flow-log"),
  "ec2/launchTemplate": { ...ec2("lt", "launch-template"), latestVersion: 1, defaultVersion: 1 },
  "ec2/placementGroup": {
    id: "{name}",
    arn: "arn:aws:ec2:{region}:{account}:placement-group/{name}",
    placementGroupId: "pg-{hex17}",
  },
  "ec2/capacityReservation": { ...ec2("cr", "capacity-reservation"), ownerId: "{account}" },
  "ec2/capacityBlockReservation": { ...ec2("cr", "capacity-reservation"), reservationType: "capacity-block" },
  "ec2/instance": { ...ec2("i", "instance"), privateIp: "10.0.0.10", instanceState: "running" },
  "ec2/volume": ec2("vol", "volume"),
  "ec2/networkInterface": ec2("eni", "network-interface"),
  "efs/fileSystem": {
    id: "fs-{hex17}",
    arn: "arn:aws:elasticfilesystem:{region}:{account}:file-system/{id}",
    dnsName: "{id}.efs.{region}.amazonaws.com",
  },
  "efs/mountTarget": { id: "fsmt-{hex17}" },
  "efs/accessPoint": { id: "fsap-{hex17}", arn: "arn:aws:elasticfilesystem:{region}:{account}:access-point/{id}" },
  "fsx/lustreFileSystem": {
    id: "fs-{hex17}",
    arn: "arn:aws:fsx:{region}:{account}:file-system/{id}",
    dnsName: "{id}.fsx.{region}.amazonaws.com",
    mountName: "{hex8}",
  },
  "lb/loadBalancer": {
    arn: ({ loadBalancerType = "application" }) =>
      `arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/${String(loadBalancerType).slice(0, 3)}/{name}/{hex16}`,
    id: "{arn}",
    dnsName: ({ internal, loadBalancerType }) =>
      `${internal && loadBalancerType !== "network" ? "internal-" : ""}{name}-{hex10}.elb.{region}.amazonaws.com`,
    zoneId: "Z{HEX13}",
  },
  "lb/targetGroup": { arn: "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{name}/{hex16}", id: "{arn}" },
  "lb/listener": {
    arn: ({ loadBalancerArn }) => `${String(loadBalancerArn).replace(":loadbalancer/", ":listener/")}/{hex16}`,
    id: "{arn}",
  },
  "autoscaling/group": {
    id: "{name}",
    arn: "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:{uuid}:autoScalingGroupName/{name}",
  },
  "autoscaling/attachment": { id: "{autoscalingGroupName}-{hex26}" },
  "ec2/vpcEndpointService": {
    ...ec2("vpce-svc", "vpc-endpoint-service"),
    serviceName: "com.amazonaws.vpce.{region}.{id}",
    state: "Available",
  },
  "route53/record": { id: "{zoneId}_{name}_{type}", fqdn: "{name}" },
  "route53/zone": {
    id: "Z{HEX20}",
    arn: "arn:aws:route53:::hostedzone/{id}",
    zoneId: "{id}",
    nameServers: ["ns-1.awsdns-00.com", "ns-2.awsdns-00.org"],
  },
};

/** `eu-west-1a` is `euw1-az1` here; which letter is which zone differs between accounts. */
function zoneId(zone: string | undefined): string | undefined {
  const [, region, letter] = /^([a-z]+-[a-z]+-\d)([a-z])$/.exec(zone ?? "") ?? [];
  return region && letter ? `${zoneCode(region)}-az${letter.charCodeAt(0) - 96}` : undefined;
}

/** The other way round. */
function zoneName(id: string | undefined, region: string): string | undefined {
  const number = /-az(\d)$/.exec(id ?? "")?.[1];
  return number ? `${region}${String.fromCharCode(96 + Number(number))}` : undefined;
}
