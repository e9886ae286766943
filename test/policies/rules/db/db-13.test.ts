import { describe, expect, it } from "vitest";
import { UNKNOWN } from "../../../harness/wire.ts";
import { describeRule, found, golden, of } from "../../harness.ts";

const PUBLIC = "subnet-9cde0079ff966dc07";
const GROUP = "aws:rds/subnetGroup:SubnetGroup";

describeRule("DB-13", [
  {
    what: "a database in a public subnet",
    layer: "foundation",
    resource: "tracking-database-subnets",
    change: (inputs) => (inputs.subnetIds[1] = PUBLIC),
    says: `foundation-prod/tracking-database-subnets: 'subnetIds' must be a subnet without a route to an internet gateway, got '${PUBLIC}'`,
    unknown: "subnetIds",
  },
]);

describe("DB-13", () => {
  const gateway = of("aws:ec2/internetGateway:InternetGateway", "gateway", {});
  const subnets = ["open", "closed"].map((name) => of("aws:ec2/subnet:Subnet", name, {}));
  const use = (subnet: string, table: string) =>
    of("aws:ec2/routeTableAssociation:RouteTableAssociation", `${subnet}-use`, { subnetId: UNKNOWN, routeTableId: UNKNOWN }, [
      subnet,
      table,
    ]);
  const table = (name: string, inputs: object, dependencies: string[] = []) =>
    of("aws:ec2/routeTable:RouteTable", name, inputs, dependencies);
  const group = (subnet: string) => of(GROUP, "group", { subnetIds: [UNKNOWN] }, [subnet]);
  const uses = [use("open", "out"), use("closed", "in")];

  it("follows dependencies where no id is known yet", () => {
    const route = of("aws:ec2/route:Route", "route", { routeTableId: UNKNOWN, gatewayId: UNKNOWN }, ["out", "gateway"]);
    const nat = of("aws:ec2/route:Route", "nat", { routeTableId: UNKNOWN, natGatewayId: "nat-1" }, ["in", "gateway"]);
    const network = [gateway, ...subnets, table("out", {}), table("in", {}), route, nat, ...uses];
    expect(found("DB-13", [...network, group("open")])).toEqual(["subnetIds: public subnets"]);
    expect(found("DB-13", [...network, group("closed")])).toEqual([]);
  });

  it("reads routes that stand in their table", () => {
    const out = table("out", { routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: UNKNOWN }] }, ["gateway"]);
    const inside = table("in", { routes: [{ cidrBlock: "0.0.0.0/0", natGatewayId: "nat-1" }] });
    const network = [gateway, ...subnets, out, inside, ...uses];
    expect(found("DB-13", [...network, group("open")])).toEqual(["subnetIds: public subnets"]);
    expect(found("DB-13", [...network, group("closed")])).toEqual([]);
  });

  it("says nothing of subnets of another stack", async () => {
    const resources = (await golden("foundation", "prod")).filter(({ type }) => type === GROUP);
    expect(found("DB-13", resources)).toEqual([]);
  });
});
