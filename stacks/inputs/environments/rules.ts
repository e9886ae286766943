import * as pulumi from "@pulumi/pulumi";
import { consolidation, type OpenCapacity } from "#components/gpu/node-pool-args";
import { ENDPOINT_SERVICES } from "#components/network/endpoints";
import { REGIONS_WITH_ZONES } from "#components/network/zones";
import {
  anyNumber,
  byKind,
  closed,
  fields,
  flag,
  listOf,
  matching,
  nameOf,
  number,
  oneOf,
  optional,
  type Rule,
  type Shape,
  text,
  wholeNumber,
} from "#components/shape";
import { problemsIn } from "../check.ts";
import { FILES } from "../files.ts";
import {
  type BoughtPool,
  type Carried,
  type ClusterProfile,
  type CpuPoolProfile,
  type DatabaseProfile,
  ENVIRONMENTS,
  type EnvironmentName,
  type GpuCarried,
  type GpuPoolProfile,
  type MonitoringProfile,
  type NetworkProfile,
  type Profile,
  type ProtectionProfile,
  type ServingProfile,
  type ZonePromise,
} from "./profile.ts";

/**
 * Checks that a profile is what its type says: the type is taken away before the program runs. Ranges that a component has are left
 * to it; here are those of what no component sees.
 *
 * @param environment name under which the profile is listed.
 * @throws {pulumi.RunError} listing every fault at once: file, key, rule, value.
 */
export function checkProfile(environment: EnvironmentName, profile: unknown): asserts profile is Profile {
  const problems = problemsIn(profile, closed(fields<Profile>({ ...PROFILE, name: oneOf(environment) })));
  if (problems.length > 0) {
    throw new pulumi.RunError(problems.map((problem) => `${FILES.profile(environment)}: ${problem}`).join("\n"));
  }
}

const only = <T>(shape: Shape<T>): Rule<T, false> => closed(fields<T>(shape));
const count = wholeNumber({ min: 1 });

const CARRIED: Shape<Carried> = { pods: count, cpus: number({ min: 0 }), memoryGiB: number({ min: 0 }) };
const GPU_CARRIED: Shape<GpuCarried> = { ...CARRIED, gpus: count, gpuMemoryGiB: number({ min: 0 }) };

const BOUGHT: Shape<BoughtPool> = { capacity: listOf<OpenCapacity>(oneOf("spot", "on-demand")) };
const NODES = {
  ...BOUGHT,
  consolidation: closed(consolidation),
  expireAfterHours: anyNumber,
  terminationGraceHours: anyNumber,
  diskGiB: anyNumber,
};

// Which types there are, and in which regions, stands in offerings.ts.
const GPU_POOL = { ...NODES, instanceType: text, maxGpus: anyNumber, carries: only<GpuCarried>(GPU_CARRIED) };
const gpuPool: Rule<GpuPoolProfile, false> = only(GPU_POOL as unknown as Shape<GpuPoolProfile>);

/** Without a guess: a region that the table lacks is a real one more often than a misspelt one. */
const region = matching(
  new RegExp(`^(${REGIONS_WITH_ZONES.join("|")})$`),
  `a region with zones in components/network/zones.ts (${REGIONS_WITH_ZONES.join(", ")})`,
);

const ZONE_LOSS = closed(byKind<ZonePromise, "keeps">("keeps", { everything: { waits: listOf(text) }, nothing: {} }));

const PROFILE: Shape<Profile> = {
  name: oneOf(...ENVIRONMENTS),
  regions: listOf(region, 1),
  network: only<NetworkProfile>({
    cidr: text,
    zones: wholeNumber({ min: 1 }),
    natGateways: anyNumber,
    interfaceEndpoints: listOf(
      nameOf(ENDPOINT_SERVICES, "the endpoint name of a service in components/network/endpoints.ts, such as ecr.api"),
    ),
    flowLogs: flag,
  }),
  protection: only<ProtectionProfile>({
    deletion: flag,
    lockDays: optional(anyNumber),
    logDays: anyNumber,
    keyDeletionDays: anyNumber,
  }),
  cluster: only<ClusterProfile>({
    endpoint: oneOf("private", "public-to-owners"),
    accessHost: flag,
    logs: listOf(oneOf("api", "audit", "authenticator", "controllerManager", "scheduler")),
    zonalShift: flag,
    replicas: only({ controllers: anyNumber, mesh: anyNumber }),
    zoneLoss: ZONE_LOSS,
    system: only({ instanceType: text, min: count, max: count, diskGiB: anyNumber }),
  }),
  cpu: only<CpuPoolProfile>({
    ...NODES,
    instanceTypes: listOf(text, 1),
    maxCpus: anyNumber,
    jobCpus: wholeNumber({ min: 0 }),
    carries: only(CARRIED),
  }),
  gpu: only({ training: gpuPool, inference: gpuPool }),
  database: only<DatabaseProfile>({ instanceClass: text, storageGiB: anyNumber, multiZone: flag, backupDays: anyNumber }),
  tracking: only({ replicas: anyNumber, maxReplicas: anyNumber }),
  features: only({ replicas: anyNumber }),
  monitoring: only<MonitoringProfile>({
    prometheusReplicas: anyNumber,
    retentionDays: anyNumber,
    storageGiB: anyNumber,
    alertmanagerReplicas: anyNumber,
  }),
  serving: only<ServingProfile>({
    minReplicas: anyNumber,
    maxReplicas: anyNumber,
    byLoad: flag,
    gpus: wholeNumber({ min: 0 }),
    stepSeconds: count,
    soakSeconds: count,
  }),
  monthlyBudget: anyNumber,
};
