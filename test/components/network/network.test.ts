import { describe, expect, it } from "vitest";
import { InterfaceEndpoints } from "#components/network/endpoints";
import { Network, type NetworkArgs } from "#components/network/network";
import { type Recorded, record, refusal } from "../../harness/graph.ts";
import { network as minimal } from "../minimal.ts";
import { named } from "../named.ts";

const network = (args: Partial<NetworkArgs> = {}) => record(() => new Network("network", { ...minimal, ...args }));
/** By name: siblings are registered in whatever order their inputs resolve. */
const ofType = (graph: Recorded[], type: string) =>
  graph.filter((each) => each.type === type).sort((a, b) => a.name.localeCompare(b.name));

describe("Network", () => {
  it("makes three subnets in each zone, and one NAT gateway for all zones", async () => {
    const graph = await network();
    expect(
      graph
        .filter(({ custom }) => custom)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([
      "network",
      "network-default",
      "network-internet",
      "network-intra-a",
      "network-intra-a-uses",
      "network-intra-b",
      "network-intra-b-uses",
      "network-intra-c",
      "network-intra-c-uses",
      "network-intra-routes",
      "network-nat-a",
      "network-nat-address-a",
      "network-private-a",
      "network-private-a-out",
      "network-private-a-routes",
      "network-private-a-uses",
      "network-private-b",
      "network-private-b-out",
      "network-private-b-routes",
      "network-private-b-uses",
      "network-private-c",
      "network-private-c-out",
      "network-private-c-routes",
      "network-private-c-uses",
      "network-public-a",
      "network-public-a-uses",
      "network-public-b",
      "network-public-b-uses",
      "network-public-c",
      "network-public-c-uses",
      "network-public-out",
      "network-public-routes",
      "network-s3",
    ]);
  });

  it("tags subnets for load balancers and Karpenter, and gives no machine a public address", async () => {
    const subnets = ofType(await network(), "aws:ec2/subnet:Subnet");
    expect(subnets.map(({ inputs }) => inputs["mapPublicIpOnLaunch"])).toEqual(Array(9).fill(false));
    expect(
      subnets.filter(({ name }) => name.endsWith("-b")).map(({ inputs }) => [inputs["availabilityZoneId"], inputs["tags"]]),
    ).toEqual([
      ["euw1-az2", { Name: "network-intra-b" }],
      [
        "euw1-az2",
        { Name: "network-private-b", "kubernetes.io/role/internal-elb": "1", "karpenter.sh/discovery": "millrace-test" },
      ],
      ["euw1-az2", { Name: "network-public-b", "kubernetes.io/role/elb": "1" }],
    ]);
  });

  it("lets intra subnets reach the VPC only, and private ones out by the NAT gateway of their zone", async () => {
    const graph = await network({ natGateways: 3 });
    const routes = ofType(graph, "aws:ec2/route:Route");
    expect(routes.map(({ name, dependencies }) => [name, dependencies.sort()])).toEqual([
      ["network-private-a-out", ["network-nat-a", "network-private-a-routes"]],
      ["network-private-b-out", ["network-nat-b", "network-private-b-routes"]],
      ["network-private-c-out", ["network-nat-c", "network-private-c-routes"]],
      ["network-public-out", ["network-internet", "network-public-routes"]],
    ]);
    expect(named(graph, "network-nat-b").dependencies).toContain("network-internet");
  });

  it("sends every private subnet out by the only NAT gateway when there is one", async () => {
    const out = ofType(await network(), "aws:ec2/route:Route").filter(({ name }) => name.includes("private"));
    expect(out.every(({ dependencies }) => dependencies.includes("network-nat-a"))).toBe(true);
  });

  it("empties the default security group", async () => {
    expect(named(await network(), "network-default").inputs).toMatchObject({ ingress: [], egress: [] });
  });

  it("lets only our identities, our buckets, image layers and packages pass the S3 endpoint of the private subnets", async () => {
    const { inputs } = named(await network(), "network-s3");
    expect(inputs["routeTableIds"]).toHaveLength(3);
    expect(JSON.parse(inputs["policy"]).Statement).toEqual([
      {
        Sid: "OurBuckets",
        Effect: "Allow",
        Principal: "*",
        Action: ["s3:*"],
        Resource: ["*"],
        Condition: { StringEquals: { "aws:PrincipalAccount": "111111111111", "aws:ResourceAccount": "111111111111" } },
      },
      {
        Sid: "LayersAndPackages",
        Effect: "Allow",
        Principal: "*",
        Action: ["s3:GetObject"],
        Resource: [
          "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*",
          "arn:aws:s3:::prod-registry-k8s-io-eu-west-1/*",
          "arn:aws:s3:::al2023-repos-eu-west-1-de612dc2/*",
          "arn:aws:s3:::amazon-ssm-eu-west-1/*",
          "arn:aws:s3:::amazon-ssm-packages-eu-west-1/*",
        ],
      },
    ]);
  });

  it("opens private endpoints to HTTPS from the VPC alone", async () => {
    const graph = await network({ interfaceEndpoints: ["ecr.api", "sts"] });
    expect(graph.filter(({ parent }) => parent === "network-endpoints").map(({ name }) => name)).toEqual([
      "network-endpoints-access",
      "network-endpoints-https",
      "network-endpoints-ecr-api",
      "network-endpoints-sts",
    ]);
    expect(named(graph, "network-endpoints-https").inputs).toMatchObject({
      cidrIpv4: "10.10.0.0/16",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
    });
    const endpoint = named(graph, "network-endpoints-ecr-api");
    expect(endpoint.inputs).toMatchObject({
      serviceName: "com.amazonaws.eu-west-1.ecr.api",
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
    });
    expect(endpoint.dependencies).toEqual(expect.arrayContaining(["network-intra-a", "network-intra-b", "network-intra-c"]));
  });

  it("records flows as Parquet when given a bucket", async () => {
    expect(named(await network({ flowLogsBucketArn: "arn:aws:s3:::logs" }), "network-flows").inputs).toMatchObject({
      trafficType: "ALL",
      logDestinationType: "s3",
      logDestination: "arn:aws:s3:::logs/flow-logs/",
      destinationOptions: { fileFormat: "parquet", hiveCompatiblePartitions: true, perHourPartition: true },
    });
  });

  it("takes zones of a region that it does not know", async () => {
    expect(ofType(await network({ region: "ap-east-1", zones: ["ape1-az1", "ape1-az2"] }), "aws:ec2/subnet:Subnet")).toHaveLength(
      6,
    );
  });

  it.each<[Partial<NetworkArgs>, string]>([
    [{ cidr: "10.10.0.1/16" }, "'cidr' must be an IPv4 range in canonical form, such as 10.10.0.0/16, got '10.10.0.1/16'"],
    [{ cidr: "ten" }, "'cidr' must be an IPv4 range in canonical form, such as 10.10.0.0/16, got 'ten'"],
    [{ cidr: "10.0.0.0/8" }, "'cidr' must be at most a /16, the largest VPC, got '10.0.0.0/8'"],
    [
      { cidr: "10.10.0.0/21" },
      "'cidr' must be at least a /20 (4096 addresses), which leaves 512 for the pods of each zone, got '10.10.0.0/21'",
    ],
    [
      { cidr: "8.8.0.0/16" },
      "'cidr' must be a private range (inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10), got '8.8.0.0/16'",
    ],
    [
      { reservedCidrs: ["10.20.0.0/16", "10.10.128.0/17"] },
      "'cidr' must be clear of the reserved range 10.10.128.0/17, got '10.10.0.0/16'",
    ],
    [
      { reservedCidrs: ["10.20.0.0"] },
      "'reservedCidrs' must be IPv4 ranges in canonical form, such as 10.10.0.0/16, got '10.20.0.0'",
    ],
    [{ zones: ["euw1-az1"] }, "'zones' must be a list of 2 to 4 entries, got '1'"],
    [{ zones: ["euw1-az1", "euw1-az1"] }, "'zones' must be distinct, got 'euw1-az1'"],
    [{ zones: ["euw1-az1", "euw1-az4"] }, "'zones' must be zones of eu-west-1 (euw1-az1, euw1-az2, euw1-az3), got 'euw1-az4'"],
    [
      { zones: ["euw1-az1", "euc1-az1"] },
      "'zones' must be ids of availability zones of eu-west-1, such as euw1-az1, got 'euc1-az1'",
    ],
    [
      { zones: ["eu-west-1a", "eu-west-1b"] },
      "'zones' must be ids of availability zones of eu-west-1, such as euw1-az1, got 'eu-west-1a'",
    ],
    [
      { region: "us-east-1", zones: ["use1-az1", "use1-az3"] },
      "'zones' must be zones of us-east-1 (use1-az6, use1-az2, use1-az4, use1-az1, use1-az5), got 'use1-az3'",
    ],
    [{ region: "mars" }, "'region' must be a region of AWS, such as eu-north-1, got 'mars'"],
    [{ account: "1111" }, "'account' must be the account's 12 digits, got '1111'"],
    [{ natGateways: 2 }, "'natGateways' must be 1, or one for each of the 3 zones, got '2'"],
    [{ natGateways: 0 }, "'natGateways' must be 1, or one for each of the 3 zones, got '0'"],
    [
      { interfaceEndpoints: ["s3"] },
      "'interfaceEndpoints' must be services without a gateway endpoint, which is free and carries more, got 's3'",
    ],
    [{ interfaceEndpoints: ["sts", "sts"] }, "'interfaceEndpoints' must be distinct, got 'sts'"],
    [{ interfaceEndpoints: ["ECR"] }, "'interfaceEndpoints' must be endpoint names of AWS services, such as ecr.api, got 'ECR'"],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new Network("network", { ...minimal, ...args }))).toBe(message);
  });
});

describe("InterfaceEndpoints", () => {
  it("names its own argument in a refusal", async () => {
    const args = { vpcId: "vpc-1", vpcCidr: "10.0.0.0/16", region: "eu-west-1", subnetIds: ["subnet-1"], services: ["dynamodb"] };
    expect(await refusal(() => new InterfaceEndpoints("endpoints", args))).toBe(
      "'services' must be services without a gateway endpoint, which is free and carries more, got 'dynamodb'",
    );
  });
});
