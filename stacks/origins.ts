import type { EnvironmentName } from "./inputs/environments/profile.ts";
import { FILES } from "./inputs/files.ts";
import { readPointer } from "./inputs/releases/read.ts";

/** Arguments of a component, or parts of them, by what a person wrote for them. `*` stands for the component's name. */
type Keys = Readonly<Record<string, string>>;

const poolFrom = (key: string): Keys =>
  Object.fromEntries(
    [
      "instanceType",
      "instanceTypes",
      "maxGpus",
      "maxCpus",
      "capacity",
      "consolidation",
      "expireAfterHours",
      "terminationGraceHours",
      "diskGiB",
    ].map((argument) => [argument, `${key}.${argument}`]),
  );

/** What comes from the profile of an environment, by class and name of the component. */
const FROM_PROFILE: Readonly<Record<string, Keys>> = {
  "Network network": {
    cidr: "network.cidr",
    zones: "network.zones",
    natGateways: "network.natGateways",
    interfaceEndpoints: "network.interfaceEndpoints",
  },
  "Postgres tracking-database": {
    instanceClass: "database.instanceClass",
    storageGiB: "database.storageGiB",
    backupDays: "database.backupDays",
    "logs.days": "protection.logDays",
  },
  "ClusterLogs cluster-logs": { days: "protection.logDays" },
  "CiRunner ci-runner": { logDays: "protection.logDays" },
  "EncryptionKey *": { deletionDays: "protection.keyDeletionDays" },
  "ObjectStore models": { lockDays: "protection.lockDays" },
  "ObjectStore predictions": { lockDays: "protection.lockDays", lifecycle: "protection.lockDays" },
  "ObjectStore logs": { lifecycle: "protection.logDays" },
  "ObjectStore audit": { lockDays: "protection.logDays", lifecycle: "protection.logDays" },
  "MonthlyBudget budget": { limit: "monthlyBudget" },
  "Cluster cluster": { logs: "cluster.logs", endpoint: "cluster.endpoint" },
  "SystemNodes system-nodes": {
    instanceType: "cluster.system.instanceType",
    minNodes: "cluster.system.min",
    maxNodes: "cluster.system.max",
    diskGiB: "cluster.system.diskGiB",
    subnetIds: "network.zones",
  },
  "NodePool cpu": poolFrom("cpu"),
  "NodePool training": poolFrom("gpu.training"),
  "NodePool inference": poolFrom("gpu.inference"),
  "CertManager certificates": { replicas: "cluster.replicas.controllers" },
  "ExternalSecrets external-secrets": { replicas: "cluster.replicas.controllers" },
  "Mesh mesh": { minReplicas: "cluster.replicas.mesh" },
  "IngressGateway gateway": { minReplicas: "cluster.replicas.mesh" },
  "PrometheusStack monitoring": {
    prometheusReplicas: "monitoring.prometheusReplicas",
    alertmanagerReplicas: "monitoring.alertmanagerReplicas",
    retentionDays: "monitoring.retentionDays",
    storageGiB: "monitoring.storageGiB",
  },
  "MonitoringRules rules": { emptyGpuNodeMinutes: "gpu.*.consolidation.afterSeconds" },
  "TrackingServer tracking": { replicas: "tracking.replicas", maxReplicas: "tracking.maxReplicas" },
  "ModelServing *": {
    "scaling.minReplicas": "serving.minReplicas",
    "scaling.maxReplicas": "serving.maxReplicas",
    "strategy.stepSeconds": "serving.stepSeconds",
    "strategy.soakSeconds": "serving.soakSeconds",
    "compute.gpus": "serving.gpus",
  },
  "ModelMonitoring *": { releaseMinutes: "serving.stepSeconds" },
};

const LIMITS = ["latencyTargetMs", "maxErrorShare", "maxSlowShare"] as const;

const FROM_MODELS: Readonly<Record<string, Keys>> = {
  "ModelServing *": {
    exposure: "*",
    scaling: "*.scaling",
    "strategy.weights": "*.canary.weights",
    // A canary stands by itself, or after a shadow.
    ...Object.fromEntries(
      ["strategy.analysis", "strategy.canary.analysis"].flatMap((analysis) => [
        ...LIMITS.map((limit) => [`${analysis}.${limit}`, `*.${limit}`]),
        [`${analysis}.drift.maxPsi`, "*.maxPsi"],
        [`${analysis}.drift`, "*.maxPsi"],
        [`${analysis}.accuracy.maxLoss`, "*.maxAccuracyLoss"],
        [`${analysis}.accuracy`, "*.maxAccuracyLoss"],
        [`${analysis}.maxInFlight`, "*.maxInFlight"],
      ]),
    ),
    runtime: "*.runtime",
  },
  "BatchInference *": Object.fromEntries(
    ["schedule", "partitions", "keep", "rowsPerCall", "maxRejectedShare", "again", "pods", "deadlineSeconds"].map((key) => [
      key,
      `*.batch.${key}`,
    ]),
  ),
  "StreamInference *": {
    ...Object.fromEntries(
      ["keep", "rowsPerCall", "waitSeconds", "predictSeconds", "pods"].map((key) => [key, `*.stream.${key}`]),
    ),
    ...Object.fromEntries(
      ["topic", "partitions", "output", "deadLetters", "group"].map((key) => [`source.${key}`, `*.stream.${key}`]),
    ),
  },
};

const FROM_RELEASE: Readonly<Record<string, Keys>> = { "ModelServing *": { model: "" } };

/** Properties of resources that a component makes from an argument, by class of the component and type of the resource. */
const MADE_FROM: Readonly<Record<string, Readonly<Record<string, Keys>>>> = {
  ModelServing: { "kubernetes:argoproj.io/v1alpha1:Rollout": { "spec.strategy.canary.steps": "strategy.weights" } },
};

/**
 * Where a person wrote a property of a resource: `fraud.canary.weights in stacks/inputs/models.ts`.
 *
 * @param path types and names from the root to the resource's parent: `millrace:serving:ModelServing fraud`.
 * @returns nothing where the property does not come from a file as it is.
 */
export function writtenAs(
  type: string,
  property: string,
  path: readonly string[],
  environment: EnvironmentName,
): string | undefined {
  for (const [, kind = "", name = ""] of path.map((each) => /^millrace:[\w-]+:(\w+) (.+)$/.exec(each) ?? [])) {
    const made = MADE_FROM[kind]?.[type] ?? {};
    const [, argument] = Object.entries(made).find(([each]) => isPart(property, each)) ?? [];
    const origin = argument === undefined ? undefined : originOf(kind, name, argument);
    if (origin !== undefined) {
      return `${origin.key} in ${origin.file(environment, name)}`;
    }
  }
  return undefined;
}

/** Whether a path is another one, or lies below it. */
const isPart = (path: string, of: string): boolean => path === of || (path.startsWith(of) && /^[.[]/.test(path.slice(of.length)));

/**
 * A component's refusal, `'<argument>' must be …`, as one of what a person wrote: file and key in place of the argument, wherever else the
 * sentence names an argument too.
 *
 * @param kind class of the component.
 * @returns nothing where the argument does not come from a file as it is.
 */
export function asWritten(kind: string, name: string, message: string, environment: EnvironmentName): string | undefined {
  const [, argument = "", rest = ""] = /^'([^']+)' (must .*)$/s.exec(message) ?? [];
  const origin = originOf(kind, name, argument);
  if (origin === undefined) {
    return undefined;
  }
  const [rule = "", ...got] = rest.split(", got ");
  const inWords = rule.replace(/'([\w.[\]]+)'/g, (quoted, other: string) => originOf(kind, name, other)?.key ?? quoted);
  return `${origin.file(environment, name)}: ${origin.key} ${[inWords, ...got].join(", got ")}`;
}

interface Origin {
  key: string;
  file: (environment: EnvironmentName, name: string) => string;
}

const TABLES: readonly [Readonly<Record<string, Keys>>, Origin["file"]][] = [
  [FROM_PROFILE, FILES.profile],
  [FROM_MODELS, () => FILES.models],
  [FROM_RELEASE, (environment, model) => FILES.modelRelease(model, readPointer(environment).models[model] ?? "")],
];

function originOf(kind: string, name: string, argument: string): Origin | undefined {
  for (const [table, file] of TABLES) {
    const keys = table[`${kind} ${name}`] ?? table[`${kind} *`];
    const part = Object.keys(keys ?? {}).find((each) => isPart(argument, each));
    if (keys && part !== undefined) {
      const key = table === FROM_PROFILE ? keys[part]! : keys[part]!.replace("*", name);
      return { file, key: `${key}${argument.slice(part.length)}`.replace(/^\./, "") };
    }
  }
  return undefined;
}
