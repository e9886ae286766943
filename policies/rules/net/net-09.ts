import { isMeantForInside, isMeantForInternet, ROUTING, type WayIn, waysIn } from "../../aws/private-subnets.ts";
import { attempt, type Fault, type Finding } from "../../findings.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

export const NET_09 = stackRule({
  id: "NET-09",
  title: "Databases, nodes and builds stand in subnets without a route to the internet gateway",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP RDS.46", "CIS EKS 5.4.3"],
  remediation:
    "Route a private subnet through a NAT gateway (`natGatewayId`), or nowhere. Give databases, node groups and builds such subnets.",
  peers: ["prowler"],
  types: ROUTING,
  relate: (resources) => {
    const ways = waysIn(resources);
    return ways.flatMap((way) => attempt(() => misplaced(way, ways, resources), way.association.address));
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
