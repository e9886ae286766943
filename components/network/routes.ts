import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** A subnet, by the letter of its zone. */
export interface ZonedSubnet {
  letter: string;
  id: pulumi.Output<string>;
}

/** What the routes of a network hang on: its name, its VPC, its component. */
export interface Ground {
  name: string;
  vpcId: pulumi.Output<string>;
  child: { parent: pulumi.Resource };
}

const ANYWHERE = "0.0.0.0/0";

/** One table for the public subnets, out through the internet gateway, which it returns. */
export function publicRoutes(ground: Ground, subnets: readonly ZonedSubnet[]): aws.ec2.InternetGateway {
  const { name, vpcId, child } = ground;
  const gateway = new aws.ec2.InternetGateway(`${name}-internet`, { vpcId, tags: { Name: name } }, child);
  const routeTableId = table(ground, "public", subnets);
  new aws.ec2.Route(`${name}-public-out`, { routeTableId, destinationCidrBlock: ANYWHERE, gatewayId: gateway.id }, child);
  return gateway;
}

/** NAT gateways in the first `count` public subnets. */
export function natGateways(
  { name, child }: Ground,
  subnets: readonly ZonedSubnet[],
  count: number,
  internet: aws.ec2.InternetGateway,
): pulumi.Output<string>[] {
  // Made before the VPC has its way out, an address or a gateway fails (VPC user guide, "NAT gateway basics").
  const behind = { ...child, dependsOn: internet };
  return subnets.slice(0, count).map(({ letter, id: subnetId }) => {
    const tags = { Name: `${name}-nat-${letter}` };
    const { allocationId } = new aws.ec2.Eip(`${name}-nat-address-${letter}`, { domain: "vpc", tags }, behind);
    return new aws.ec2.NatGateway(`${name}-nat-${letter}`, { allocationId, subnetId, tags }, behind).id;
  });
}

/** One table a private subnet, out through the NAT gateway of its zone, or the only one there is. Returns the tables. */
export function privateRoutes(
  ground: Ground,
  subnets: readonly ZonedSubnet[],
  nats: readonly pulumi.Output<string>[],
): pulumi.Output<string>[] {
  return subnets.map((subnet, index) => {
    const routeTableId = table(ground, `private-${subnet.letter}`, [subnet]);
    new aws.ec2.Route(
      `${ground.name}-private-${subnet.letter}-out`,
      { routeTableId, destinationCidrBlock: ANYWHERE, natGatewayId: nats[index % nats.length]! },
      ground.child,
    );
    return routeTableId;
  });
}

/** One table without a route: all that its subnets reach is the VPC. */
export function intraRoutes(ground: Ground, subnets: readonly ZonedSubnet[]): void {
  table(ground, "intra", subnets);
}

function table({ name, vpcId, child }: Ground, role: string, subnets: readonly ZonedSubnet[]): pulumi.Output<string> {
  const { id: routeTableId } = new aws.ec2.RouteTable(
    `${name}-${role}-routes`,
    { vpcId, tags: { Name: `${name}-${role}` } },
    child,
  );
  for (const { letter, id: subnetId } of subnets) {
    // A private table carries its zone's letter already.
    const user = role.endsWith(`-${letter}`) ? role : `${role}-${letter}`;
    new aws.ec2.RouteTableAssociation(`${name}-${user}-uses`, { routeTableId, subnetId }, child);
  }
  return routeTableId;
}
