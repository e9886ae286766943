import {
  hasNat,
  isMeantForInside,
  isMeantForInternet,
  isOfDatabases,
  ROUTING,
  type WayIn,
  type WayOut,
  waysIn,
  waysOut,
  withoutRoutes,
} from "../../aws/private-subnets.ts";
import { attempt, type Fault, type Finding, together } from "../../findings.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** `routed`: whether each subnet names its routes, those of databases lead nowhere on the internet, and those of nodes lead out. */
const ROUTED = { routed: true };

export const NET_09 = stackRule({
  id: "NET-09",
  title:
    "Databases, nodes and builds stand in subnets without a route to the internet gateway, databases in those without any way out; each subnet names its routes",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP RDS.46", "CIS EKS 5.4.3"],
  remediation:
    "Route a private subnet through a NAT gateway (`natGatewayId`), and that of a database nowhere. Give databases, node groups and builds such subnets, and each subnet a RouteTableAssociation.",
  peers: ["prowler"],
  types: ROUTING,
  parameters: { dev: ROUTED, staging: ROUTED, prod: ROUTED },
  // Databases of others may fetch their extensions, and subnets of others use the main table of their network.
  elsewhere: { routed: false },
  relate: (resources, { routed }) => {
    const ways = waysIn(resources);
    return together(
      () => ways.flatMap((way) => attempt(() => misplaced(way, ways, resources), way.association.address)),
      () => (routed ? misrouted(resources, ways) : []),
    );
  },
});

/**
 * Where a subnet is meant for the internet, what stands in it is in the wrong place. Otherwise its routes are wrong: the association, where
 * other subnets need the same routes, or the route itself.
 */
function misplaced(way: WayIn, ways: readonly WayIn[], resources: readonly Resource[]): Finding[] {
  const { association, route, subnet, users } = way;
  const name = subnet?.name ?? "a subnet";
  if (isMeantForInternet(subnet, resources)) {
    return users.map(({ resource, property }): Fault => {
      const got = `${name}, with a route to the internet gateway`;
      return { resource, property, got, want: "private subnets" };
    });
  }
  if (users.length === 0 && !isMeantForInside(subnet)) {
    return [];
  }
  const isShared = ways.some((other) => other.route === route && isMeantForInternet(other.subnet, resources));
  const want = `without a way in from the internet, for ${name} is private`;
  return isShared
    ? [{ resource: association, property: "routeTableId", got: "routes to the internet gateway", want }]
    : [{ resource: route, property: "gatewayId", got: "an internet gateway", want }];
}

/** A way in is a way out too, of which enough is said. */
function misrouted(resources: readonly Resource[], entered: readonly WayIn[]): Finding[] {
  const ways = waysOut(resources).filter(({ association }) => !entered.some((way) => way.association === association));
  return together(
    ways.map((way) => () => (isOfDatabases(way) ? leaving(way, ways) : [])),
    () => (hasNat(resources) ? ways.flatMap(cutOff) : []),
    () =>
      withoutRoutes(resources).map(
        (resource): Fault => ({
          resource,
          property: "routes",
          got: "nothing, which is the main table of the network",
          want: "named by a RouteTableAssociation",
        }),
      ),
  );
}

/** A database calls nobody. Where nodes need the same route, the subnet has the wrong table. */
const leaving = ({ association, routes, subnet }: WayOut, ways: readonly WayOut[]): Fault[] =>
  routes.map((route): Fault => {
    const isShared = ways.some((other) => other.routes.includes(route) && !isOfDatabases(other));
    const rest = { got: "a route to the internet", want: `without one, for databases stand in ${subnet?.name ?? "the subnet"}` };
    return isShared
      ? { resource: association, property: "routeTableId", ...rest }
      : { resource: route, property: "destinationCidrBlock", ...rest };
  });

/** Nodes fetch their images: where a program has NAT, a private subnet without a route to it starts none. */
const cutOff = ({ association, routes, subnet }: WayOut): Fault[] =>
  isMeantForInside(subnet) && routes.length === 0
    ? [
        {
          resource: association,
          property: "routeTableId",
          got: "routes that end in the network",
          want: "a table with a route out",
        },
      ]
    : [];
