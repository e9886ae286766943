import { GPU, LABELS } from "#components/labels";
import { API } from "#components/versions";
import type { Json, Kube } from "../cluster/controlplane/kube.ts";
import { trainingJob } from "./job.ts";

/** A fault that platforms for training have had, and the proof that this one does not. */
export interface Finding {
  /** Its number, as the report shows it. Those that are missing here (G4, G7, G9) are proved by what happens in `story.ts`. */
  id: string;
  /** What holds here. */
  holds: string;
  /** @returns what is wrong; `undefined` where it holds. */
  fault: (cluster: Cluster) => string | undefined;
}

/** What the API server holds, as far as a finding looks at it. */
export interface Cluster {
  pool: Json;
  queues: readonly Json[];
  /** Webhooks of Kueue. */
  webhooks: readonly Json[];
  /** Text of the configuration of Kueue's manager. */
  configuration: string;
  /** Nodes of the pool that are there. */
  nodes: readonly Json[];
  /** Pods of training jobs that Kueue has admitted. */
  pods: readonly Json[];
  /** Names of all alerts. */
  alerts: readonly string[];
  /** GPUs of one node, by its type. */
  gpusPerNode: number;
}

const PODS = ["pods", "deployments", "statefulsets", "replicasets"];

/** The findings, from running a queue and a node provisioner under load (2026-11): each was a loss of time, money or service. */
export const FINDINGS: readonly Finding[] = [
  {
    id: "G1",
    holds: "an outage of Kueue stops no pod outside the namespaces of teams",
    fault: ({ webhooks }) =>
      webhooks.length === 0
        ? "Kueue has no webhooks"
        : webhooks
            .filter(({ failurePolicy, rules }) => failurePolicy === "Fail" && (rules as Json[]).some(touchesPods))
            .find(({ namespaceSelector }) => !selectsTeams(namespaceSelector))?.["name"],
  },
  {
    id: "G2",
    holds: "all empty nodes may go at once",
    fault: ({ pool }) =>
      budgets(pool).some(({ nodes, reasons }) => nodes === "100%" && reasons?.includes("Empty")) ? undefined : "no such budget",
  },
  {
    id: "G3",
    holds: "the pool has one size of instance, so that a job is not packed into a dearer one",
    fault: ({ pool }) => {
      const types = allowed(pool, "node.kubernetes.io/instance-type");
      return types.length === 1 ? undefined : `it has ${types.join(", ") || "any"}`;
    },
  },
  {
    id: "G5",
    holds: "quotas together are at most what the pool may buy",
    fault: ({ pool, queues }) => {
      const limit = Number(pool["spec"].limits[GPU]);
      const quota = queues.flatMap(quotas).reduce((sum, each) => sum + each, 0);
      return quota > 0 && quota <= limit ? undefined : `${quota} of ${limit}`;
    },
  },
  {
    id: "G6",
    holds: "a job that found no node is tried again, and never switched off for good",
    fault: ({ configuration }) =>
      !configuration.includes("requeuingStrategy")
        ? "its configuration says nothing of it"
        : configuration.includes("backoffLimitCount")
          ? "backoffLimitCount is set"
          : undefined,
  },
  {
    id: "G8",
    holds: "a node that expires leaves a job as long as the job may take",
    fault: ({ pool }) => {
      const { activeDeadlineSeconds } = trainingJob({ name: "", namespace: "", image: "", pods: 1, gpus: 1, seconds: 1 })["spec"];
      const grace: string = pool["spec"].template.spec.terminationGracePeriod ?? "nothing";
      const hours = /^(\d+)h$/.exec(grace)?.[1];
      return Number(hours ?? 0) * 3_600 >= activeDeadlineSeconds ? undefined : `its terminationGracePeriod is ${grace}`;
    },
  },
  {
    id: "G10",
    holds: "a node counts with all of its GPUs, whatever its pods ask for",
    fault: ({ nodes, gpusPerNode }) => {
      const wrong = nodes.find(({ status }) => Number(status.capacity?.[GPU]) !== gpusPerNode);
      return nodes.length === 0
        ? "there is no node"
        : wrong && `${wrong["metadata"].name} has ${wrong["status"].capacity?.[GPU]}`;
    },
  },
  {
    id: "G11",
    holds: "pods of an admitted job carry the pool's node selector and toleration, which nobody wrote",
    fault: ({ pods, pool }) => {
      const own = pool["spec"].template.metadata.labels[LABELS.pool];
      const bare = pods.find(
        ({ spec }) =>
          spec.nodeSelector?.[LABELS.pool] !== own || !(spec.tolerations as Json[] | undefined)?.some(({ key }) => key === GPU),
      );
      return pods.length === 0 ? "there is no pod" : bare?.["metadata"].name;
    },
  },
  {
    id: "G12",
    holds: "an alert tells of nodes that stay although nothing runs on them",
    fault: ({ alerts }) => (alerts.includes("GpuNodeEmpty") ? undefined : "GpuNodeEmpty is not there"),
  },
];

/** @throws {Error} naming the first finding that does not hold. @returns the numbers of those that do. */
export function demandFindings(cluster: Cluster): string[] {
  for (const { id, holds, fault } of FINDINGS) {
    const wrong = fault(cluster);
    if (wrong !== undefined) {
      throw new Error(`${id}: ${holds}; here it does not hold: ${wrong}`);
    }
  }
  return FINDINGS.map(({ id }) => id);
}

/** Reads from the API server what the findings look at, while jobs run. */
export async function clusterOf(kube: Kube, pool: string, namespaces: readonly string[], gpusPerNode: number): Promise<Cluster> {
  const items = async (path: string): Promise<Json[]> => ((await kube.get(path))["items"] ?? []) as Json[];
  const admission = "/apis/admissionregistration.k8s.io/v1";
  const [configurations, rules] = await Promise.all([
    Promise.all(["validating", "mutating"].map((kind) => items(`${admission}/${kind}webhookconfigurations`))),
    items(`/apis/${API.monitoring}/prometheusrules`),
  ]);
  const pods = await Promise.all(namespaces.map((namespace) => items(`/api/v1/namespaces/${namespace}/pods`)));
  return {
    pool: await kube.get(`/apis/${API.karpenter}/nodepools/${pool}`),
    queues: await items(`/apis/${API.kueue}/clusterqueues`),
    webhooks: configurations
      .flat()
      .filter(({ metadata }) => metadata.name.startsWith("kueue-"))
      .flatMap(({ webhooks }) => webhooks as Json[]),
    configuration: Object.values(
      ((await kube.get("/api/v1/namespaces/kueue-system/configmaps/kueue-manager-config"))["data"] ?? {}) as Record<
        string,
        string
      >,
    ).join("\n"),
    nodes: await items(`/api/v1/nodes?labelSelector=${LABELS.pool}=${pool}`),
    pods: pods.flat().filter(({ status }) => status.phase === "Running"),
    alerts: rules.flatMap(({ spec }) =>
      (spec.groups as Json[]).flatMap(({ rules: all }) => (all as Json[]).map(({ alert }) => alert)),
    ),
    gpusPerNode,
  };
}

const touchesPods = ({ resources }: Json): boolean =>
  (resources as string[]).some((each) => ["*", ...PODS].includes(each.split("/")[0]!));

const selectsTeams = (selector: Json | undefined): boolean =>
  ((selector?.["matchExpressions"] ?? []) as Json[]).some(({ key, operator }) => key === LABELS.team && operator === "Exists");

const budgets = ({ spec }: Json): Json[] => (spec.disruption.budgets ?? []) as Json[];

const allowed = ({ spec }: Json, wanted: string): string[] =>
  ((spec.template.spec.requirements as Json[]).find(({ key, operator }) => key === wanted && operator === "In")?.["values"] ??
    []) as string[];

const quotas = ({ spec }: Json): number[] =>
  ((spec.resourceGroups ?? []) as Json[])
    .flatMap(({ flavors }) => (flavors as Json[]).flatMap(({ resources }) => resources as Json[]))
    .filter(({ name }) => name === GPU)
    .map(({ nominalQuota }) => Number(nominalQuota));
