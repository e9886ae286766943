import { DB_CLUSTER, DB_INSTANCE } from "../../aws/types.ts";
import { unless } from "../../findings.ts";
import { text, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const DOCUMENTS = "aws:docdb/cluster:Cluster";
const GRAPHS = "aws:neptune/cluster:Cluster";

/** The log with the errors of a server, or with who signed in, by engine. */
const LOGS = [
  { engine: /^(aurora-)?postgres/, log: "postgresql" },
  { engine: /^(aurora(-mysql)?|mysql|mariadb)$/, log: "error" },
  { engine: /^(custom-)?sqlserver/, log: "error" },
  { engine: /^(custom-)?oracle/, log: "alert" },
  { engine: /^(docdb|neptune)$/, log: "audit" },
];

/** The engine of services that have only one. */
const ENGINES: Readonly<Record<string, string>> = { [DOCUMENTS]: "docdb", [GRAPHS]: "neptune" };

export const DB_08 = rule({
  id: "DB-08",
  title: "A database writes its log where it outlives the database",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["FSBP RDS.9", "FSBP RDS.34", "FSBP RDS.37", "FSBP DocumentDB.4", "FSBP Neptune.2"],
  remediation: 'List the log of the engine in `enabledCloudwatchLogsExports`, such as `["postgresql", "upgrade"]`.',
  peers: ["CKV_AWS_129", "CKV_AWS_324", "CKV2_AWS_30", "prowler"],
  types: [DB_INSTANCE, DB_CLUSTER, DOCUMENTS, GRAPHS],
  check: ({ type, inputs }) => {
    const property = type === GRAPHS ? "enableCloudwatchLogsExports" : "enabledCloudwatchLogsExports";
    const exported = texts(inputs, property);
    const engine = ENGINES[type] ?? text(inputs, "engine") ?? "";
    const log = LOGS.find((each) => each.engine.test(engine))?.log;
    // A replica and a restored database name no engine.
    return unless(log === undefined ? exported.length > 0 : exported.includes(log), {
      property,
      got: exported.join(", ") || "nothing",
      want: log === undefined ? "a list with the log of the engine" : `a list with ${log}`,
    });
  },
});
