import { added, aws, kubernetes, option, type StackMutant } from "./mutant.ts";

const DATABASE = aws("foundation", "rds/instance:Instance", "tracking-database");
const PARAMETERS = aws("foundation", "rds/parameterGroup:ParameterGroup", "tracking-database-parameters");
const SERVER = kubernetes("platform", "apps/v1:Deployment", "tracking-server");
const COLLECTION = kubernetes("platform", "batch/v1:CronJob", "tracking-collection");
const ACCESS = kubernetes("platform", "core/v1:ConfigMap", "tracking-access");
/** The file of an MLflow that keeps accounts of its own. */
const accounts = (permission: string, tls: string): string =>
  `[mlflow]\ndefault_permission = ${permission}\ndatabase_uri = postgresql+psycopg2://mlflow@db.internal:5432/mlflow?sslmode=${tls}\n`;

/** One input of the database. */
const set = (what: string, key: string, value: unknown): StackMutant =>
  DATABASE.bad(what, (inputs) => {
    inputs[key] = value;
  });
const unset = (what: string, ...keys: string[]): StackMutant =>
  DATABASE.bad(what, (inputs) => {
    for (const key of keys) {
      delete inputs[key];
    }
  });
const fine = (what: string, key: string, value: unknown): StackMutant =>
  DATABASE.harmless(what, (inputs) => {
    inputs[key] = value;
  });

const store = (container: any, edit: (uri: string) => string): void => {
  const found = container.env.find(({ name }: any) => name === "MLFLOW_BACKEND_STORE_URI");
  found.value = edit(found.value);
};

/** The database of MLflow, other databases, and how they are reached. */
export const DATABASES: readonly StackMutant[] = [
  set("a database on an open disk", "storageEncrypted", false),
  set("a database on an open disk, as text", "storageEncrypted", "false"),
  unset("a database on an open disk, by default", "storageEncrypted", "kmsKeyId"),
  unset("a database under the key of AWS", "kmsKeyId"),
  set("a database with backups of a day", "backupRetentionPeriod", 1),
  set("a database without backups", "backupRetentionPeriod", 0),
  unset("a database with backups as AWS makes them", "backupRetentionPeriod"),
  set("a database in one zone", "multiAz", false),
  set("a database in one zone, as text", "multiAz", "false"),
  set("a database that may be deleted", "deletionProtection", false),
  set("a database on the internet, as text", "publiclyAccessible", "true"),
  set("a database that leaves nothing behind", "skipFinalSnapshot", true),
  set("a database whose backups go with it", "deleteAutomatedBackups", true),
  set("a database of an old line", "engineVersion", "12.9"),
  set("a database with an old authority", "caCertIdentifier", "rds-ca-2019"),
  set("a database that logs nothing", "enabledCloudwatchLogsExports", []),
  DATABASE.bad("a database with a password in the program", (inputs) => {
    delete inputs["manageMasterUserPassword"];
    inputs["password"] = "q7Rk9sLw2mXvB4tZ";
  }),
  unset("a password under the key of AWS", "masterUserSecretKmsKeyId"),
  unset("a database whose disk cannot grow", "maxAllocatedStorage"),
  unset("a database with the parameters of AWS", "parameterGroupName"),
  unset("a database in the default group", "vpcSecurityGroupIds"),
  set("a database of a size for tests", "instanceClass", "db.t3.micro"),
  DATABASE.bad("a database that a slip deletes", option({ protect: false })),
  PARAMETERS.bad("a database that takes connections without TLS", (inputs) => {
    inputs["parameters"].find(({ name }: any) => name === "rds.force_ssl").value = "0";
  }),
  PARAMETERS.bad("a database that does not ask for TLS", (inputs) => {
    inputs["parameters"] = inputs["parameters"].filter(({ name }: any) => name !== "rds.force_ssl");
  }),
  PARAMETERS.bad("a database that takes TLS 1.0", (inputs) => {
    inputs["parameters"].push({ name: "ssl_min_protocol_version", value: "TLSv1" });
  }),
  PARAMETERS.bad("parameters of another line of PostgreSQL", (inputs) => {
    inputs["family"] = "postgres12";
  }),
  aws("foundation", "rds/subnetGroup:SubnetGroup", "tracking-database-subnets").bad(
    "a database in the public subnets",
    (inputs) => {
      inputs["subnetIds"] = ["subnet-9cde0079ff966dc07", ...inputs["subnetIds"].slice(1)];
    },
  ),
  SERVER.bad("MLflow that trusts every database", ({ spec }) =>
    store(spec.template.spec.containers[0], (uri) => uri.replace("sslmode=verify-full", "sslmode=require")),
  ),
  SERVER.bad("MLflow that talks to its database in the clear", ({ spec }) =>
    store(spec.template.spec.containers[0], (uri) => uri.replace("sslmode=verify-full", "sslmode=disable")),
  ),
  SERVER.bad("MLflow that does not say how it talks to its database", ({ spec }) =>
    store(spec.template.spec.containers[0], (uri) => uri.replace("&sslmode=verify-full", "")),
  ),
  SERVER.bad("MLflow as the master of its database", ({ spec }) =>
    store(spec.template.spec.containers[0], (uri) => uri.replace("//mlflow@", "//millrace@")),
  ),
  SERVER.bad("MLflow with its password in an address", ({ spec }) =>
    store(spec.template.spec.containers[0], (uri) => uri.replace("//mlflow@", "//mlflow:q7Rk9sLw2mXvB4tZ@")),
  ),
  COLLECTION.bad("a nightly job that prefers TLS", ({ spec }) =>
    store(spec.jobTemplate.spec.template.spec.containers[0], (uri) => uri.replace("verify-full", "prefer")),
  ),
  ACCESS.bad("accounts of MLflow over a connection that trusts everybody", ({ data }) => {
    data["accounts.ini"] = accounts("NO_PERMISSIONS", "require");
  }),
  ACCESS.bad("an MLflow in which everybody may change everything", ({ data }) => {
    data["accounts.ini"] = accounts("MANAGE", "verify-full");
  }),
  SERVER.bad("an MLflow without a login", ({ spec }) => {
    const [server] = spec.template.spec.containers;
    server.args = server.args.filter((each: string) => !each.startsWith("--app-name"));
  }),
  added("foundation", "aws:rds/instance:Instance", "one more database with the defaults of AWS", {
    engine: "mysql",
    instanceClass: "db.t4g.small",
    allocatedStorage: 20,
    username: "admin",
    manageMasterUserPassword: true,
  }),
  added("foundation", "aws:rds/cluster:Cluster", "a cluster of databases on open disks", {
    engine: "aurora-postgresql",
    storageEncrypted: false,
  }),
  added("foundation", "aws:redshift/cluster:Cluster", "a warehouse on the internet", {
    clusterIdentifier: "warehouse",
    nodeType: "ra3.large",
    publiclyAccessible: true,
    encrypted: false,
  }),
  added("foundation", "aws:efs/fileSystem:FileSystem", "a shared file system in the clear", { encrypted: false }),
  added("foundation", "aws:ebs/volume:Volume", "a disk in the clear", { availabilityZone: "eu-north-1a", size: 100 }),
  added("foundation", "aws:opensearch/domain:Domain", "a search engine in the clear", {
    domainName: "logs",
    encryptAtRest: { enabled: false },
    nodeToNodeEncryption: { enabled: false },
  }),
  added("foundation", "aws:dynamodb/table:Table", "a table that cannot be put back", {
    name: "features",
    billingMode: "PAY_PER_REQUEST",
    hashKey: "id",
    attributes: [{ name: "id", type: "S" }],
  }),
  added("foundation", "aws:elasticache/replicationGroup:ReplicationGroup", "a cache in the clear", {
    replicationGroupId: "features",
    description: "features",
    transitEncryptionEnabled: false,
    atRestEncryptionEnabled: false,
  }),

  fine("a database with a larger disk", "allocatedStorage", 200),
  fine("a database that may grow further", "maxAllocatedStorage", 1000),
  fine("a database of a larger size", "instanceClass", "db.m7g.xlarge"),
  fine("a database that is not public, as text", "publiclyAccessible", "false"),
  fine("a database on a closed disk, as text", "storageEncrypted", "true"),
  fine("a database maintained on another day", "maintenanceWindow", "sat:03:30-sat:04:30"),
  fine("performance data of two years", "performanceInsightsRetentionPeriod", 731),
  fine("logs of a database in another order", "enabledCloudwatchLogsExports", ["upgrade", "postgresql"]),
  fine("one more tag of a database", "tags", { purpose: "tracking" }),
  PARAMETERS.harmless("one more parameter of a database", (inputs) => {
    inputs["parameters"].push({ name: "log_min_duration_statement", value: "1000" });
  }),
  PARAMETERS.harmless("TLS asked for, as a number", (inputs) => {
    inputs["parameters"].find(({ name }: any) => name === "rds.force_ssl").value = 1;
  }),
  PARAMETERS.harmless("parameters in another order", (inputs) => inputs["parameters"].reverse()),
  SERVER.harmless("MLflow with a larger pool of connections", ({ spec }) => {
    spec.template.spec.containers[0].env.find(({ name }: any) => name === "MLFLOW_SQLALCHEMYSTORE_POOL_SIZE").value = "8";
  }),
  SERVER.harmless("the parts of an address in another order", ({ spec }) =>
    store(spec.template.spec.containers[0], (uri) => {
      const [base, query = ""] = uri.split("?");
      return `${base}?${query.split("&").toReversed().join("&")}`;
    }),
  ),
  fine("logs of a database without those of upgrades", "enabledCloudwatchLogsExports", ["postgresql"]),
  fine("a database with a newer authority", "caCertIdentifier", "rds-ca-ecc384-g1"),
  fine("a database of memory", "instanceClass", "db.r7g.large"),
  PARAMETERS.harmless("TLS of the newest version only", (inputs) => {
    inputs["parameters"].push({ name: "ssl_min_protocol_version", value: "TLSv1.3" });
  }),
  SERVER.harmless("MLflow with an app of another name", ({ spec }) => {
    const [server] = spec.template.spec.containers;
    server.args = server.args.map((each: string) => each.replace("--app-name=millrace", "--app-name=oidc-auth"));
  }),
  SERVER.harmless("MLflow in another schema", ({ spec }) =>
    store(spec.template.spec.containers[0], (uri) => uri.replace("5432/mlflow", "5432/tracking")),
  ),
  PARAMETERS.bad("a database that forgets what it confirmed", (inputs) => {
    inputs["parameters"].push({ name: "synchronous_commit", value: "off" });
  }),
  SERVER.bad("an MLflow that answers to every name", ({ spec }) => {
    const [server] = spec.template.spec.containers;
    server.args = server.args.map((each: string) => (each.startsWith("--allowed-hosts") ? "--allowed-hosts=*" : each));
  }),
  SERVER.bad("an MLflow with the accounts of its documentation", ({ spec }) => {
    const [server] = spec.template.spec.containers;
    server.args = server.args.map((each: string) => (each.startsWith("--app-name") ? "--app-name=basic-auth" : each));
  }),
  SERVER.harmless("an MLflow with one more name", ({ spec }) => {
    const [server] = spec.template.spec.containers;
    server.args = server.args.map((each: string) => each.replace("--allowed-hosts=", "--allowed-hosts=models.example.com,"));
  }),
  PARAMETERS.harmless("a database that writes changes of tables into its log", (inputs) => {
    inputs["parameters"].push({ name: "log_statement", value: "ddl" });
  }),
];
