import { DB_CLUSTER, DB_INSTANCE } from "../../aws/types.ts";
import { type Fault, ofEach, unless } from "../../findings.ts";
import { type Bag, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** Type of the group of parameters, by type of database. */
const GROUPS: Readonly<Record<string, string>> = {
  [DB_INSTANCE]: "aws:rds/parameterGroup:ParameterGroup",
  [DB_CLUSTER]: "aws:rds/clusterParameterGroup:ClusterParameterGroup",
};

/** How an engine names its lines: the part of a version that the family of its parameters has. */
const LINES = [
  { engine: /^(aurora-)?postgres(ql)?$/, line: /^\d+/ },
  { engine: /^(mysql|mariadb|aurora-mysql)$/, line: /^\d+\.\d+/ },
];

export const DB_10 = stackRule({
  id: "DB-10",
  title: "A database and the group with its parameters are of the same line",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation:
    "Set `family` of the parameter group to the engine with the line of `engineVersion`, such as `postgres17` for 17.7.",
  types: [...Object.keys(GROUPS), ...Object.values(GROUPS)],
  relate: (resources) => ofEach(resources, (database) => strangers(database, resources)),
});

/** RDS refuses such a pair only when it makes the database: after the plan, in the middle of a change. */
function strangers({ type, name, inputs, dependencies }: Resource, resources: readonly Resource[]): Fault[] {
  const group = GROUPS[type];
  const groups = group === undefined ? [] : resources.filter((each) => each.type === group && dependencies.includes(each.name));
  const want = groups.length === 0 ? undefined : familyOf(inputs);
  return want === undefined
    ? []
    : groups.flatMap((resource) => {
        const got = text(resource.inputs, "family") ?? "nothing";
        return unless(got === want, { resource, property: "family", got, want: `${want}, the line of '${name}'` });
      });
}

/** Nothing where the program leaves the version to RDS, or where nobody knows how the engine names its lines. */
function familyOf(inputs: Bag): string | undefined {
  const engine = text(inputs, "engine") ?? "";
  const line = LINES.find((each) => each.engine.test(engine))?.line.exec(text(inputs, "engineVersion") ?? "")?.[0];
  return line === undefined ? undefined : `${engine}${line}`;
}
