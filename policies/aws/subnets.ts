import { bags, text } from "../read.ts";
import { type Resource, Undecided } from "../resource.ts";
import { SUBNET } from "./clusters.ts";

const TABLE = "aws:ec2/routeTable:RouteTable";
const ROUTE = "aws:ec2/route:Route";
const USE = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const GATEWAY = "aws:ec2/internetGateway:InternetGateway";

/** Types that say which subnets have a route to the internet. */
export const ROUTING: readonly string[] = [TABLE, ROUTE, USE];

/** Things by their ids, where AWS has given them, and by their names in the program. */
interface Known {
  ids: ReadonlySet<string>;
  names: ReadonlySet<string>;
}

/** Subnets with a route to an internet gateway, as far as the stack makes that route. */
export function publicSubnets(resources: readonly Resource[]): Known {
  const of = (...types: string[]): Resource[] => resources.filter(({ type }) => types.includes(type));
  const named = (type: string): Set<string> => new Set(of(type).map(({ name }) => name));
  const [gateways, tables, subnets] = [named(GATEWAY), named(TABLE), named(SUBNET)];
  const open = of(ROUTE).filter((route) => leadsOut(route, gateways));
  const openTables: Known = {
    ids: ids(open, "routeTableId"),
    names: new Set([
      ...open.flatMap(({ dependencies }) => dependencies.filter((each) => tables.has(each))),
      ...of(TABLE)
        .filter((table) => bags(table.inputs, "routes").some((_, index) => leadsOut(table, gateways, "routes", index)))
        .map(({ name }) => name),
    ]),
  };
  const uses = of(USE).filter((use) => isAmong(openTables, use, idAt(use, "routeTableId")));
  return {
    ids: ids(uses, "subnetId"),
    names: new Set(uses.flatMap(({ dependencies }) => dependencies.filter((each) => subnets.has(each)))),
  };
}

/** Whether a resource uses one of them: by its id, or by what the resource depends on where nobody knows the id yet. */
export const isAmong = ({ ids, names }: Known, { dependencies }: Resource, id: string | undefined): boolean =>
  id === undefined ? dependencies.some((each) => names.has(each)) : ids.has(id);

/** The id at a path; `undefined` where it is not known yet. */
export function idAt({ inputs }: Resource, ...path: (string | number)[]): string | undefined {
  try {
    return text(inputs, ...path);
  } catch (error) {
    if (error instanceof Undecided) {
      return undefined;
    }
    throw error;
  }
}

const ids = (resources: readonly Resource[], key: string): Set<string> =>
  new Set(resources.flatMap((each) => idAt(each, key) ?? []));

/** A route to an internet gateway; one that nobody knows yet is judged by what it depends on. */
function leadsOut(route: Resource, gateways: ReadonlySet<string>, ...path: (string | number)[]): boolean {
  const gateway = idAt(route, ...path, "gatewayId");
  const isOther = ["natGatewayId", "egressOnlyGatewayId", "vpcPeeringConnectionId", "transitGatewayId", "vpcEndpointId"].some(
    (key) => idAt(route, ...path, key) !== undefined,
  );
  return gateway?.startsWith("igw-") ?? (!isOther && route.dependencies.some((each) => gateways.has(each)));
}
