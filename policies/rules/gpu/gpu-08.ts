import { type Fault, ofEach, together, unless } from "../../findings.ts";
import { nameOf } from "../../kubernetes/objects.ts";
import { NODE_POOL } from "../../kubernetes/types.ts";
import { isSet, number, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { CLUSTER_QUEUES, COHORTS, GPU, quotasOf, RESOURCE_FLAVORS, selects } from "./pools.ts";

interface Limits {
  /** GPUs of pools that other stacks make, by the name of their flavor. */
  limits: Record<string, number>;
  /** CPUs of such pools without GPUs. */
  cpus: Record<string, number>;
}

/** Karpenter and Kueue do not know each other's limits. A job that Kueue admits and Karpenter has no node for waits until it is evicted (measured). */
export const GPU_08 = stackRule<Limits>({
  id: "GPU-08",
  title: "The quotas of a flavor add up to no more than its pool has, and count its GPUs one by one",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation: `Lower a \`nominalQuota\`, or raise \`spec.limits["${GPU}"]\` of the NodePool. List pools of another stack in the rule's parameter \`limits\`.`,
  parameters: {
    dev: { limits: { training: 2 }, cpus: { cpu: 12 } },
    staging: { limits: { training: 8 }, cpus: { cpu: 20 } },
    prod: { limits: { training: 64 }, cpus: { cpu: 56 } },
  },
  elsewhere: { limits: {}, cpus: {} },
  types: [...CLUSTER_QUEUES, ...COHORTS, ...RESOURCE_FLAVORS, NODE_POOL],
  relate: (resources, { limits, cpus }) =>
    together(
      () => tooMany(resources, { resource: GPU, of: "GPUs", limits }),
      () => tooMany(resources, { resource: "cpu", of: "CPUs", limits: cpus }),
      () =>
        ofEach(
          resources.filter(({ type }) => QUOTAS.includes(type)),
          (queue) => [...uncounted(queue, limits), ...unwhole(queue)],
        ),
    ),
});

const QUOTAS = [...CLUSTER_QUEUES, ...COHORTS];

/** What is counted, and how much of it each flavor has. */
interface Counted {
  resource: string;
  of: string;
  limits: Record<string, number>;
}

function tooMany(resources: readonly Resource[], { resource, of, limits }: Counted): Fault[] {
  const shares = resources.flatMap((owner) => sharesOf(owner, resource));
  return [...Map.groupBy(shares, ({ flavor }) => flavor)].flatMap(([flavor, all]): Fault[] => {
    const most = poolLimit(flavor, resource, resources) ?? number(limits, flavor);
    const last = all.at(-1);
    if (most === undefined || last === undefined) {
      return [];
    }
    const total = all.reduce((sum, { amount }) => sum + amount, 0);
    const listed = all.map(({ owner, amount }) => `${nameOf(owner)} ${amount}`).join(", ");
    return [
      ...unless(total <= most, {
        resource: last.owner,
        property: "spec.resourceGroups",
        got: `${total} (${listed})`,
        want: `at most ${most} ${of} of '${flavor}' together with the quotas of all other queues`,
      }),
      ...all.flatMap(({ owner, borrowed }) =>
        unless(borrowed === undefined || borrowed <= most, {
          resource: owner,
          property: "spec.resourceGroups",
          got: `a borrowingLimit of ${borrowed}`,
          want: `at most the ${most} ${of} of '${flavor}'`,
        }),
      ),
    ];
  });
}

/** A flavor of a GPU pool of which a queue hands out everything but the GPUs leaves them to nobody's count. */
const uncounted = (resource: Resource, limits: Record<string, number>): Fault[] =>
  [...Map.groupBy(quotasOf(resource), ({ flavor }) => flavor)].flatMap(([flavor, quotas]) =>
    unless(!Object.hasOwn(limits, flavor) || quotas.some(({ quota }) => text(quota, "name") === GPU), {
      resource,
      property: "spec.resourceGroups",
      got: quotas.map(({ quota }) => shown(quota["name"])).join(", "),
      want: `quotas of '${flavor}' with one of ${GPU}`,
    }),
  );

/** GPUs are whole: Kueue reads `64k` as 64,000. */
const unwhole = (resource: Resource): Fault[] =>
  quotasOf(resource)
    .filter(({ quota }) => text(quota, "name") === GPU)
    .flatMap(({ quota }) =>
      ["nominalQuota", "borrowingLimit", "lendingLimit"].flatMap((key) =>
        unless(!isSet(quota, key) || /^\d+$/.test(text(quota, key) ?? ""), {
          resource,
          property: "spec.resourceGroups",
          got: `a ${key} of ${shown(quota[key])}`,
          want: "whole GPUs as a plain number",
        }),
      ),
    );

interface Share {
  owner: Resource;
  flavor: string;
  amount: number;
  /** @default - what is lent is all of the cohort's, which the quotas limit */
  borrowed: number | undefined;
}

/** A cohort can have a quota of its own, in addition to those of its queues. */
const sharesOf = (owner: Resource, resource: string): Share[] =>
  QUOTAS.includes(owner.type)
    ? quotasOf(owner).flatMap(({ flavor, quota }) =>
        // What is not a number counts as 0 here: it admits nothing.
        text(quota, "name") === resource
          ? [{ owner, flavor, amount: number(quota, "nominalQuota") ?? 0, borrowed: number(quota, "borrowingLimit") }]
          : [],
      )
    : [];

/** What all pools that a flavor selects have; `undefined` when this stack has none, or one without a limit. */
function poolLimit(flavor: string, resource: string, resources: readonly Resource[]): number | undefined {
  const object = resources.find((each) => RESOURCE_FLAVORS.includes(each.type) && nameOf(each) === flavor);
  const pools = object === undefined ? [] : resources.filter((each) => each.type === NODE_POOL && selects(object, each));
  const total = pools.reduce((sum, { inputs }) => sum + (number(inputs, "spec", "limits", resource) ?? Number.NaN), 0);
  return pools.length === 0 || Number.isNaN(total) ? undefined : total;
}
