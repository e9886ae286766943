import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { namespaceOf, releaseOf } from "../chart.ts";
import { Component, type ComponentOptions } from "../component.ts";
import { onGpuNodes } from "../gpu/gpu-nodes.ts";
import { GPU } from "../labels.ts";
import { ON_SYSTEM_NODES } from "../placement.ts";
import { anyText, fields, listOf, mapOf, optional, text, wholeNumber } from "../shape.ts";
import { check } from "../validation.ts";
import { API, CHARTS } from "../versions.ts";
import { kueueConfiguration } from "./kueue-config.ts";
import { QueueGuard } from "./queue-guard.ts";

/** A pool that is handed out through queues; `NodePool.reference` is one. */
export interface QueuedPool {
  flavor: string;
  nodeLabels: Record<string, string>;
  /** Whether its nodes carry the GPU taint: 0 = no. */
  gpus: number;
}

export interface TrainingQueuesArgs {
  /** Pools to train on. Pools for inference are not queued and stay out. */
  pools: readonly QueuedPool[];

  /** Minutes in which all pods of an admitted job must run, else it gives its quota back and tries again; longer than a GPU node takes to start. @default 20 */
  podsReadyMinutes?: number;

  /** Service account of Prometheus, which may then read Kueue's metrics; the CRD of ServiceMonitors must exist. @default - no metrics */
  prometheus?: { namespace: string; serviceAccount: string };
}

/** Cohort in which all teams lend each other what they do not use. */
export const COHORT = "training";

/** Priorities that a Job may name in its label `kueue.x-k8s.io/priority-class`; without one it has 0. */
export const PRIORITIES = { high: 1_000, low: -1_000 } as const;

const NAMESPACE = "kueue-system";

const { nodeSelector, tolerations } = ON_SYSTEM_NODES;

/**
 * Kueue, and what all teams share: one flavor a pool, one cohort, priorities, and a guard against ways round the queues.
 *
 * Teams come with `TeamQueue`. Kueue manages the namespaces with a team label and no others, so that its outage stops no pod that
 * is not training; model servers must therefore not live in such a namespace.
 *
 * Removing the component leaves Kueue and its namespace, which go on until a person uninstalls the release (`helm uninstall kueue
 * --namespace kueue-system`): its chart takes the CRDs along, and with them every queue of every team. To bring the component back to such a
 * cluster, let Helm forget the release first (docs/guides/ci.md, "An `up` that was killed").
 *
 * @throws {pulumi.ResourceError} when there is no pool, two share a name, or the minutes are not a whole positive number.
 */
export class TrainingQueues extends Component {
  static override readonly shape = fields<TrainingQueuesArgs>({
    pools: listOf(fields<QueuedPool>({ flavor: text, nodeLabels: mapOf(anyText), gpus: wholeNumber({ min: 0 }) })),
    podsReadyMinutes: optional(wholeNumber({ min: 1 })),
    prometheus: optional(fields<NonNullable<TrainingQueuesArgs["prometheus"]>>({ namespace: text, serviceAccount: text })),
  });

  constructor(name: string, args: TrainingQueuesArgs, opts?: ComponentOptions) {
    super("training:TrainingQueues", name, args, opts);
    validate(args, this);

    const child = { parent: this };
    // The chart has no value that keeps its CRDs, and with them every queue of every team would go. So Kueue stays, and stays whole: without
    // its pods, its API services would be without a server, and no namespace of the cluster could be deleted (rehearsed with 0.18.3).
    const kept = { ...child, retainOnDelete: true };
    const namespace = new k8s.core.v1.Namespace(`${name}-namespace`, namespaceOf(NAMESPACE, "restricted"), kept);
    const kueue = new k8s.helm.v3.Release(
      `${name}-controller`,
      releaseOf(CHARTS.kueue, { name: "kueue", namespace: namespace.metadata.name, values: chartValues(args) }),
      kept,
    );
    if (args.prometheus) {
      new k8s.rbac.v1.ClusterRoleBinding(`${name}-metrics`, metricsReader(args.prometheus), { ...child, dependsOn: kueue });
    }
    for (const [role, object] of Object.entries(sharedObjects(args.pools))) {
      new k8s.apiextensions.CustomResource(
        `${name}-${role}`,
        { apiVersion: API.kueue, ...object },
        // Kueue's webhooks look at its own objects: it must answer first, and go last.
        { ...child, dependsOn: kueue },
      );
    }
    new QueueGuard(`${name}-guard`, child);
    this.registerOutputs({});
  }
}

function chartValues({ podsReadyMinutes = 20, prometheus }: TrainingQueuesArgs) {
  return {
    enablePrometheus: prometheus !== undefined,
    ...(prometheus && { metrics: { prometheusNamespace: prometheus.namespace } }),
    controllerManager: {
      replicas: 2,
      podDisruptionBudget: { enabled: true, minAvailable: 1 },
      nodeSelector,
      tolerations,
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: "kubernetes.io/hostname",
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: { matchLabels: { "app.kubernetes.io/name": "kueue", "control-plane": "controller-manager" } },
        },
      ],
      manager: {
        priorityClassName: "system-cluster-critical",
        // Without `cpu`, Helm would add the chart's own limit of two processors.
        resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: null, memory: "512Mi" } },
      },
    },
    // JSON is YAML, and the chart parses the text.
    managerConfig: { controllerManagerConfigYaml: JSON.stringify(kueueConfiguration(podsReadyMinutes), undefined, 2) },
  };
}

/** The chart brings the role and leaves to us who has it. */
function metricsReader({ namespace, serviceAccount }: { namespace: string; serviceAccount: string }) {
  return {
    metadata: { name: "kueue-metrics-reader-prometheus" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "kueue-metrics-reader" },
    subjects: [{ kind: "ServiceAccount", name: serviceAccount, namespace }],
  };
}

/** By the role of the child that each becomes. */
function sharedObjects(
  pools: readonly QueuedPool[],
): Record<string, { kind: string; metadata: { name: string }; [field: string]: unknown }> {
  return {
    cohort: { kind: "Cohort", metadata: { name: COHORT }, spec: {} },
    ...Object.fromEntries(
      pools.map(({ flavor, nodeLabels, gpus }) => [
        `flavor-${flavor}`,
        { kind: "ResourceFlavor", metadata: { name: flavor }, spec: { nodeLabels, ...(gpus > 0 && gpuTaint) } },
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(PRIORITIES).map(([priority, value]) => [
        `priority-${priority}`,
        { kind: "WorkloadPriorityClass", metadata: { name: priority }, value, description: `${priority} priority in a queue` },
      ]),
    ),
  };
}

/** What Kueue adds to the pods of an admitted job; the job itself names neither node labels nor tolerations. */
const gpuTaint = {
  nodeTaints: [{ key: GPU, value: "true", effect: "NoSchedule" }],
  tolerations: [...onGpuNodes.tolerations],
};

function validate({ pools }: TrainingQueuesArgs, queues: pulumi.Resource): void {
  check.length("pools", pools, { min: 1 }, queues);
  check.distinct(
    "flavors",
    pools.map(({ flavor }) => flavor),
    queues,
  );
}
