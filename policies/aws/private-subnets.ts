import { at, bag, bags, flag, hasKey, isSet, text, texts } from "../read.ts";
import { type Resource, whenKnown } from "../resource.ts";
import { SUBNET } from "./clusters.ts";
import { isPublic } from "./networks.ts";
import { BUILD, NODE_GROUP } from "./types.ts";

const GATEWAY = "aws:ec2/internetGateway:InternetGateway";
const NAT = "aws:ec2/natGateway:NatGateway";
const TABLE = "aws:ec2/routeTable:RouteTable";
const ROUTE = "aws:ec2/route:Route";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const MAIN = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation";

/** What stands in private subnets, by the property that names them. */
const INSIDE: Readonly<Record<string, readonly string[]>> = {
  "aws:dax/subnetGroup:SubnetGroup": ["subnetIds"],
  "aws:dms/replicationSubnetGroup:ReplicationSubnetGroup": ["subnetIds"],
  "aws:docdb/subnetGroup:SubnetGroup": ["subnetIds"],
  "aws:eks/fargateProfile:FargateProfile": ["subnetIds"],
  "aws:elasticache/subnetGroup:SubnetGroup": ["subnetIds"],
  "aws:memorydb/subnetGroup:SubnetGroup": ["subnetIds"],
  "aws:neptune/subnetGroup:SubnetGroup": ["subnetIds"],
  "aws:opensearch/domain:Domain": ["vpcOptions", "subnetIds"],
  "aws:rds/subnetGroup:SubnetGroup": ["subnetIds"],
  "aws:redshift/subnetGroup:SubnetGroup": ["subnetIds"],
  [BUILD]: ["vpcConfig", "subnets"],
  [NODE_GROUP]: ["subnetIds"],
};

/** Types that say which subnet has which routes, and who stands in it. */
export const ROUTING: readonly string[] = [SUBNET, TABLE, ROUTE, ASSOCIATION, ...Object.keys(INSIDE)];

/** A subnet whose routes lead in from the internet. */
export interface WayIn {
  association: Resource;
  /** The route, or the table that has it inside. */
  route: Resource;
  /** Its resource, where it is in the same program. */
  subnet: Resource | undefined;
  /** What stands in it and must not be on the internet. */
  users: { resource: Resource; property: string }[];
}

export function waysIn(resources: readonly Resource[]): WayIn[] {
  const of = (...types: string[]): Resource[] => resources.filter(({ type }) => types.includes(type));
  const gateways = of(GATEWAY).map(({ name }) => name);
  const routes = of(ROUTE, TABLE).filter((each) => leadsIn(each, gateways));
  const tables = of(TABLE).map(({ name }) => name);
  const subnets = of(SUBNET);
  return of(ASSOCIATION).flatMap((association) => {
    const route = routes.find((each) => serves(each, association, tables));
    const users = usersOf(association, resources, subnets);
    const subnet = subnets.find(({ name }) => association.dependencies.includes(name));
    return route === undefined ? [] : [{ association, route, subnet, users }];
  });
}

/** A subnet and its routes out, wherever they lead. */
export interface WayOut {
  association: Resource;
  subnet: Resource | undefined;
  /** Routes to addresses on the internet, through NAT or anything else, in resources of their own or inside of a table. */
  routes: readonly Resource[];
  users: readonly Resource[];
}

export function waysOut(resources: readonly Resource[]): WayOut[] {
  const of = (...types: string[]): Resource[] => resources.filter(({ type }) => types.includes(type));
  const routes = of(ROUTE, TABLE).filter(leadsOut);
  const tables = of(TABLE).map(({ name }) => name);
  const subnets = of(SUBNET);
  return of(ASSOCIATION).map((association) => ({
    association,
    subnet: subnets.find(({ name }) => association.dependencies.includes(name)),
    routes: routes.filter((each) => serves(each, association, tables)),
    users: usersOf(association, resources, subnets).map(({ resource }) => resource),
  }));
}

/** Subnets of a program that gives others their routes: these get those of the main table, which somebody else may change. */
export function withoutRoutes(resources: readonly Resource[]): Resource[] {
  const associations = resources.filter(({ type }) => type === ASSOCIATION);
  return associations.length === 0 || resources.some(({ type }) => type === MAIN)
    ? []
    : resources.filter(
        ({ type, name }) => type === SUBNET && !associations.some(({ dependencies }) => dependencies.includes(name)),
      );
}

export const hasNat = (resources: readonly Resource[]): boolean => resources.some(({ type }) => type === NAT);

/** Whether databases stand in a subnet. */
export const isOfDatabases = ({ users }: WayOut): boolean => users.some(({ type }) => type.endsWith(":SubnetGroup"));

/** Whether a route, or a table with routes inside, is that of a subnet. */
const serves = (route: Resource, association: Resource, tables: readonly string[]): boolean =>
  route.type === TABLE
    ? association.dependencies.includes(route.name)
    : (areSame(ids(route, "routeTableId"), ids(association, "routeTableId")) ?? shares(route, association, tables));

/** What stands in a subnet and must not be on the internet. */
const usersOf = (association: Resource, resources: readonly Resource[], subnets: readonly Resource[]): WayIn["users"] => {
  const names = subnets.map(({ name }) => name);
  return resources.flatMap((user) => {
    const property = INSIDE[user.type];
    const isHere =
      property !== undefined &&
      (areSame(ids(user, ...property), ids(association, "subnetId")) ?? shares(user, association, names));
    return isHere ? [{ resource: user, property: property.join(".") }] : [];
  });
};

/** Ids that a program writes or already knows; `undefined` where nobody knows them yet. */
const ids = ({ inputs }: Resource, ...path: string[]): readonly string[] | undefined => whenKnown(() => texts(inputs, ...path));

/** Whether one id is in both lists; `undefined` where one of them is not known. */
const areSame = (some: readonly string[] | undefined, others: readonly string[] | undefined): boolean | undefined =>
  some && others && some.some((id) => others.includes(id));

const shares = (one: Resource, other: Resource, names: readonly string[]): boolean =>
  names.some((name) => one.dependencies.includes(name) && other.dependencies.includes(name));

/** A route to addresses on the internet through a gateway that lets them answer first. */
function leadsIn({ type, inputs, dependencies }: Resource, gateways: readonly string[]): boolean {
  const routes = type === ROUTE ? [inputs] : bags(inputs, "routes");
  return routes.some(
    (route) =>
      whenKnown(
        () => THERE.some((key) => isPublic(text(route, key) ?? "")) && (text(route, "gatewayId") ?? "").startsWith("igw-"),
      ) ?? dependencies.some((name) => gateways.includes(name)),
  );
}

/** A route to addresses on the internet. One whose end nobody knows yet leads to a network that is made here. */
const leadsOut = ({ type, inputs }: Resource): boolean =>
  (type === ROUTE ? [inputs] : bags(inputs, "routes")).some(
    (route) =>
      whenKnown(() => THERE.some((key) => isPublic(text(route, key) ?? ""))) === true ||
      // A list of addresses that NAT leads to is one of the internet.
      (isSet(route, "destinationPrefixListId") && isSet(route, "natGatewayId")),
  );

/** Where a route leads, in a resource of its own or inside of a table. */
const THERE = ["destinationCidrBlock", "destinationIpv6CidrBlock", "cidrBlock", "ipv6CidrBlock"];

/** Tags by which load balancers find their subnets (EKS user guide, "Route internet traffic with AWS Load Balancer Controller"). */
const TAGS = { outside: "kubernetes.io/role/elb", inside: "kubernetes.io/role/internal-elb" };

/** Whether a subnet is meant for what is on the internet: by a tag, by its addresses, or because NAT starts there. */
export const isMeantForInternet = (subnet: Resource | undefined, resources: readonly Resource[]): boolean =>
  subnet !== undefined &&
  (hasKey(subnet.inputs, "tags", TAGS.outside) ||
    flag(subnet.inputs, "mapPublicIpOnLaunch") === true ||
    resources.some(({ type, dependencies }) => type === NAT && dependencies.includes(subnet.name)));

/** Whether a subnet says itself that it is private. */
export const isMeantForInside = (subnet: Resource | undefined): boolean =>
  subnet !== undefined && hasKey(bag(at(subnet.inputs, "tags")), TAGS.inside);
