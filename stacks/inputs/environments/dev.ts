import type { Profile } from "./profile.ts";

/** Cheap and quick to throw away; every protection that costs nothing is on. */
export const dev: Profile = {
  name: "dev",
  regions: ["eu-north-1", "eu-central-1", "us-east-1"],
  network: { cidr: "10.10.0.0/16", zones: 3, natGateways: 1, interfaceEndpoints: [], flowLogs: false },
  protection: { deletion: false, logDays: 30, keyDeletionDays: 7 },
  cluster: {
    endpoint: "public-to-owners",
    accessHost: false,
    logs: ["audit", "authenticator"],
    zonalShift: false,
    replicas: { controllers: 1, mesh: 2 },
    survivesZoneLoss: false,
    system: { instanceType: "t3.large", min: 3, max: 6, diskGiB: 50 },
  },
  cpu: {
    instanceTypes: ["m7i.xlarge", "m6i.xlarge"],
    maxCpus: 12,
    jobCpus: 4,
    capacity: ["spot", "on-demand"],
    consolidation: { when: "empty", afterSeconds: 300 },
    expireAfterHours: 168,
    terminationGraceHours: 12,
    diskGiB: 100,
  },
  gpu: {
    training: {
      instanceType: "g6.xlarge",
      maxGpus: 2,
      capacity: ["spot", "on-demand"],
      consolidation: { when: "empty", afterSeconds: 300 },
      expireAfterHours: 168,
      terminationGraceHours: 12,
      diskGiB: 200,
    },
    inference: {
      instanceType: "g6.xlarge",
      maxGpus: 2,
      capacity: ["spot", "on-demand"],
      consolidation: { when: "empty", afterSeconds: 300 },
      expireAfterHours: 168,
      terminationGraceHours: 1,
      diskGiB: 100,
    },
  },
  database: { instanceClass: "db.t4g.small", storageGiB: 20, multiZone: false, backupDays: 7 },
  tracking: { replicas: 1, maxReplicas: 1 },
  monitoring: { prometheusReplicas: 1, retentionDays: 15, storageGiB: 50, alertmanagerReplicas: 1 },
  serving: { minReplicas: 2, maxReplicas: 4, gpus: 0, stepSeconds: 120, soakSeconds: 300 },
  monthlyBudget: 800,
};
