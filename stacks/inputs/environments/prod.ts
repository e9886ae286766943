import type { Profile } from "./profile.ts";

/** Survives the loss of a zone, keeps what must be kept, and is reached only from inside. */
export const prod: Profile = {
  name: "prod",
  regions: ["eu-west-1", "eu-central-1"],
  network: {
    cidr: "10.30.0.0/16",
    zones: 3,
    natGateways: 3,
    interfaceEndpoints: [
      "ec2",
      "ecr.api",
      "ecr.dkr",
      "elasticloadbalancing",
      "logs",
      "sts",
      "eks",
      "eks-auth",
      "sqs",
      "events",
      "secretsmanager",
      "kms",
      "monitoring",
    ],
    flowLogs: true,
  },
  // 93 days: three calendar months can have 92, and objects may be locked late on their first day.
  protection: { deletion: true, lockDays: 93, logDays: 365, keyDeletionDays: 30 },
  cluster: {
    endpoint: "private",
    accessHost: true,
    logs: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
    zonalShift: true,
    system: { instanceType: "m7i.xlarge", min: 3, max: 6, diskGiB: 100 },
  },
  gpu: {
    training: {
      instanceType: "p5.48xlarge",
      maxGpus: 64,
      capacity: ["reserved", "on-demand"],
      consolidation: { when: "empty", afterSeconds: 1_800 },
      expireAfterHours: 720,
      terminationGraceHours: 72,
      diskGiB: 500,
    },
    inference: {
      instanceType: "g6e.xlarge",
      maxGpus: 16,
      capacity: ["reserved", "on-demand"],
      consolidation: { when: "empty", afterSeconds: 1_800 },
      expireAfterHours: 720,
      terminationGraceHours: 2,
      diskGiB: 200,
    },
  },
  database: { instanceClass: "db.m7g.large", storageGiB: 100, multiZone: true, backupDays: 35 },
  tracking: { replicas: 3, maxReplicas: 8 },
  monitoring: { prometheusReplicas: 2, retentionDays: 35, storageGiB: 200, alertmanagerReplicas: 3 },
  serving: { minReplicas: 3, maxReplicas: 12, gpus: 0, stepSeconds: 300, soakSeconds: 1_800 },
  monthlyBudget: 12_000,
};
