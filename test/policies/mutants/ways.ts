import { added, aws, type StackMutant, welcome } from "./mutant.ts";

const INTRA = "rtb-09fdb9268945514ac";
const SUBNETS = ["subnet-297716b45610acf7a", "subnet-0e7f5337072bb4cd4"];
const ROUTES = "ec2/routeTableAssociation:RouteTableAssociation";
const BALANCER = aws("platform", "lb/loadBalancer:LoadBalancer", "ingress");

const route = (what: string, inputs: object): StackMutant =>
  added("foundation", "aws:ec2/route:Route", what, { routeTableId: INTRA, destinationCidrBlock: "0.0.0.0/0", ...inputs });
const more = (what: string, type: string, inputs: object): StackMutant => added("foundation", `aws:${type}`, what, { ...inputs });
const spare = (what: string, type: string, inputs: object): StackMutant =>
  welcome("foundation", `aws:${type}`, what, { ...inputs });

const logged = { accessLogs: { bucket: "millrace-prod-logs-a86573f", enabled: true } };
const balancer = {
  loadBalancerType: "application",
  enableDeletionProtection: true,
  securityGroups: ["sg-6fca69cb3ada032d6"],
  subnets: SUBNETS,
  ...logged,
};
const classic = {
  subnets: SUBNETS,
  listeners: [{ instancePort: 443, instanceProtocol: "https", lbPort: 443, lbProtocol: "https" }],
  ...logged,
};
const options = "ec2/vpcDhcpOptions:VpcDhcpOptions";
const resolver = "route53/resolverRule:ResolverRule";
const transfer = "transfer/server:Server";
const forwarding = { domainName: "corp.example.com", ruleType: "FORWARD", resolverEndpointId: "rslvr-out-1" };

/** Ways between the network and the internet, by routes, names and addresses. */
export const WAYS: readonly StackMutant[] = [
  route("databases that call the internet through NAT", { natGatewayId: "nat-3cb170fff99b7ebb4" }),
  route("databases that call the internet through a transit gateway", { transitGatewayId: "tgw-0123456789" }),
  route("databases that call the internet through a peer", { vpcPeeringConnectionId: "pcx-0123456789" }),
  route("databases that call the internet through a machine", { networkInterfaceId: "eni-0123456789" }),
  route("databases that call half of the internet", { destinationCidrBlock: "0.0.0.0/1", natGatewayId: "nat-3cb170fff99b7ebb4" }),
  added("foundation", "aws:ec2/route:Route", "databases that call a list of addresses through NAT", {
    routeTableId: INTRA,
    destinationPrefixListId: "pl-0123456789",
    natGatewayId: "nat-3cb170fff99b7ebb4",
  }),
  added("foundation", "aws:ec2/route:Route", "databases that call the internet over IPv6", {
    routeTableId: INTRA,
    destinationIpv6CidrBlock: "::/0",
    egressOnlyGatewayId: "eigw-0123456789",
  }),
  aws("foundation", "ec2/routeTable:RouteTable", "network-intra-routes").bad(
    "databases that call the internet by a route in their table",
    (inputs) => {
      inputs["routes"] = [{ cidrBlock: "0.0.0.0/0", natGatewayId: "nat-3cb170fff99b7ebb4" }];
    },
  ),
  aws("foundation", "ec2/route:Route", "network-private-a-out").bad(
    "a way out that serves databases instead of nodes",
    (inputs) => {
      inputs["routeTableId"] = INTRA;
    },
  ),
  aws("foundation", ROUTES, "network-intra-a-uses").bad("a database's subnet with the routes of nodes", (inputs) => {
    inputs["routeTableId"] = "rtb-1fd6b925fa9f2b5be";
  }),
  aws("foundation", ROUTES, "network-private-a-uses").bad("a private subnet with the public routes", (inputs) => {
    inputs["routeTableId"] = "rtb-a5cf9994de4523bb3";
  }),
  aws("foundation", ROUTES, "network-private-b-uses").removed("a private subnet with the routes that AWS gives it"),
  aws("foundation", ROUTES, "network-intra-b-uses").removed("a database's subnet with the routes that AWS gives it"),
  aws("foundation", ROUTES, "network-private-b-uses").bad("nodes with the routes of databases", (inputs) => {
    inputs["routeTableId"] = INTRA;
  }),
  aws("foundation", "ec2/route:Route", "network-private-a-out").removed("nodes without a way out"),
  welcome("foundation", "aws:ec2/route:Route", "a way from databases to an office", {
    routeTableId: INTRA,
    destinationCidrBlock: "10.99.0.0/16",
    transitGatewayId: "tgw-0123456789",
  }),
  aws("foundation", ROUTES, "network-private-a-uses").harmless("nodes with the way out of another zone", (inputs) => {
    inputs["routeTableId"] = "rtb-974f7458bc7d1bcb3";
  }),

  BALANCER.bad("a load balancer on the internet that writes a log", (inputs) => {
    Object.assign(inputs, { internal: false, ...logged });
  }),
  more("an application load balancer on the internet", "lb/loadBalancer:LoadBalancer", { ...balancer, internal: false }),
  more("an application load balancer on the internet, by default", "alb/loadBalancer:LoadBalancer", balancer),
  more("a classic load balancer on the internet", "elb/loadBalancer:LoadBalancer", classic),
  more("an accelerator of the internet", "globalaccelerator/accelerator:Accelerator", { name: "models", enabled: true }),
  more("an API for the internet", "apigateway/restApi:RestApi", {
    name: "models",
    endpointConfiguration: { types: "REGIONAL" },
  }),
  more("an API for the internet, by default", "apigateway/restApi:RestApi", { name: "models" }),
  more("an API over HTTP for the internet", "apigatewayv2/api:Api", { name: "models", protocolType: "HTTP" }),
  more("a service of App Runner on the internet", "apprunner/service:Service", {
    serviceName: "scores",
    sourceConfiguration: {
      imageRepository: {
        imageIdentifier: "333333333333.dkr.ecr.eu-north-1.amazonaws.com/x@sha256:1",
        imageRepositoryType: "ECR",
      },
    },
  }),
  more("brokers of Kafka on the internet", "msk/cluster:Cluster", {
    clusterName: "events",
    kafkaVersion: "3.9.x",
    numberOfBrokerNodes: 3,
    brokerNodeGroupInfo: {
      clientSubnets: SUBNETS,
      instanceType: "kafka.m7g.large",
      securityGroups: ["sg-1"],
      connectivityInfo: { publicAccess: { type: "SERVICE_PROVIDED_EIPS" } },
    },
    encryptionInfo: {
      encryptionAtRestKmsKeyArn: "arn:aws:kms:eu-north-1:333333333333:key/1",
      encryptionInTransit: { clientBroker: "TLS" },
    },
    loggingInfo: { brokerLogs: { cloudwatchLogs: { enabled: true, logGroup: "x" } } },
  }),
  more("files over FTP", transfer, {
    protocols: ["FTP"],
    endpointType: "VPC",
    endpointDetails: { vpcId: "vpc-bc11f169654805448", subnetIds: SUBNETS },
  }),
  more("files over FTP beside SFTP", transfer, {
    protocols: ["SFTP", "FTP"],
    endpointType: "VPC",
    endpointDetails: { vpcId: "vpc-bc11f169654805448", subnetIds: SUBNETS },
  }),
  more("files for the internet over SFTP", transfer, { protocols: ["SFTP"], endpointType: "PUBLIC" }),
  more("files for the internet, by default", transfer, {}),
  more("files for the internet at addresses of the network", transfer, {
    protocols: ["SFTP"],
    endpointType: "VPC",
    endpointDetails: { vpcId: "vpc-bc11f169654805448", subnetIds: SUBNETS, addressAllocationIds: ["eipalloc-1a5ef73bc598213e3"] },
  }),
  more("files with ciphers of 2018", transfer, {
    protocols: ["SFTP"],
    endpointType: "VPC",
    endpointDetails: { vpcId: "vpc-bc11f169654805448", subnetIds: SUBNETS },
    securityPolicyName: "TransferSecurityPolicy-2018-11",
  }),

  more("names that somebody else answers", options, { domainNameServers: ["8.8.8.8", "8.8.4.4"] }),
  more("names that somebody else answers too", options, { domainNameServers: ["AmazonProvidedDNS", "1.1.1.1"] }),
  more("names that somebody else answers over IPv6", options, { domainNameServers: ["2001:4860:4860::8888"] }),
  more("the time of a stranger", options, { domainNameServers: ["AmazonProvidedDNS"], ntpServers: ["198.51.100.7"] }),
  more("names of a domain that somebody else answers", resolver, { ...forwarding, targetIps: [{ ip: "198.51.100.7" }] }),
  more("all names handed on to the internet", resolver, {
    ...forwarding,
    domainName: ".",
    targetIps: [{ ip: "9.9.9.9", port: 53 }],
  }),
  aws("foundation", "ec2/vpc:Vpc", "network").bad("a network that answers no names", (inputs) => {
    inputs["enableDnsSupport"] = false;
  }),
  aws("foundation", "ec2/vpc:Vpc", "network").bad("a network whose machines have no names", (inputs) => {
    inputs["enableDnsHostnames"] = "false";
  }),

  spare("names that the network answers", options, { domainNameServers: ["AmazonProvidedDNS"] }),
  spare("names that a server of ours answers", options, {
    domainNameServers: ["10.30.0.2", "169.254.169.253"],
    domainName: "corp.example.com",
  }),
  spare("the time of AWS", options, { domainNameServers: ["AmazonProvidedDNS"], ntpServers: ["169.254.169.123"] }),
  spare("names of a domain that an office answers", resolver, { ...forwarding, targetIps: [{ ip: "10.99.0.53" }] }),
  spare("an application load balancer inside", "lb/loadBalancer:LoadBalancer", { ...balancer, internal: true }),
  spare("a classic load balancer inside", "elb/loadBalancer:LoadBalancer", { ...classic, internal: true }),
  spare("an API for the network", "apigateway/restApi:RestApi", { name: "models", endpointConfiguration: { types: "PRIVATE" } }),
  spare("files over SFTP for the network", transfer, {
    protocols: ["SFTP"],
    endpointType: "VPC",
    endpointDetails: { vpcId: "vpc-bc11f169654805448", subnetIds: SUBNETS },
    securityPolicyName: "TransferSecurityPolicy-2024-01",
    loggingRole: "arn:aws:iam::333333333333:role/transfer",
  }),
  spare("files over FTPS for the network", transfer, {
    protocols: ["FTPS"],
    endpointType: "VPC",
    certificate: "arn:aws:acm:eu-north-1:333333333333:certificate/1",
    endpointDetails: { vpcId: "vpc-bc11f169654805448", subnetIds: SUBNETS },
    securityPolicyName: "TransferSecurityPolicy-2024-01",
  }),
];
