import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random";
import { Component, type ComponentOptions } from "../component.ts";
import { logDays } from "../logs.ts";
import { fits, NAME_LIMITS } from "../naming.ts";
import { fields, flag, input, listOf, matching, oneOf, optional, text, wholeNumber } from "../shape.ts";
import { check } from "../validation.ts";
import { POSTGRES } from "../versions.ts";
import { AUTHORITY } from "./authorities.ts";
import { CLASS_MEMORY_GIB, connectionsOf } from "./instance-classes.ts";

export interface PostgresArgs {
  /** Name of the instance, also that of its log groups and the beginning of its final snapshot's. */
  identifier: string;

  /** VPC of the database, and subnets in at least two zones of it. */
  vpcId: pulumi.Input<string>;
  subnetIds: readonly pulumi.Input<string>[];

  /** Key that encrypts storage, backups, the master password and performance data. */
  kmsKeyArn: pulumi.Input<string>;

  /** Where the server's log goes: the key of its log groups, and the days for which they keep it. */
  logs: { kmsKeyArn: pulumi.Input<string>; days: number };

  /** Class of the instance, for example `db.m7g.large`. */
  instanceClass: string;

  /** Storage at first, GiB. */
  storageGiB: number;

  /** Keep a standby in a second zone that takes over when the first fails. */
  multiZone: boolean;

  /** Days back to which the database can be restored, to the second: 1 to 35. */
  backupDays: number;

  /** Storage up to which it grows by itself, GiB. @default 4 times `storageGiB` */
  maxStorageGiB?: number;

  /** Name of the first database. @default "mlflow" */
  databaseName?: string;

  /** Name of the master user. @default "millrace" */
  userName?: string;

  /** Refuse to be deleted, and keep a snapshot and the backups when it is deleted in spite of that. @default true */
  deletionProtection?: boolean;
}

const PORT = 5432;
const MAX_STORAGE_GIB = 65_536;
const IDENTIFIER_RULE = "a letter, then letters, digits and underscores, at most 63 in all";

/**
 * PostgreSQL on RDS: private, encrypted, TLS only, with a master password that RDS makes, keeps in Secrets Manager and renews.
 *
 * At first nothing can reach it: a client adds a rule to {@link securityGroupId} from its own group.
 *
 * @throws {pulumi.ResourceError} when a name is invalid, the class is unknown, a size or number of days is out of range, or
 * there are not two subnets.
 */
export class Postgres extends Component {
  static override readonly shape = fields<PostgresArgs>({
    identifier: matching(/^[a-z](-?[a-z0-9])*$/, "lower-case letters, digits and single hyphens, beginning with a letter"),
    vpcId: input(text),
    subnetIds: listOf(input(text)),
    kmsKeyArn: input(text),
    logs: fields<PostgresArgs["logs"]>({ kmsKeyArn: input(text), days: logDays }),
    instanceClass: oneOf(...Object.keys(CLASS_MEMORY_GIB)),
    // RDS user guide, "Amazon RDS DB instance storage": gp3 for PostgreSQL.
    storageGiB: wholeNumber({ min: 20, max: MAX_STORAGE_GIB }),
    multiZone: flag,
    backupDays: wholeNumber({ min: 1, max: 35 }),
    maxStorageGiB: optional(wholeNumber({ min: 20, max: MAX_STORAGE_GIB })),
    databaseName: optional(matching(/^[a-z][a-z0-9_]{0,62}$/i, IDENTIFIER_RULE)),
    userName: optional(
      matching(/^(?!rdsadmin$)[a-z][a-z0-9_]{0,62}$/i, `${IDENTIFIER_RULE}, and not rdsadmin, which is RDS's own`),
    ),
    deletionProtection: optional(flag),
  });

  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  readonly databaseName: string;
  readonly userName: string;
  /** ARN of the secret with the master user's name and password. */
  readonly secretArn: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;
  readonly maxConnections: number;

  constructor(name: string, args: PostgresArgs, opts?: ComponentOptions) {
    super("database:Postgres", name, args, opts);
    validate(args, this);

    const child = { parent: this };
    this.databaseName = args.databaseName ?? "mlflow";
    this.userName = args.userName ?? "millrace";
    this.maxConnections = connectionsOf(args.instanceClass);

    const subnets = new aws.rds.SubnetGroup(`${name}-subnets`, { subnetIds: [...args.subnetIds] }, child);
    const access = new aws.ec2.SecurityGroup(
      `${name}-access`,
      { vpcId: args.vpcId, description: `Who reaches ${args.identifier}` },
      child,
    );
    const parameters = new aws.rds.ParameterGroup(
      `${name}-parameters`,
      { family: `postgres${POSTGRES.split(".")[0]}`, parameters: parametersOf(this.maxConnections) },
      // A new major version needs a new group; the old one holds nothing that must be kept.
      { ...child, protect: false, retainOnDelete: false },
    );
    // RDS would make them by itself on its first line, unencrypted and kept for ever.
    const logGroups = LOGS.map(
      (log) =>
        new aws.cloudwatch.LogGroup(
          `${name}-log-${log}`,
          { name: `/aws/rds/instance/${args.identifier}/${log}`, kmsKeyId: args.logs.kmsKeyArn, retentionInDays: args.logs.days },
          child,
        ),
    );
    const instance = new aws.rds.Instance(
      name,
      {
        ...engine(args),
        ...storage(args),
        ...backups(args, args.deletionProtection === false ? undefined : this.#finalSnapshot(name, args)),
        dbName: this.databaseName,
        username: this.userName,
        manageMasterUserPassword: true,
        masterUserSecretKmsKeyId: args.kmsKeyArn,
        iamDatabaseAuthenticationEnabled: true,
        port: PORT,
        publiclyAccessible: false,
        caCertIdentifier: AUTHORITY,
        dbSubnetGroupName: subnets.name,
        vpcSecurityGroupIds: [access.id],
        parameterGroupName: parameters.name,
        performanceInsightsEnabled: true,
        performanceInsightsKmsKeyId: args.kmsKeyArn,
        // The retention that costs nothing.
        performanceInsightsRetentionPeriod: 7,
        enabledCloudwatchLogsExports: [...LOGS],
      },
      { ...child, dependsOn: logGroups },
    );

    this.host = instance.address;
    this.port = instance.port;
    this.secretArn = instance.masterUserSecrets.apply(([secret]) => secret!.secretArn);
    this.securityGroupId = access.id;
    this.registerOutputs({
      host: this.host,
      port: this.port,
      secretArn: this.secretArn,
      securityGroupId: this.securityGroupId,
      maxConnections: this.maxConnections,
    });
  }

  /** A snapshot outlives its database, so that each database needs a name of its own: also one that takes another's place. */
  #finalSnapshot(name: string, args: PostgresArgs): pulumi.Output<string> {
    const { identifier, kmsKeyArn } = args;
    const life = new RandomId(
      `${name}-life`,
      { byteLength: 4, keepers: { identifier, kmsKeyArn, databaseName: this.databaseName, userName: this.userName } },
      { parent: this, protect: false, retainOnDelete: false },
    );
    return pulumi.interpolate`${identifier}-final-${life.hex}`;
  }
}

const LOGS = ["postgresql", "upgrade"] as const;

function validate(args: PostgresArgs, on: pulumi.Resource): void {
  const { identifier, subnetIds, storageGiB, maxStorageGiB } = args;
  check.that(
    fits("rds instance", identifier),
    "identifier",
    `at most ${NAME_LIMITS["rds instance"]} characters long`,
    identifier,
    on,
  );
  check.length("subnetIds", subnetIds, { min: 2 }, on);
  // RDS user guide, "Managing capacity automatically with storage autoscaling": at least a tenth more than there is.
  check.wholeNumber("maxStorageGiB", maxStorageGiB, { min: storageGiB + Math.ceil(storageGiB / 10), max: MAX_STORAGE_GIB }, on);
}

function engine({ identifier, instanceClass, multiZone }: PostgresArgs) {
  return {
    identifier,
    engine: "postgres",
    engineVersion: POSTGRES,
    // The version is the one in versions.ts: an instance that upgrades itself is one that the next `up` cannot change.
    autoMinorVersionUpgrade: false,
    instanceClass,
    multiAz: multiZone,
    maintenanceWindow: "sun:03:30-sun:04:30",
  };
}

function storage({ storageGiB, maxStorageGiB, kmsKeyArn }: PostgresArgs) {
  return {
    storageType: "gp3",
    allocatedStorage: storageGiB,
    maxAllocatedStorage: maxStorageGiB ?? Math.min(4 * storageGiB, MAX_STORAGE_GIB),
    storageEncrypted: true,
    kmsKeyId: kmsKeyArn,
  };
}

function backups({ backupDays, deletionProtection = true }: PostgresArgs, finalSnapshot: pulumi.Input<string> | undefined) {
  return {
    backupRetentionPeriod: backupDays,
    backupWindow: "01:30-02:30",
    copyTagsToSnapshot: true,
    deletionProtection,
    deleteAutomatedBackups: !deletionProtection,
    skipFinalSnapshot: !deletionProtection,
    ...(finalSnapshot !== undefined && { finalSnapshotIdentifier: finalSnapshot }),
  };
}

function parametersOf(maxConnections: number): aws.types.input.rds.ParameterGroupParameter[] {
  return [
    { name: "rds.force_ssl", value: "1" },
    // Read by the server only when it starts.
    { name: "max_connections", value: String(maxConnections), applyMethod: "pending-reboot" },
  ];
}
