import type { Resource } from "../resource.ts";
import { type Fault, levels, type Rule, stackRule } from "../rule.ts";
import { CLUSTER_QUEUES, GPU, NODE_POOL, RESOURCE_FLAVORS, selects } from "./gpu-pools.ts";
import { asksForGpus, isQueued, JOBS, QUEUE } from "./gpu-requests.ts";
import { disruptionBudgets, graceForJobs } from "./node-disruption.ts";
import { webhooksOfTeams } from "./queue-webhooks.ts";
import { WORKLOADS } from "./workloads.ts";

interface Limits {
  /** GPUs of pools that other stacks make, by the name of their flavor. */
  limits: Record<string, number>;
}

/** Karpenter and Kueue do not know each other's limits: what one admits and the other has no node for waits until it is evicted (measured). */
const quotaWithinPool = stackRule<Limits>({
  id: "GPU-08",
  title: "The GPU quotas of a flavor add up to what its pool has",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation: `Lower a \`nominalQuota\`, or raise \`spec.limits["${GPU}"]\` of the NodePool. Pools of another stack stand in the rule's parameter \`limits\`.`,
  parameters: { dev: { limits: { training: 2 } }, staging: { limits: { training: 8 } }, prod: { limits: { training: 64 } } },
  relate: (resources, { limits }) => {
    const shares = resources.flatMap(gpuShares);
    return [...Map.groupBy(shares, ({ flavor }) => flavor)].flatMap(([flavor, all]): Fault[] => {
      const most = poolLimit(flavor, resources) ?? limits[flavor];
      const total = all.reduce((sum, { gpus }) => sum + gpus, 0);
      const last = all.at(-1);
      if (most === undefined || total <= most || last === undefined) {
        return [];
      }
      const list = all.map(({ owner, gpus }) => `${owner.inputs.metadata.name} ${gpus}`).join(", ");
      return [
        {
          resource: last.owner,
          property: "spec.resourceGroups",
          got: `${total} (${list})`,
          want: `at most ${most} GPUs of '${flavor}' with those of all other queues`,
        },
      ];
    });
  },
});

const COHORTS = CLUSTER_QUEUES.map((type) => type.replace("ClusterQueue", "Cohort"));

interface Share {
  owner: Resource;
  flavor: string;
  gpus: number;
}

/** A cohort can have a quota of its own, beside those of its queues. */
function gpuShares(owner: Resource): Share[] {
  if (!CLUSTER_QUEUES.includes(owner.type) && !COHORTS.includes(owner.type)) {
    return [];
  }
  const flavors: any[] = (owner.inputs.spec?.resourceGroups ?? []).flatMap((group: any) => group.flavors);
  return flavors.flatMap(({ name: flavor, resources }: any) =>
    resources.flatMap(({ name, nominalQuota }: any): Share[] =>
      name === GPU ? [{ owner, flavor, gpus: Number(nominalQuota) }] : [],
    ),
  );
}

/** GPUs of all pools that a flavor selects; `undefined` when this stack has none, or one without a limit. */
function poolLimit(flavor: string, resources: readonly Resource[]): number | undefined {
  const object = resources.find(({ type, inputs }) => RESOURCE_FLAVORS.includes(type) && inputs.metadata?.name === flavor);
  const pools = object === undefined ? [] : resources.filter((each) => each.type === NODE_POOL && selects(object, each));
  const total = pools.reduce((sum, { inputs }) => sum + Number(inputs.spec.limits?.[GPU] ?? Number.NaN), 0);
  return pools.length === 0 || Number.isNaN(total) ? undefined : total;
}

/** How namespaces of teams are known: by a label where the stack makes them, by name where another does. */
interface TeamNamespaces {
  label: string;
  prefix: string;
}

const MILLRACE: TeamNamespaces = { label: "millrace.dev/team", prefix: "team-" };

/** A Job without the label that brought its own toleration got a GPU node, and no quota noticed (measured with Kueue 0.18.3). */
const gpuThroughQueue = stackRule<TeamNamespaces>({
  id: "GPU-09",
  title: "Who asks for GPUs in a team's namespace is a job that names its queue",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation: `Make it a Job, and label it \`${QUEUE}\` with the name of the namespace's LocalQueue. In the cluster Millrace's QueueGuard keeps this rule.`,
  parameters: { dev: MILLRACE, staging: MILLRACE, prod: MILLRACE },
  relate: (resources, { label, prefix }) => {
    const labelled = resources
      .filter(({ type, inputs }) => type === "kubernetes:core/v1:Namespace" && label in (inputs.metadata?.labels ?? {}))
      .map(({ inputs }) => inputs.metadata.name);
    return resources
      .filter(({ type }) => WORKLOADS.includes(type))
      .filter(({ inputs: { metadata } }) => labelled.includes(metadata?.namespace) || metadata?.namespace?.startsWith(prefix))
      .filter((workload) => asksForGpus(workload) && !(JOBS.includes(workload.type) && isQueued(workload)))
      .map((resource) =>
        JOBS.includes(resource.type)
          ? { resource, property: `metadata.labels.${QUEUE}`, got: "nothing", want: "the name of a LocalQueue of the namespace" }
          : { resource, property: "kind", got: resource.type.split(":").at(-1) ?? "", want: "a Job that names a queue" },
      );
  },
});

export const QUEUES: readonly Rule[] = [webhooksOfTeams, disruptionBudgets, quotaWithinPool, gpuThroughQueue, graceForJobs];
