import { type Fault, levels, rule } from "../rule.ts";
import { together } from "../together.ts";

const INSTANCE = "aws:rds/instance:Instance";
const CLUSTER = "aws:rds/cluster:Cluster";
const CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance";
const PARAMETERS = "aws:rds/parameterGroup:ParameterGroup";
const CLUSTER_PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup";

/** What a database brings along from where it comes: its subnets and its master password among it. */
const ORIGINS = ["replicateSourceDb", "replicationSourceIdentifier", "snapshotIdentifier", "restoreToPointInTime"];
const isCopy = (inputs: object): boolean => ORIGINS.some((origin) => origin in inputs);

/**
 * A database without a public address is not on the internet, whatever the routes of its subnets. Whoever names no subnets gets those
 * of the default VPC, which are public.
 */
export const isPrivate = rule({
  id: "DB-02",
  title: "No database has a public address, and each lies in subnets that were chosen for it",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["FSBP RDS.2", "CIS AWS 3.2.3"],
  remediation: "Leave `publiclyAccessible` out or set it to `false`, and name a group of private subnets in `dbSubnetGroupName`.",
  peers: ["pulumi compliance-policies", "CKV_AWS_17", "AWS-0180", "prowler"],
  types: [INSTANCE, CLUSTER, CLUSTER_INSTANCE],
  check: ({ type, inputs }) =>
    together(
      () => (inputs.publiclyAccessible === true ? [{ property: "publiclyAccessible", got: "true", want: "false" }] : []),
      () =>
        "dbSubnetGroupName" in inputs || type === CLUSTER_INSTANCE || isCopy(inputs)
          ? []
          : [{ property: "dbSubnetGroupName", got: "nothing", want: "a group of private subnets" }],
    ),
});

const PASSWORDS = ["password", "passwordWo", "masterPassword", "masterPasswordWo"];

/** A password that is generated in the program is refused like one that is written there: it lies in the state, and nobody renews it. */
export const noPassword = rule({
  id: "DB-06",
  title: "The master password passes through no program: RDS makes it, keeps it and renews it, or people sign in by IAM",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["FSBP RDS.10", "FSBP SecretsManager.1"],
  remediation: "Set `manageMasterUserPassword: true` and take the password out of the program; read it from `masterUserSecrets`.",
  peers: ["CKV_AWS_161", "AWS-0176", "prowler"],
  types: [INSTANCE, CLUSTER],
  check: ({ inputs }) => {
    const given = PASSWORDS.filter((property) => property in inputs);
    if (given.length > 0) {
      // Its value is never read, so that it can stand in no message.
      return given.map((property) => ({ property, got: "a password", want: "left out, for 'manageMasterUserPassword'" }));
    }
    return isCopy(inputs) || inputs.manageMasterUserPassword === true || inputs.iamDatabaseAuthenticationEnabled === true
      ? []
      : [
          {
            property: "manageMasterUserPassword",
            got: String(inputs.manageMasterUserPassword ?? "nothing"),
            want: "true, or 'iamDatabaseAuthenticationEnabled'",
          },
        ];
  },
});

/** What makes a server refuse connections without TLS, by engine (RDS user guide and Aurora user guide, "Using SSL/TLS"). */
const TLS = [
  { engine: /^(aurora-)?postgres|^sqlserver/, parameter: "rds.force_ssl", on: ["1"] },
  { engine: /^(aurora-)?mysql|^mariadb/, parameter: "require_secure_transport", on: ["1", "ON"] },
];

export const tlsOnly = rule({
  id: "DB-07",
  title: "Databases refuse connections without TLS",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP RDS.38"],
  remediation:
    'Give the database a parameter group with `{ name: "rds.force_ssl", value: "1" }`; for MySQL and MariaDB with `require_secure_transport`.',
  peers: ["CKV2_AWS_69", "prowler"],
  types: [INSTANCE, CLUSTER, PARAMETERS, CLUSTER_PARAMETERS],
  check: ({ type, inputs }) => {
    switch (type) {
      case INSTANCE:
        return withoutGroup(inputs, "parameterGroupName");
      case CLUSTER:
        return withoutGroup(inputs, "dbClusterParameterGroupName");
      case PARAMETERS:
        // An instance of Aurora has the parameter from its cluster.
        return String(inputs.family).startsWith("aurora-") ? [] : plaintextAllowed(inputs);
      default:
        return plaintextAllowed(inputs);
    }
  },
});

/** AWS's own groups cannot be changed, and what they say differs from version to version. */
function withoutGroup(inputs: any, property: string): Fault[] {
  if (property in inputs) {
    return [];
  }
  const tls = TLS.find(({ engine }) => engine.test(inputs.engine ?? ""));
  return tls === undefined ? [] : [{ property, got: "nothing", want: `a parameter group that sets ${tls.parameter}` }];
}

function plaintextAllowed({
  family,
  parameters = [],
}: {
  family: string;
  parameters?: { name: string; value: string | number }[];
}): Fault[] {
  const tls = TLS.find(({ engine }) => engine.test(family));
  const value = String(parameters.find(({ name }) => name === tls?.parameter)?.value ?? "nothing");
  return tls === undefined || tls.on.includes(value.toUpperCase())
    ? []
    : [{ property: `parameters.${tls.parameter}`, got: value, want: tls.on.join(" or ") }];
}
