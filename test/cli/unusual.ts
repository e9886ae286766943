/** Values that are allowed and that nobody here has: by path in what a plan of dev reads. */
const UNUSUAL: Readonly<Record<string, readonly unknown[]>> = {
  "profile.network.cidr": ["10.0.0.0/16", "172.16.0.0/16", "192.168.0.0/16"],
  "profile.network.zones": [2, 3],
  "profile.network.natGateways": [1, 3],
  "profile.network.flowLogs": [true],
  "profile.protection.deletion": [true],
  "profile.protection.logDays": [30, 90, 365],
  "profile.protection.keyDeletionDays": [7, 30],
  "profile.cluster.endpoint": ["private"],
  "profile.cluster.accessHost": [true],
  "profile.cluster.zonalShift": [true],
  "profile.cluster.replicas.controllers": [2, 3],
  "profile.cluster.replicas.mesh": [1, 3, 5],
  "profile.cluster.system.instanceType": ["m7i.large", "m6i.2xlarge", "m7g.large"],
  "profile.cluster.system.max": [7, 20],
  "profile.cluster.system.diskGiB": [30, 500],
  "profile.cpu.instanceTypes": [["m7i.4xlarge"], ["m7i.2xlarge", "m6i.2xlarge"]],
  "profile.cpu.maxCpus": [8, 48, 960],
  "profile.cpu.jobCpus": [0, 8],
  "profile.cpu.capacity": [["on-demand"], ["spot"]],
  "profile.gpu.training.instanceType": ["g5.xlarge", "g6.2xlarge"],
  "profile.gpu.training.maxGpus": [1, 4, 8],
  "profile.gpu.inference.instanceType": ["g5.xlarge", "g4dn.xlarge"],
  "profile.gpu.inference.maxGpus": [1, 8],
  "profile.gpu.inference.diskGiB": [100, 1000],
  "profile.database.instanceClass": ["db.t4g.medium", "db.m7g.large"],
  "profile.database.storageGiB": [20, 1000],
  "profile.database.multiZone": [true],
  "profile.database.backupDays": [1, 35],
  "profile.tracking.maxReplicas": [2, 3],
  "profile.monitoring.retentionDays": [10, 20],
  "profile.monitoring.storageGiB": [60, 500],
  "profile.serving.minReplicas": [1, 3],
  "profile.serving.maxReplicas": [4, 9],
  "profile.serving.soakSeconds": [1, 86_400],
  "profile.monthlyBudget": [1, 100_000],
  "models.fraud.host": ["f.models.internal", `${"f".repeat(63)}.models.internal`],
  "models.fraud.path": ["/", "/v1/score.json"],
  "models.fraud.latencyTargetMs": [1, 10_000],
  "models.fraud.maxErrorShare": [0, 1],
  "models.fraud.canary": [{ weights: [1, 100] }, { weights: [1, 2, 3, 99, 100], soakSeconds: 1 }, { minRequests: 10 }],
  "models.fraud.grpc": [true, false],
  "models.fraud.sticky": [{ header: "x" }, { cookie: "!" }, undefined],
  "teams.risk.gpuShare": [0, 0.5],
  // The region, wherever it stands.
  "config.shared": ["eu-central-1", "us-east-1"],
  "config.shared.config.millrace:contact": ["a@b.example"],
};

/** One change that is allowed by itself: a plan comes of it, whatever the rules say of the plan. */
export function unusual(all: Record<string, any>, next: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const path = pick(Object.keys(UNUSUAL));
  const value = structuredClone(pick(UNUSUAL[path]!));
  if (path === "config.shared") {
    all["config"] = JSON.parse(JSON.stringify(all["config"]).replaceAll("eu-north-1", String(value)));
    return `millrace:region: ${String(value)}`;
  }
  const keys = path.split(".");
  const last = keys.pop()!;
  const at = keys.reduce((inner, key) => inner[key], all);
  if (value === undefined) {
    delete at[last];
  } else {
    at[last] = value;
  }
  return `${path}: ${JSON.stringify(value)}`;
}
