import type { Profile } from "./profile.ts";

/** Survives the loss of a zone, protects its data, and can be reached only from inside. */
export const prod: Profile = {
  name: "prod",
  // The one region of the European Union that sells p5.48xlarge.
  regions: ["eu-north-1"],
  network: {
    cidr: "10.30.0.0/16",
    zones: 3,
    natGateways: 3,
    // What carries credentials, keys and secrets; docs/decisions/endpoints.md has the arithmetic.
    interfaceEndpoints: ["sts", "eks-auth", "secretsmanager", "kms"],
    flowLogs: true,
  },
  // 93 days: three calendar months can have 92, and objects may be locked late on their first day.
  protection: { deletion: true, lockDays: 93, logDays: 365, keyDeletionDays: 30 },
  cluster: {
    endpoint: "private",
    accessHost: true,
    logs: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
    zonalShift: true,
    replicas: { controllers: 2, mesh: 3 },
    zoneLoss: { keeps: "everything", waits: ["monitoring/prometheus-pushgateway"] },
    system: { instanceType: "m7i.xlarge", min: 3, max: 6, diskGiB: 100 },
  },
  cpu: {
    instanceTypes: ["m7i.2xlarge", "m6i.2xlarge"],
    maxCpus: 56,
    jobCpus: 32,
    carries: { pods: 4, cpus: 7, memoryGiB: 26 },
    capacity: ["on-demand"],
    consolidation: { when: "empty", afterSeconds: 600 },
    expireAfterHours: 720,
    terminationGraceHours: 72,
    diskGiB: 100,
  },
  gpu: {
    training: {
      instanceType: "p5.48xlarge",
      maxGpus: 64,
      carries: { pods: 8, cpus: 184, memoryGiB: 1_800, gpus: 8, gpuMemoryGiB: 80 },
      capacity: ["on-demand"],
      consolidation: { when: "empty", afterSeconds: 1_800 },
      expireAfterHours: 720,
      terminationGraceHours: 72,
      diskGiB: 500,
    },
    inference: {
      instanceType: "g6e.xlarge",
      maxGpus: 16,
      carries: { pods: 16, cpus: 3, memoryGiB: 26, gpus: 1, gpuMemoryGiB: 44 },
      capacity: ["on-demand"],
      consolidation: { when: "empty", afterSeconds: 1_800 },
      expireAfterHours: 720,
      terminationGraceHours: 2,
      diskGiB: 200,
    },
  },
  database: { instanceClass: "db.m7g.large", storageGiB: 100, multiZone: true, backupDays: 35 },
  tracking: { replicas: 3, maxReplicas: 8 },
  features: { replicas: 2 },
  monitoring: { prometheusReplicas: 2, retentionDays: 35, storageGiB: 200, alertmanagerReplicas: 3 },
  serving: { minReplicas: 3, maxReplicas: 12, byLoad: false, gpus: 0, stepSeconds: 300, soakSeconds: 1_800 },
  monthlyBudget: 12_000,
};
