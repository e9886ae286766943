import { DB_CLUSTER, DB_CLUSTER_INSTANCE, DB_INSTANCE } from "../../aws/types.ts";
import { type Fault, together, unless } from "../../findings.ts";
import { type Bag, bags, flag, isSet, shown, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const PARAMETERS = "aws:rds/parameterGroup:ParameterGroup";
const CLUSTER_PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup";

/** What makes a server refuse connections without TLS, by engine (RDS user guide and Aurora user guide, "Using SSL/TLS"). */
const TLS = [
  { engine: /^(aurora-)?postgres|^sqlserver/, parameter: "rds.force_ssl", on: ["1"] },
  { engine: /^(aurora-)?mysql|^mariadb/, parameter: "require_secure_transport", on: ["1", "ON"] },
];

/** What applications reach in the place of a database. */
const PROXY = "aws:rds/proxy:Proxy";

/** Groups of parameters of other services. */
const OTHERS = [
  "aws:docdb/clusterParameterGroup:ClusterParameterGroup",
  "aws:neptune/clusterParameterGroup:ClusterParameterGroup",
  "aws:redshift/parameterGroup:ParameterGroup",
];

/** Argument with the authority of a certificate, by type. */
const AUTHORITIES: Readonly<Record<string, string>> = {
  [DB_INSTANCE]: "caCertIdentifier",
  [DB_CLUSTER]: "caCertificateIdentifier",
  [DB_CLUSTER_INSTANCE]: "caCertIdentifier",
  "aws:docdb/clusterInstance:ClusterInstance": "caCertIdentifier",
  "aws:rds/certificate:Certificate": "certificateIdentifier",
};

/** Authorities that are named after their year have ended, the last one on 2024-08-22. */
const ENDED = /^rds-ca-20\d\d/;

/** Parameters that bring old versions of TLS back, or switch it off, and the values that do so. */
const OLD: readonly { parameter: string; value: RegExp }[] = [
  { parameter: "ssl_min_protocol_version", value: /^TLSv1(\.1)?$/i },
  { parameter: "tls_version", value: /\bTLSv1(\.1)?(,|\s|$)/i },
  { parameter: "rds.tls10", value: /^enabled$/i },
  // Of DocumentDB, Neptune and Redshift.
  { parameter: "tls", value: /^disabled$/i },
  { parameter: "neptune_enforce_ssl", value: /^0$/ },
  { parameter: "require_ssl", value: /^(false|0)$/i },
  { parameter: "rds.tls11", value: /^enabled$/i },
];

export const DB_07 = rule({
  id: "DB-07",
  title: "Databases refuse connections without TLS or with an old version of it, and show a certificate that is still valid",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP RDS.38"],
  remediation:
    'Give the database a parameter group with `{ name: "rds.force_ssl", value: "1" }`. For MySQL and MariaDB the parameter is `require_secure_transport`. Leave `ssl_min_protocol_version` and `tls_version` out, and take an authority such as `rds-ca-rsa2048-g1` in `caCertIdentifier`.',
  peers: ["CKV2_AWS_69", "prowler"],
  types: [...Object.keys(AUTHORITIES), PARAMETERS, CLUSTER_PARAMETERS, PROXY, ...OTHERS],
  check: ({ type, inputs }) => {
    switch (type) {
      case PARAMETERS:
      case CLUSTER_PARAMETERS:
        return together(
          // An instance of Aurora has the parameter from its cluster.
          () => (type === PARAMETERS && (text(inputs, "family") ?? "").startsWith("aurora-") ? [] : plaintextAllowed(inputs)),
          () => oldAllowed(inputs),
        );
      default:
        if (type === PROXY) {
          return unless(flag(inputs, "requireTls") === true, {
            property: "requireTls",
            got: shown(inputs["requireTls"]),
            want: "true",
          });
        }
        if (OTHERS.includes(type)) {
          return oldAllowed(inputs);
        }
        return together(
          () => (GROUPS[type] === undefined ? [] : withoutGroup(inputs, GROUPS[type])),
          () => (AUTHORITIES[type] === undefined ? [] : endedAuthority(inputs, AUTHORITIES[type])),
        );
    }
  },
});

/** Argument with the group of parameters, by type. */
const GROUPS: Readonly<Record<string, string>> = {
  [DB_INSTANCE]: "parameterGroupName",
  [DB_CLUSTER]: "dbClusterParameterGroupName",
};

function endedAuthority(inputs: Bag, property: string): Fault[] {
  const got = text(inputs, property) ?? "";
  return unless(!ENDED.test(got), { property, got, want: "an authority that has not ended, such as rds-ca-rsa2048-g1" });
}

/** RDS asks for TLS 1.2 unless a parameter says otherwise. */
const oldAllowed = (inputs: Bag): Fault[] =>
  bags(inputs, "parameters").flatMap((each) => {
    const name = text(each, "name") ?? "";
    const old = OLD.find(({ parameter }) => parameter === name);
    const value = old === undefined ? "" : shown(each["value"]);
    return old?.value.test(value) ? [{ property: `parameters.${name}`, got: value, want: "TLS 1.2 or newer only" }] : [];
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
