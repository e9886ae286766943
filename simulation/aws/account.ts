// What an account remembers between operations: the names in use, and those that outlive the resource that had them.

import type { Bag } from "#engine/values";

/** Names of an account by kind. Plain data: a stand-in keeps it in a file. */
export type Names = Record<string, Record<string, Owner>>;

/** Who has a name. */
export interface Owner {
  /** Resource that made it. A name that only outlives its resource has no owner. */
  urn?: string;
  /** Why a name without owner is taken. */
  reason?: string;
}

interface Unique {
  /** Argument that names the resource. */
  readonly input: string;
  /** What AWS answers to a second one. */
  readonly error: string;
}

const CONFIGURATION = "aws:sagemaker/endpointConfiguration:EndpointConfiguration";
const ENDPOINT = "aws:sagemaker/endpoint:Endpoint";

/**
 * Types whose names are unique in an account and region, with the error of their create call in the API references. An event rule or a
 * topic is not here: AWS takes a second create for an update. A queue may be named again after 60 seconds, for which the provider waits.
 */
const UNIQUE: Readonly<Record<string, Unique>> = {
  "aws:s3/bucket:Bucket": { input: "bucket", error: "BucketAlreadyOwnedByYou" },
  "aws:iam/role:Role": { input: "name", error: "EntityAlreadyExists" },
  "aws:iam/policy:Policy": { input: "name", error: "EntityAlreadyExists" },
  "aws:iam/user:User": { input: "name", error: "EntityAlreadyExists" },
  "aws:iam/instanceProfile:InstanceProfile": { input: "name", error: "EntityAlreadyExists" },
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": { input: "url", error: "EntityAlreadyExists" },
  "aws:iam/serviceLinkedRole:ServiceLinkedRole": { input: "awsServiceName", error: "InvalidInput" },
  "aws:kms/alias:Alias": { input: "name", error: "AlreadyExistsException" },
  "aws:rds/instance:Instance": { input: "identifier", error: "DBInstanceAlreadyExists" },
  "aws:rds/subnetGroup:SubnetGroup": { input: "name", error: "DBSubnetGroupAlreadyExists" },
  "aws:rds/parameterGroup:ParameterGroup": { input: "name", error: "DBParameterGroupAlreadyExists" },
  "aws:cloudwatch/logGroup:LogGroup": { input: "name", error: "ResourceAlreadyExistsException" },
  "aws:cloudtrail/trail:Trail": { input: "name", error: "TrailAlreadyExistsException" },
  "aws:eks/cluster:Cluster": { input: "name", error: "ResourceInUseException" },
  "aws:ecr/repository:Repository": { input: "name", error: "RepositoryAlreadyExistsException" },
  "aws:sqs/queue:Queue": { input: "name", error: "QueueNameExists" },
  "aws:secretsmanager/secret:Secret": { input: "name", error: "ResourceExistsException" },
  "aws:ec2/launchTemplate:LaunchTemplate": { input: "name", error: "InvalidLaunchTemplateName.AlreadyExistsException" },
  "aws:lb/loadBalancer:LoadBalancer": { input: "name", error: "DuplicateLoadBalancerName" },
  "aws:lambda/function:Function": { input: "name", error: "ResourceConflictException" },
  "aws:dynamodb/table:Table": { input: "name", error: "ResourceInUseException" },
  "aws:backup/vault:Vault": { input: "name", error: "AlreadyExistsException" },
  "aws:budgets/budget:Budget": { input: "name", error: "DuplicateRecordException" },
  "aws:sagemaker/model:Model": { input: "name", error: "ValidationException: Cannot create already existing model" },
  [CONFIGURATION]: { input: "name", error: "ValidationException: Cannot create already existing endpoint configuration" },
  [ENDPOINT]: { input: "name", error: "ValidationException: Cannot create already existing endpoint" },
};

const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const SNAPSHOT = "snapshot";

/** The names of one account. An operation of the engine has one; what it holds is written back by whoever made it. */
export class Account {
  names: Names;
  /** Clusters that were deleted in this operation: their control planes still write. */
  readonly #dying = new Set<string>();

  constructor(names: Names = {}) {
    this.names = names;
  }

  /** Takes the resource's name, once AWS has made it. @throws {Error} with what AWS answers when the name is taken. */
  created(type: string, urn: string, outputs: Bag): void {
    const unique = UNIQUE[type];
    const name: unknown = unique && outputs[unique.input];
    if (typeof name !== "string" || unique === undefined) {
      return;
    }
    const owner = this.names[type]?.[name];
    if (owner !== undefined) {
      const why = owner.reason ?? `${owner.urn?.split("::").at(-1) ?? "something"} has this name`;
      throw new Error(`${unique.error}: '${name}' already exists: ${why}`);
    }
    this.#take(type, name, { urn });
  }

  /**
   * SageMaker deletes a configuration that an endpoint runs, and then moves the endpoint no more (hashicorp/terraform-provider-aws, issue
   * 48997).
   *
   * @param configurations of the endpoint: the one that it runs, and the one that it shall run.
   * @throws {Error} when one of them is gone.
   */
  moves(configurations: readonly unknown[]): void {
    const told = configurations.filter((name) => typeof name === "string");
    const gone = told.find((name) => this.names[CONFIGURATION]?.[name] === undefined);
    if (gone !== undefined) {
      throw new Error(`ValidationException: Could not find endpoint configuration "${gone}"`);
    }
  }

  /** Gives the resource's name back, and takes those that its deletion leaves behind. @throws {Error} when AWS refuses the deletion for a name. */
  deleted(type: string, urn: string, outputs: Bag): void {
    const input = UNIQUE[type]?.input;
    const name: unknown = input && outputs[input];
    if (type === "aws:rds/instance:Instance" && outputs["skipFinalSnapshot"] !== true) {
      this.#takeSnapshot(String(outputs["finalSnapshotIdentifier"]), String(name));
    }
    if (typeof name !== "string") {
      return;
    }
    // Deleted after another one of its name was made: the name is the other's.
    if (this.names[type]?.[name]?.urn === urn) {
      delete this.names[type][name];
    }
    if (type === "aws:eks/cluster:Cluster" && (outputs["enabledClusterLogTypes"] ?? []).length > 0) {
      this.#dying.add(name);
      this.#rewritten(`/aws/eks/${name}/cluster`);
    }
    if (type === LOG_GROUP) {
      this.#rewritten(name);
    }
    if (type === "aws:secretsmanager/secret:Secret" && outputs["recoveryWindowInDays"] !== 0) {
      const days = Number(outputs["recoveryWindowInDays"] ?? 30);
      this.#take(type, name, { reason: `a secret of this name is scheduled for deletion, for ${days} days` });
    }
  }

  #takeSnapshot(snapshot: string, database: string): void {
    if (this.names[SNAPSHOT]?.[snapshot] !== undefined) {
      throw new Error(
        `DBSnapshotAlreadyExists: cannot create the final snapshot of ${database} because a snapshot with the identifier ${snapshot} exists`,
      );
    }
    this.#take(SNAPSHOT, snapshot, { reason: `the final snapshot of ${database}` });
  }

  /** A control plane that is being deleted makes its log group again (terraform-aws-modules/terraform-aws-eks, issues 2446 and 2763). */
  #rewritten(group: string): void {
    const [, cluster = ""] = /^\/aws\/eks\/(.+)\/cluster$/.exec(group) ?? [];
    if (this.#dying.has(cluster) && this.names[LOG_GROUP]?.[group] === undefined) {
      this.#take(LOG_GROUP, group, { reason: `the control plane of ${cluster} wrote to it while it was being deleted` });
    }
  }

  #take(kind: string, name: string, owner: Owner): void {
    this.names[kind] = { ...this.names[kind], [name]: owner };
  }
}
