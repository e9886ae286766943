import type { PostgresArgs } from "#components/database/postgres";
import type { CpuPoolArgs, GpuPoolArgs, OpenCapacity } from "#components/gpu/node-pool-args";

/** The environments, in the order in which a release is promoted. */
export const ENVIRONMENTS = ["dev", "staging", "prod"] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

/** Beginning of every AWS name of an environment. */
export const prefixOfEnvironment = (name: EnvironmentName): string => `millrace-${name}`;

/** Everything in which environments differ: sizes, counts, protections. Never a version: those come with the release. */
export interface Profile {
  /** Short name; part of every AWS name. */
  name: EnvironmentName;
  /** Regions in which the environment may run: its data may not leave them. Each sells every type that the profile names. */
  regions: readonly string[];
  network: NetworkProfile;
  protection: ProtectionProfile;
  cluster: ClusterProfile;
  cpu: CpuPoolProfile;
  gpu: { training: GpuPoolProfile; inference: GpuPoolProfile };
  database: DatabaseProfile;
  tracking: { replicas: number; maxReplicas: number };
  /** The feature server, where the stack config names its image. */
  features: { replicas: number };
  monitoring: MonitoringProfile;
  serving: ServingProfile;
  /** Budget of the account, US dollars a month. Notices go out at 50, 80 and 100 % actual, and 100 % forecast. */
  monthlyBudget: number;
}

export interface NetworkProfile {
  /** IPv4 range of the VPC; distinct in every environment so that networks can be peered. */
  cidr: string;
  /** Availability zones in use; three everywhere, because GPU capacity is found zone by zone. */
  zones: number;
  /** NAT gateways: one for all zones, or one in each. */
  natGateways: number;
  /**
   * AWS services reached by private endpoints, by the last part of their endpoint's name. S3 always has its free gateway endpoint. One
   * costs about $22 a month over three zones, and saves money from 600 GB a month on.
   */
  interfaceEndpoints: readonly string[];
  /** Record every flow in the log store. */
  flowLogs: boolean;
}

export interface ProtectionProfile {
  /** Refuse to delete databases, stores, keys and the cluster, in AWS (deletion protection) and in Pulumi (`protect`). */
  deletion: boolean;
  /** Days for which promoted models and prediction logs cannot be deleted (S3 Object Lock). @default - no lock */
  lockDays?: number;
  /** Days for which CloudWatch keeps logs, and for which the audit trail is kept: locked against everybody where `deletion` is refused. */
  logDays: number;
  /** Days until KMS forgets a deleted key. */
  keyDeletionDays: number;
}

/**
 * What the loss of a zone leaves.
 *
 * - `everything`: every pod finds another node, the database a replica, and each zone its own way out. `waits` names the workloads
 *   (`<namespace>/<name>`) that stop until the zone is back, because their only volume lies in it.
 * - `nothing`: the environment may stop until the zone is back. The plan says what would.
 */
export type ZonePromise = { keeps: "everything"; waits: readonly string[] } | { keeps: "nothing" };

/** Pods that a pool must be able to run at one time, next to what stands on each of its nodes. A plan refuses a pool that does not carry them. */
export interface Carried {
  pods: number;
  /** Of one pod: processors, memory in GiB. */
  cpus: number;
  memoryGiB: number;
}

/** The same on GPUs. */
export interface GpuCarried extends Carried {
  /** GPUs of one pod, and the memory that one GPU must have, GiB. */
  gpus: number;
  gpuMemoryGiB: number;
}

export interface ClusterProfile {
  /** Who reaches the Kubernetes API: only the VPC, or also the CIDRs named in the stack config. */
  endpoint: "private" | "public-to-owners";
  /** Keep a small instance in the VPC through which people forward ports to the Kubernetes API (`AccessHost`). */
  accessHost: boolean;
  logs: readonly ("api" | "audit" | "authenticator" | "controllerManager" | "scheduler")[];
  /** Move pods away from an impaired zone (EKS zonal shift). */
  zonalShift: boolean;
  /** Replicas of each controller that issues certificates or copies secrets, and of the mesh: its control plane and, at least, its gateway. */
  replicas: { controllers: number; mesh: number };
  /** What goes on when one zone is lost. A plan refuses sizes with which it would not. */
  zoneLoss: ZonePromise;
  /** Nodes of the platform; it runs on no others. Their number is a multiple of the zones that they stand in, which are at most as many as the network's. */
  system: { instanceType: string; min: number; max: number; diskGiB: number };
}

/** How the nodes of a pool are bought. */
export interface BoughtPool {
  /**
   * Ways to buy a node, in the order in which Karpenter prefers them: spot, on-demand. Reservations belong to an account: its stack config
   * names them (`millrace:reservations`), and Karpenter then takes them first.
   */
  capacity: readonly OpenCapacity[];
}

export interface GpuPoolProfile
  extends BoughtPool,
    Pick<GpuPoolArgs, "instanceType" | "maxGpus" | "consolidation" | "expireAfterHours" | "terminationGraceHours" | "diskGiB"> {
  /** What the pool is for: the largest job to train, or the servers of all versions in it. */
  carries: GpuCarried;
}

/** Nodes for model servers, training and jobs that need no GPU. */
export interface CpuPoolProfile
  extends BoughtPool,
    Pick<CpuPoolArgs, "instanceTypes" | "maxCpus" | "consolidation" | "expireAfterHours" | "terminationGraceHours" | "diskGiB"> {
  /** Processors of the pool that jobs of all teams together can always have, through their queues. The rest is for servers. */
  jobCpus: number;
  /** The largest job without GPUs. */
  carries: Carried;
}

export type DatabaseProfile = Pick<PostgresArgs, "instanceClass" | "storageGiB" | "multiZone" | "backupDays">;

export interface MonitoringProfile {
  prometheusReplicas: number;
  /** Kept long enough to compare this week with the last one: at least 15. */
  retentionDays: number;
  storageGiB: number;
  alertmanagerReplicas: number;
}

export interface ServingProfile {
  minReplicas: number;
  maxReplicas: number;
  /** Run KEDA, without which no model can scale by its requests (`scaling` in models.ts). */
  byLoad: boolean;
  /** GPUs of one model server. 0 = served on CPU. */
  gpus: number;
  /** How long a release stays at each share, seconds. */
  stepSeconds: number;
  /** How long the old version stays up after the new one has all traffic, seconds. */
  soakSeconds: number;
}
