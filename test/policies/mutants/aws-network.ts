import { added, aws, type StackMutant, welcome } from "./mutant.ts";

const ingress = (layer: "foundation" | "platform", name: string) =>
  aws(layer, "vpc/securityGroupIngressRule:SecurityGroupIngressRule", name);
const egress = (layer: "foundation" | "platform", name: string) =>
  aws(layer, "vpc/securityGroupEgressRule:SecurityGroupEgressRule", name);

const BALANCER_RULE = ingress("platform", "ingress-from-10-30-0-0-16");
const DATABASE_RULE = ingress("platform", "database-from-cluster");
const API_RULE = ingress("platform", "cluster-api-from-access-host");
const BALANCER = aws("platform", "lb/loadBalancer:LoadBalancer", "ingress");
const FLOWS = aws("foundation", "ec2/flowLog:FlowLog", "network-flows");
const PRIVATE = aws("foundation", "ec2/subnet:Subnet", "network-private-a");
const OUT = aws("foundation", "ec2/route:Route", "network-private-a-out");
const HOST = aws("foundation", "ec2/launchTemplate:LaunchTemplate", "access-host-template");
const GROUP = aws("foundation", "ec2/securityGroup:SecurityGroup", "tracking-database-access");

/** A rule that lets an address in, in place of the one that is there. */
const from = (address: object) => (inputs: any) => {
  delete inputs.referencedSecurityGroupId;
  delete inputs.cidrIpv4;
  Object.assign(inputs, address);
};
const open = { fromPort: 22, toPort: 22, protocol: "tcp" };
const GROUP_ID = "sg-b2efd8b25d69bb778";

/** Networks of AWS: who reaches what, and what is seen of it. */
export const NETWORK: readonly StackMutant[] = [
  BALANCER_RULE.bad("a load balancer for every address", from({ cidrIpv4: "0.0.0.0/0" })),
  BALANCER_RULE.bad("a load balancer for half of the internet", from({ cidrIpv4: "128.0.0.0/1" })),
  BALANCER_RULE.bad("a load balancer for every address of IPv6", from({ cidrIpv6: "::/0" })),
  BALANCER_RULE.bad("a load balancer for every address that IPv6 gives out", from({ cidrIpv6: "2000::/3" })),
  DATABASE_RULE.bad("a database for every address, with another address before the slash", from({ cidrIpv4: "10.0.0.0/0" })),
  DATABASE_RULE.bad("a database for every address of IPv6, spelt in full", from({ cidrIpv6: "0:0:0:0:0:0:0:0/0" })),
  DATABASE_RULE.bad("a database for a sixteenth of the internet", from({ cidrIpv4: "48.0.0.0/4" })),
  DATABASE_RULE.bad("a database for one address of the internet", from({ cidrIpv4: "203.0.113.7/32" })),
  API_RULE.bad("every port of the cluster's group for the whole network", (inputs) => {
    from({ cidrIpv4: "10.0.0.0/8" })(inputs);
    inputs["ipProtocol"] = "-1";
    delete inputs["fromPort"];
    delete inputs["toPort"];
  }),
  API_RULE.bad("every protocol from every address", (inputs) => {
    from({ cidrIpv4: "0.0.0.0/0" })(inputs);
    inputs["ipProtocol"] = "-1";
  }),
  ingress("foundation", "network-endpoints-https").bad(
    "a range of ports that holds more than HTTPS, for every address",
    (inputs) => {
      Object.assign(inputs, { cidrIpv4: "0.0.0.0/0", fromPort: 1, toPort: 65535 });
    },
  ),
  GROUP.bad("a database's group with a rule inside, for every address", (inputs) => {
    inputs["ingress"] = [{ ...open, cidrBlocks: ["0.0.0.0/0"] }];
  }),
  GROUP.bad("a database's group with two rules for half of the internet each", (inputs) => {
    inputs["ingress"] = [
      { ...open, cidrBlocks: ["0.0.0.0/1"] },
      { ...open, cidrBlocks: ["128.0.0.0/1"] },
    ];
  }),
  GROUP.bad("a database's group with a rule inside for IPv6", (inputs) => {
    inputs["ingress"] = [{ protocol: "-1", fromPort: 0, toPort: 0, ipv6CidrBlocks: ["::/0"] }];
  }),
  added("foundation", "aws:ec2/securityGroupRule:SecurityGroupRule", "a rule of the older kind for every address", {
    type: "ingress",
    securityGroupId: GROUP_ID,
    cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"],
    ...open,
  }),
  added("foundation", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "one more rule, for SSH from every address", {
    securityGroupId: GROUP_ID,
    cidrIpv4: "0.0.0.0/0",
    ipProtocol: "6",
    fromPort: 22,
    toPort: 22,
  }),
  aws("foundation", "ec2/defaultSecurityGroup:DefaultSecurityGroup", "network-default").bad(
    "a default group that lets its members talk",
    (inputs) => {
      inputs["ingress"] = [{ protocol: "-1", fromPort: 0, toPort: 0, self: true }];
    },
  ),
  aws("foundation", "ec2/defaultSecurityGroup:DefaultSecurityGroup", "network-default").removed(
    "a default group as AWS makes it",
  ),
  egress("foundation", "access-host-https").bad("an access host that calls every port of every address", (inputs) => {
    inputs["ipProtocol"] = "-1";
    delete inputs["fromPort"];
    delete inputs["toPort"];
  }),
  added("foundation", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "a database that calls the internet", {
    securityGroupId: GROUP_ID,
    cidrIpv4: "0.0.0.0/0",
    ipProtocol: "-1",
  }),
  PRIVATE.bad("a private subnet that gives public addresses", (inputs) => {
    inputs["mapPublicIpOnLaunch"] = true;
  }),
  PRIVATE.bad("a private subnet that gives public addresses, as text", (inputs) => {
    inputs["mapPublicIpOnLaunch"] = "true";
  }),
  OUT.bad("a private subnet with a way in from the internet", (inputs) => {
    delete inputs["natGatewayId"];
    inputs["gatewayId"] = "igw-d21c405fb2d82eeb4";
  }),
  aws("foundation", "ec2/routeTableAssociation:RouteTableAssociation", "network-intra-a-uses").bad(
    "a database's subnet with the public routes",
    (inputs) => {
      inputs["routeTableId"] = "rtb-a5cf9994de4523bb3";
    },
  ),
  FLOWS.removed("no record of the network"),
  FLOWS.bad("a record of refused packets only", (inputs) => {
    inputs["trafficType"] = "REJECT";
  }),
  FLOWS.bad(
    "a record of one subnet only",
    (inputs) => {
      delete inputs["vpcId"];
      inputs["subnetId"] = "subnet-297716b45610acf7a";
    },
    "network",
  ),
  BALANCER.bad("a load balancer on the internet", (inputs) => {
    inputs["internal"] = false;
  }),
  BALANCER.bad("a load balancer on the internet, as text", (inputs) => {
    inputs["internal"] = "false";
  }),
  BALANCER.bad("a load balancer on the internet, by default", (inputs) => {
    delete inputs["internal"];
  }),
  BALANCER.bad("a load balancer that a slip deletes", (inputs) => {
    inputs["enableDeletionProtection"] = false;
  }),
  BALANCER.bad("a load balancer without a group", (inputs) => {
    delete inputs["securityGroups"];
  }),
  BALANCER.bad("a load balancer in one zone", (inputs) => {
    inputs["subnets"] = inputs["subnets"].slice(0, 1);
  }),
  aws("platform", "lb/listener:Listener", "ingress-https").bad("a load balancer that listens on port 80", (inputs) => {
    inputs["port"] = 80;
  }),
  aws("platform", "lb/listener:Listener", "ingress-https").bad("a load balancer that ends TLS of 2016", (inputs) => {
    Object.assign(inputs, { protocol: "TLS", sslPolicy: "ELBSecurityPolicy-2016-08", certificateArn: "arn:aws:acm:::c" });
  }),
  added("platform", "aws:lb/listener:Listener", "one more listener, for HTTP in the clear", {
    loadBalancerArn: "arn:aws:elasticloadbalancing:eu-north-1:333333333333:loadbalancer/app/pages/1",
    port: 80,
    protocol: "HTTP",
    defaultActions: [
      { type: "forward", targetGroupArn: "arn:aws:elasticloadbalancing:eu-north-1:333333333333:targetgroup/pages/1" },
    ],
  }),
  aws("platform", "lb/targetGroup:TargetGroup", "ingress-nodes").bad("targets whose health nobody asks", (inputs) => {
    inputs["healthCheck"] = { enabled: false };
  }),
  aws("platform", "lb/targetGroup:TargetGroup", "ingress-nodes").bad(
    "targets that time out when they call themselves",
    (inputs) => {
      inputs["preserveClientIp"] = "true";
    },
  ),
  aws("foundation", "route53/zone:Zone", "models-zone").bad("the names of models for the internet", (inputs) => {
    delete inputs["vpcs"];
  }),
  added("platform", "aws:ec2/vpcEndpointService:VpcEndpointService", "models for every account of AWS", {
    acceptanceRequired: false,
    allowedPrincipals: ["*"],
    networkLoadBalancerArns: ["arn:aws:elasticloadbalancing:eu-north-1:333333333333:loadbalancer/net/millrace-prod-models/1"],
  }),
  HOST.bad("an access host with a public address", (inputs) => {
    inputs["networkInterfaces"][0].associatePublicIpAddress = "true";
  }),
  HOST.bad("an access host with the old metadata service", (inputs) => {
    inputs["metadataOptions"].httpTokens = "optional";
  }),
  HOST.bad("an access host whose containers reach the metadata service", (inputs) => {
    inputs["metadataOptions"].httpPutResponseHopLimit = 3;
  }),
  HOST.bad("an access host with an open disk, as text", (inputs) => {
    inputs["blockDeviceMappings"][0].ebs.encrypted = "false";
  }),
  HOST.bad("an access host with a key for SSH", (inputs) => {
    inputs["keyName"] = "ops";
  }),
  added("foundation", "aws:ec2/instance:Instance", "a machine with a public address and the old metadata service", {
    ami: "ami-0123456789",
    instanceType: "t3.large",
    associatePublicIpAddress: true,
    tags: { Name: "bench" },
  }),
  added("foundation", "aws:lambda/functionUrl:FunctionUrl", "a function that the internet calls without a login", {
    functionName: "score",
    authorizationType: "NONE",
  }),
  aws("foundation", "ec2/vpcEndpoint:VpcEndpoint", "network-endpoints-kms").bad("an endpoint that nobody finds", (inputs) => {
    inputs["privateDnsEnabled"] = "false";
  }),
  added("foundation", "aws:ec2/vpc:Vpc", "one more network whose default group is open", { cidrBlock: "10.40.0.0/16" }),

  BALANCER_RULE.harmless("a load balancer for a part of the network", from({ cidrIpv4: "10.30.0.0/20" })),
  BALANCER_RULE.harmless("a load balancer for one more private network", from({ cidrIpv4: "192.168.0.0/16" })),
  BALANCER_RULE.harmless("a load balancer for private addresses of IPv6", from({ cidrIpv6: "fd00:1234::/48" })),
  BALANCER_RULE.harmless("a protocol by its number", (inputs) => {
    inputs["ipProtocol"] = "6";
  }),
  DATABASE_RULE.harmless("another description of a rule", (inputs) => {
    inputs["description"] = "PostgreSQL, from pods";
  }),
  egress("foundation", "access-host-https").harmless("an access host that calls the own network alone", (inputs) => {
    inputs["cidrIpv4"] = "10.30.0.0/16";
  }),
  FLOWS.harmless("a record of the network by the minute", (inputs) => {
    inputs["maxAggregationInterval"] = 60;
  }),
  PRIVATE.harmless("one more tag of a subnet", (inputs) => {
    inputs["tags"].purpose = "pods";
  }),
  PRIVATE.harmless("a subnet that does not say that it gives no public addresses", (inputs) => {
    delete inputs["mapPublicIpOnLaunch"];
  }),
  BALANCER.harmless("one more tag of a load balancer", (inputs) => {
    inputs["tags"] = { purpose: "models" };
  }),
  BALANCER.harmless("a load balancer that is internal, as text", (inputs) => {
    inputs["internal"] = "true";
  }),
  aws("platform", "lb/targetGroup:TargetGroup", "ingress-nodes").harmless("health asked less often", (inputs) => {
    inputs["healthCheck"].interval = 30;
  }),
  HOST.harmless("an access host with a larger disk", (inputs) => {
    inputs["blockDeviceMappings"][0].ebs.volumeSize = 16;
  }),
  HOST.harmless("an access host whose disk is closed, as a boolean", (inputs) => {
    inputs["blockDeviceMappings"][0].ebs.encrypted = true;
  }),
  welcome("platform", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "one more rule between two groups", {
    securityGroupId: GROUP_ID,
    referencedSecurityGroupId: "sg-52bc65654a7b1ba58",
    ipProtocol: "tcp",
    fromPort: 5432,
    toPort: 5432,
  }),
  welcome("foundation", "aws:ec2/vpcEndpoint:VpcEndpoint", "one more endpoint of a service", {
    vpcId: "vpc-bc11f169654805448",
    serviceName: "com.amazonaws.eu-north-1.logs",
    vpcEndpointType: "Interface",
    privateDnsEnabled: true,
    subnetIds: ["subnet-2ae8a3580ab48a36f"],
    securityGroupIds: ["sg-301b80c8c6ee1348a"],
  }),
  API_RULE.harmless("the API of the cluster for an office on the internet", from({ cidrIpv4: "203.0.113.0/24" })),
  BALANCER_RULE.harmless("a load balancer for the node ports of the network", (inputs) => {
    Object.assign(inputs, { fromPort: 30_000, toPort: 32_767 });
  }),
  welcome("platform", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "pings from the network", {
    securityGroupId: GROUP_ID,
    cidrIpv4: "10.30.0.0/16",
    ipProtocol: "icmp",
    fromPort: 8,
    toPort: -1,
  }),
  welcome("platform", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "every port between two groups", {
    securityGroupId: GROUP_ID,
    referencedSecurityGroupId: "sg-52bc65654a7b1ba58",
    ipProtocol: "-1",
  }),
  welcome(
    "foundation",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "an access host that asks for names and the time",
    {
      securityGroupId: "sg-87273c82a953aef0c",
      cidrIpv4: "0.0.0.0/0",
      ipProtocol: "udp",
      fromPort: 123,
      toPort: 123,
    },
  ),
  HOST.harmless("an access host with an empty key for SSH", (inputs) => {
    inputs["keyName"] = "";
  }),
  OUT.harmless("a private subnet with one more way out through NAT", (inputs) => {
    inputs["natGatewayId"] = "nat-c5827890fcbd5cef8";
  }),
  welcome("foundation", "aws:ec2/route:Route", "a way to the network of an office", {
    routeTableId: "rtb-1fd6b925fa9f2b5be",
    destinationCidrBlock: "10.99.0.0/16",
    gatewayId: "vgw-0123456789",
  }),
  aws("foundation", "ec2/routeTableAssociation:RouteTableAssociation", "network-public-b-uses").harmless(
    "a public subnet with the routes of a private one",
    (inputs) => {
      inputs["routeTableId"] = "rtb-1fd6b925fa9f2b5be";
    },
  ),
  BALANCER.harmless("a load balancer in two zones", (inputs) => {
    inputs["subnets"] = inputs["subnets"].slice(0, 2);
  }),
  BALANCER.harmless("a load balancer that a slip does not delete, as text", (inputs) => {
    inputs["enableDeletionProtection"] = "true";
  }),
  aws("platform", "lb/targetGroup:TargetGroup", "ingress-nodes").harmless(
    "targets that end requests for two minutes",
    (inputs) => {
      inputs["deregistrationDelay"] = 120;
    },
  ),
  aws("platform", "lb/targetGroup:TargetGroup", "ingress-nodes").harmless(
    "targets without addresses of clients, as boolean",
    (inputs) => {
      inputs["preserveClientIp"] = false;
    },
  ),
  aws("foundation", "route53/zone:Zone", "models-zone").harmless("the names of models for one more network", (inputs) => {
    inputs["vpcs"].push({ vpcId: "vpc-0123456789" });
  }),
];
