import type { PostgresArgs } from "#components/database/postgres";
import type { NodePoolArgs } from "#components/gpu/node-pool-args";

/** The environments, in the order in which a release is promoted. */
export const ENVIRONMENTS = ["dev", "staging", "prod"] as const;
export type EnvironmentName = (typeof ENVIRONMENTS)[number];

/** Everything in which environments differ: sizes, counts, protections. Never a version: those come with the release. */
export interface Profile {
  /** Short name; part of every AWS name. */
  name: EnvironmentName;
  /** Regions in which the environment may run: its data may not leave them. */
  regions: readonly string[];
  network: NetworkProfile;
  protection: ProtectionProfile;
  cluster: ClusterProfile;
  gpu: { training: GpuPoolProfile; inference: GpuPoolProfile };
  database: DatabaseProfile;
  tracking: { replicas: number; maxReplicas: number };
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
  /** AWS services reached by private endpoints, by the last part of their endpoint's name. S3 always has its free gateway endpoint. */
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

export interface ClusterProfile {
  /** Who reaches the Kubernetes API: only the VPC, or also the CIDRs named in the stack config. */
  endpoint: "private" | "public-to-owners";
  /** Keep a small instance in the VPC through which people forward ports to the Kubernetes API (`AccessHost`). */
  accessHost: boolean;
  logs: readonly ("api" | "audit" | "authenticator" | "controllerManager" | "scheduler")[];
  /** Move pods away from an impaired zone (EKS zonal shift). */
  zonalShift: boolean;
  system: { instanceType: string; min: number; max: number; diskGiB: number };
}

export type GpuPoolProfile = Pick<
  NodePoolArgs,
  "instanceType" | "maxGpus" | "capacity" | "consolidation" | "expireAfterHours" | "terminationGraceHours" | "diskGiB"
>;

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
  /** GPUs of one model server. 0 = served on CPU. */
  gpus: number;
  /** How long a release stays at each share, seconds. */
  stepSeconds: number;
  /** How long the old version stays up after the new one has all traffic, seconds. */
  soakSeconds: number;
}
