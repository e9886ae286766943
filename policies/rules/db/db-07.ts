import { DB_CLUSTER, DB_INSTANCE } from "../../aws/types.ts";
import { type Fault, unless } from "../../findings.ts";
import { type Bag, bags, isSet, shown, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const PARAMETERS = "aws:rds/parameterGroup:ParameterGroup";
const CLUSTER_PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup";

/** What makes a server refuse connections without TLS, by engine (RDS user guide and Aurora user guide, "Using SSL/TLS"). */
const TLS = [
  { engine: /^(aurora-)?postgres|^sqlserver/, parameter: "rds.force_ssl", on: ["1"] },
  { engine: /^(aurora-)?mysql|^mariadb/, parameter: "require_secure_transport", on: ["1", "ON"] },
];

export const DB_07 = rule({
  id: "DB-07",
  title: "Databases refuse connections without TLS",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP RDS.38"],
  remediation:
    'Give the database a parameter group with `{ name: "rds.force_ssl", value: "1" }`. For MySQL and MariaDB the parameter is `require_secure_transport`.',
  peers: ["CKV2_AWS_69", "prowler"],
  types: [DB_INSTANCE, DB_CLUSTER, PARAMETERS, CLUSTER_PARAMETERS],
  check: ({ type, inputs }) => {
    switch (type) {
      case DB_INSTANCE:
        return withoutGroup(inputs, "parameterGroupName");
      case DB_CLUSTER:
        return withoutGroup(inputs, "dbClusterParameterGroupName");
      case PARAMETERS:
        // An instance of Aurora has the parameter from its cluster.
        return (text(inputs, "family") ?? "").startsWith("aurora-") ? [] : plaintextAllowed(inputs);
      default:
        return plaintextAllowed(inputs);
    }
  },
});

const tlsOf = (engine: string): (typeof TLS)[number] | undefined => TLS.find((each) => each.engine.test(engine));

/** AWS's own groups cannot be changed, and their values differ between versions. */
function withoutGroup(inputs: Bag, property: string): Fault[] {
  if (isSet(inputs, property)) {
    return [];
  }
  const tls = tlsOf(text(inputs, "engine") ?? "");
  return tls === undefined ? [] : [{ property, got: "nothing", want: `a parameter group that sets ${tls.parameter}` }];
}

function plaintextAllowed(inputs: Bag): Fault[] {
  const tls = tlsOf(text(inputs, "family") ?? "");
  if (tls === undefined) {
    return [];
  }
  const value = shown(bags(inputs, "parameters").find((each) => text(each, "name") === tls.parameter)?.["value"]);
  return unless(tls.on.includes(value.toUpperCase()), {
    property: `parameters.${tls.parameter}`,
    got: value,
    want: tls.on.join(" or "),
  });
}
