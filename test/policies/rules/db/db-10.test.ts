import { expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";
import { INSTANCE } from "./samples.ts";

const PARAMETERS = "aws:rds/parameterGroup:ParameterGroup";

describeRule("DB-10", [
  {
    what: "parameters of an older line",
    layer: "foundation",
    resource: "tracking-database-parameters",
    change: (inputs) => (inputs.family = "postgres12"),
    says: "foundation-prod/tracking-database-parameters: 'family' must be postgres17, the line of 'tracking-database', got 'postgres12'",
    unknown: "family",
  },
]);

it.each([
  ["mysql", "8.4.5", "mysql8.4", "mysql8.0"],
  ["mariadb", "10.11.9", "mariadb10.11", "mariadb11.4"],
  ["aurora-mysql", "8.0.mysql_aurora.3.10.0", "aurora-mysql8.0", "aurora-mysql5.7"],
  ["aurora-postgresql", "17.5", "aurora-postgresql17", "postgres17"],
  ["postgres", "17", "postgres17", "postgres16"],
])("DB-10 knows the lines of %s", (engine, engineVersion, family, other) => {
  const pair = (given: string) => [
    of(PARAMETERS, "parameters", { family: given }),
    of(INSTANCE, "database", { engine, engineVersion }, ["parameters"]),
  ];
  expect(found("DB-10", pair(family))).toEqual([]);
  expect(found("DB-10", pair(other))).toEqual([`family: ${other}`]);
});

it("DB-10 says nothing of a version that AWS chooses, of engines with other lines, and of groups of other databases", () => {
  const group = of(PARAMETERS, "parameters", { family: "postgres12" });
  const silent = (inputs: object, dependencies = ["parameters"]) =>
    expect(found("DB-10", [group, of(INSTANCE, "database", inputs, dependencies)])).toEqual([]);
  silent({ engine: "postgres" });
  silent({ engine: "sqlserver-se", engineVersion: "16.00.4175.1.v1" });
  silent({ engine: "postgres", engineVersion: "17.7" }, []);
});
