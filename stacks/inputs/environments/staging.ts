import type { Profile } from "./profile.ts";

/** Has every kind of object that prod has, but smaller. A change that passes here has met all of them. */
export const staging: Profile = {
  name: "staging",
  regions: ["eu-north-1", "eu-central-1"],
  network: {
    cidr: "10.20.0.0/16",
    zones: 3,
    natGateways: 1,
    interfaceEndpoints: ["secretsmanager"],
    flowLogs: true,
  },
  protection: { deletion: true, logDays: 90, keyDeletionDays: 30 },
  cluster: {
    endpoint: "public-to-owners",
    accessHost: true,
    logs: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
    zonalShift: true,
    replicas: { controllers: 1, mesh: 2 },
    survivesZoneLoss: false,
    system: { instanceType: "m7i.xlarge", min: 2, max: 6, diskGiB: 50 },
  },
  cpu: {
    instanceTypes: ["m7i.xlarge", "m6i.xlarge"],
    maxCpus: 20,
    jobCpus: 8,
    capacity: ["spot", "on-demand"],
    consolidation: { when: "empty", afterSeconds: 300 },
    expireAfterHours: 336,
    terminationGraceHours: 24,
    diskGiB: 100,
  },
  gpu: {
    training: {
      instanceType: "g6.xlarge",
      maxGpus: 8,
      capacity: ["spot", "on-demand"],
      consolidation: { when: "empty", afterSeconds: 600 },
      expireAfterHours: 336,
      terminationGraceHours: 24,
      diskGiB: 300,
    },
    inference: {
      instanceType: "g6.xlarge",
      maxGpus: 4,
      capacity: ["on-demand"],
      consolidation: { when: "empty", afterSeconds: 600 },
      expireAfterHours: 336,
      terminationGraceHours: 1,
      diskGiB: 100,
    },
  },
  database: { instanceClass: "db.t4g.medium", storageGiB: 50, multiZone: false, backupDays: 7 },
  tracking: { replicas: 2, maxReplicas: 4 },
  monitoring: { prometheusReplicas: 1, retentionDays: 35, storageGiB: 100, alertmanagerReplicas: 1 },
  serving: { minReplicas: 2, maxReplicas: 6, gpus: 0, stepSeconds: 300, soakSeconds: 900 },
  monthlyBudget: 2_500,
};
