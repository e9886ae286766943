import type { Fault } from "../../findings.ts";
import { nameOf } from "../../kubernetes/objects.ts";
import { NODE_POOL } from "../../kubernetes/types.ts";
import { number, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { CLUSTER_QUEUES, COHORTS, GPU, quotasOf, RESOURCE_FLAVORS, selects } from "./pools.ts";

interface Limits {
  /** GPUs of pools that other stacks make, by the name of their flavor. */
  limits: Record<string, number>;
}

/** Karpenter and Kueue do not know each other's limits. A job that Kueue admits and Karpenter has no node for waits until it is evicted (measured). */
export const GPU_08 = stackRule<Limits>({
  id: "GPU-08",
  title: "The GPU quotas of a flavor add up to no more than its pool has",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation: `Lower a \`nominalQuota\`, or raise \`spec.limits["${GPU}"]\` of the NodePool. List pools of another stack in the rule's parameter \`limits\`.`,
  parameters: { dev: { limits: { training: 2 } }, staging: { limits: { training: 8 } }, prod: { limits: { training: 64 } } },
  types: [...CLUSTER_QUEUES, ...COHORTS, ...RESOURCE_FLAVORS, NODE_POOL],
  relate: (resources, { limits }) => {
    const shares = resources.flatMap(gpuShares);
    return [...Map.groupBy(shares, ({ flavor }) => flavor)].flatMap(([flavor, all]): Fault[] => {
      const most = poolLimit(flavor, resources) ?? number(limits, flavor);
      const total = all.reduce((sum, { gpus }) => sum + gpus, 0);
      const last = all.at(-1);
      if (most === undefined || total <= most || last === undefined) {
        return [];
      }
      const shown = all.map(({ owner, gpus }) => `${nameOf(owner)} ${gpus}`).join(", ");
      return [
        {
          resource: last.owner,
          property: "spec.resourceGroups",
          got: `${total} (${shown})`,
          want: `at most ${most} GPUs of '${flavor}' together with the quotas of all other queues`,
        },
      ];
    });
  },
});

interface Share {
  owner: Resource;
  flavor: string;
  gpus: number;
}

/** A cohort can have a quota of its own, in addition to those of its queues. */
const gpuShares = (owner: Resource): Share[] =>
  CLUSTER_QUEUES.includes(owner.type) || COHORTS.includes(owner.type)
    ? quotasOf(owner).flatMap(({ flavor, quota }) =>
        // A quota that is not a number counts as 0: it admits nothing.
        text(quota, "name") === GPU ? [{ owner, flavor, gpus: number(quota, "nominalQuota") ?? 0 }] : [],
      )
    : [];

/** GPUs of all pools that a flavor selects; `undefined` when this stack has none, or one without a limit. */
function poolLimit(flavor: string, resources: readonly Resource[]): number | undefined {
  const object = resources.find((each) => RESOURCE_FLAVORS.includes(each.type) && nameOf(each) === flavor);
  const pools = object === undefined ? [] : resources.filter((each) => each.type === NODE_POOL && selects(object, each));
  const total = pools.reduce((sum, { inputs }) => sum + (number(inputs, "spec", "limits", GPU) ?? Number.NaN), 0);
  return pools.length === 0 || Number.isNaN(total) ? undefined : total;
}
