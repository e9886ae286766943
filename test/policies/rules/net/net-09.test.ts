import { describe, expect, it } from "vitest";
import type { Resource } from "#policies/resource";
import { UNKNOWN } from "../../../harness/wire.ts";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const ROUTE = "aws:ec2/route:Route";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const PUBLIC_ROUTES = "rtb-a5cf9994de4523bb3";
const PUBLIC_SUBNET = "subnet-9cde0079ff966dc07";

describeRule("NET-09", [
  {
    what: "a private subnet with a way in",
    layer: "foundation",
    resource: "network-private-a-out",
    type: ROUTE,
    change: (inputs) => {
      delete inputs.natGatewayId;
      inputs.gatewayId = "igw-1";
    },
    says: "foundation-prod/network-private-a-out: 'gatewayId' must be without a way in from the internet, for network-private-a is private, got 'an internet gateway'",
    unknown: "gatewayId",
  },
  {
    what: "the subnet of a database with the public routes",
    layer: "foundation",
    resource: "network-intra-a-uses",
    type: ASSOCIATION,
    change: (inputs) => (inputs.routeTableId = PUBLIC_ROUTES),
    says: "foundation-prod/network-intra-a-uses: 'routeTableId' must be without a way in from the internet, for network-intra-a is private, got 'routes to the internet gateway'",
    unknown: "routeTableId",
  },
  {
    what: "a database in a public subnet",
    layer: "foundation",
    resource: "tracking-database-subnets",
    type: "aws:rds/subnetGroup:SubnetGroup",
    change: (inputs) => (inputs.subnetIds[0] = PUBLIC_SUBNET),
    says: "foundation-prod/tracking-database-subnets: 'subnetIds' must be private subnets, got 'network-public-a, with a route to the internet gateway'",
    unknown: "subnetIds",
  },
  {
    what: "a database's subnet with the routes of nodes",
    layer: "foundation",
    resource: "network-intra-a-uses",
    type: ASSOCIATION,
    change: (inputs) => (inputs.routeTableId = "rtb-1fd6b925fa9f2b5be"),
    says: "foundation-prod/network-intra-a-uses: 'routeTableId' must be without one, for databases stand in network-intra-a, got 'a route to the internet'",
  },
]);

describe("NET-09", () => {
  const gateway = of("aws:ec2/internetGateway:InternetGateway", "gateway", {});
  const subnet = (name: string, inputs: object = {}) => of("aws:ec2/subnet:Subnet", name, inputs);
  const uses = (table: string, of_: string) =>
    of(ASSOCIATION, `${of_}-uses`, { routeTableId: UNKNOWN, subnetId: UNKNOWN }, [table, of_]);
  const table = (name: string, routes: object[] = [], more: string[] = []) =>
    of("aws:ec2/routeTable:RouteTable", name, { routes }, more);
  const database = (inside: string) => of("aws:rds/subnetGroup:SubnetGroup", "db", { subnetIds: UNKNOWN }, [inside]);
  const out = (gatewayId: string) => ({ cidrBlock: "0.0.0.0/0", gatewayId });
  const told = (...resources: Resource[]): string[] => found("NET-09", [gateway, ...resources]);

  it("reads routes inside of a table, before any id is known", () => {
    const open = table("t", [out(UNKNOWN)], ["gateway"]);
    expect(told(open, subnet("a"), uses("t", "a"), database("a"))).toEqual(["gatewayId: an internet gateway"]);
    expect(told(open, subnet("a"), uses("t", "a"), database("b"))).toEqual([]);
    expect(
      found("NET-09", [gateway, table("t", [out("vgw-1")]), subnet("a"), uses("t", "a"), database("a")], { routed: false }),
    ).toEqual([]);
    expect(told(table("t", [out("igw-1")]), subnet("a"), uses("t", "a"), database("a"))).toEqual([
      "gatewayId: an internet gateway",
    ]);
  });

  it("lets load balancers and NAT stand in public subnets, and a subnet be used by nobody", () => {
    const open = table("t", [out("igw-1")]);
    const marked = subnet("a", { tags: { "kubernetes.io/role/elb": "1" } });
    expect(told(open, marked, uses("t", "a"))).toEqual([]);
    expect(told(open, subnet("a"), uses("t", "a"))).toEqual([]);
    expect(told(open, subnet("a", { tags: { "kubernetes.io/role/internal-elb": "1" } }), uses("t", "a"))).toHaveLength(1);
  });

  it("lets databases leave nowhere, and nodes leave somewhere", () => {
    const nat = of("aws:ec2/natGateway:NatGateway", "nat", {});
    const way = { cidrBlock: "0.0.0.0/0", natGatewayId: "nat-1" };
    const inner = subnet("a", { tags: { "kubernetes.io/role/internal-elb": "1" } });
    expect(told(table("t", [way]), subnet("a"), uses("t", "a"), database("a"))).toEqual([
      "destinationCidrBlock: a route to the internet",
    ]);
    expect(told(table("t", [way]), subnet("a"), uses("t", "a"), inner, subnet("b"), uses("t", "b"), database("a"))).toEqual([
      "routeTableId: a route to the internet",
    ]);
    expect(told(table("t", [{ ...way, cidrBlock: "10.9.0.0/16" }]), subnet("a"), uses("t", "a"), database("a"))).toEqual([]);
    expect(told(nat, table("t"), inner, uses("t", "a"))).toEqual(["routeTableId: routes that end in the network"]);
    expect(told(nat, table("t", [way]), inner, uses("t", "a"))).toEqual([]);
    expect(told(table("t"), inner, uses("t", "a"))).toEqual([]);
  });

  it("asks each subnet for its routes, where another one has some", () => {
    expect(told(table("t"), subnet("a"), subnet("b"), uses("t", "a"))).toEqual([
      "routes: nothing, which is the main table of the network",
    ]);
    expect(told(subnet("a"), subnet("b"))).toEqual([]);
    expect(found("NET-09", [table("t"), subnet("a"), subnet("b"), uses("t", "a")], ruleOf("NET-09").elsewhere)).toEqual([]);
  });

  it("takes a route through NAT, and one to another network, for no way in", () => {
    const route = (inputs: object) => of(ROUTE, "out", { routeTableId: UNKNOWN, ...inputs }, ["t", "gateway"]);
    const rest = [table("t"), subnet("a"), uses("t", "a"), database("a")];
    expect(
      found("NET-09", [gateway, route({ destinationCidrBlock: "0.0.0.0/0", natGatewayId: "nat-1" }), ...rest], { routed: false }),
    ).toEqual([]);
    expect(told(route({ destinationCidrBlock: "10.9.0.0/16", gatewayId: UNKNOWN }), ...rest)).toEqual([]);
    expect(told(route({ destinationCidrBlock: "0.0.0.0/0", gatewayId: UNKNOWN }), ...rest)).toHaveLength(1);
    expect(told(route({ destinationIpv6CidrBlock: "::/0", gatewayId: "igw-1" }), ...rest)).toHaveLength(1);
  });
});
