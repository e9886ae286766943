import { NODE_GROUP } from "../../aws/types.ts";
import { type Fault, type Finding, together, unless } from "../../findings.ts";
import { secondsOf } from "../../kubernetes/duration.ts";
import { amountOf } from "../../kubernetes/quantity.ts";
import { NODE_POOL } from "../../kubernetes/types.ts";
import { number, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { allowed, CAPACITY_TYPE, GPU, isGpuGroup, isGpuPool } from "./pools.ts";

interface Bounds {
  /** Most GPUs of a pool. */
  gpus: number;
  /** Most nodes of a managed node group. */
  nodes: number;
  /** Whether a managed node group may keep nodes that nobody asked for. */
  idle: boolean;
  /** Longest time for which an empty node of a pool stays, minutes. */
  emptyMinutes: number;
  /** Highest age of a node of a pool, days. */
  ageDays: number;
}

/** Half an hour saves a node that the next job needs; a day of an empty one costs more than a hundred starts. */
const TURNOVER = { emptyMinutes: 60, ageDays: 60 };

export const GPU_03 = rule<Bounds>({
  id: "GPU-03",
  title: "The number of GPU nodes is limited, and nodes of pools are removed when they are empty or old",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: [],
  remediation:
    'NodePool: set `spec.limits["nvidia.com/gpu"]`, `spec.disruption.consolidateAfter` and `spec.template.spec.expireAfter`. Node group: lower `scalingConfig`.',
  peers: ["kyverno set-karpenter-non-cpu-limits"],
  parameters: {
    dev: { gpus: 4, nodes: 2, idle: false, ...TURNOVER },
    staging: { gpus: 16, nodes: 4, idle: true, ...TURNOVER },
    prod: { gpus: 64, nodes: 16, idle: true, ...TURNOVER },
  },
  elsewhere: { gpus: Number.POSITIVE_INFINITY, nodes: Number.POSITIVE_INFINITY, idle: true, ...TURNOVER },
  types: [NODE_POOL, NODE_GROUP],
  check: (resource, bounds) => {
    if (resource.type === NODE_POOL) {
      return together(
        () => (isGpuPool(resource) ? poolLimit(resource, bounds) : []),
        () => poolTurnover(resource, bounds),
      );
    }
    return isGpuGroup(resource) ? groupSize(resource, bounds) : [];
  },
});

function poolLimit({ inputs }: Resource, { gpus }: Bounds): Fault[] {
  const limit = amountOf(text(inputs, "spec", "limits", GPU));
  const got = text(inputs, "spec", "limits", GPU) ?? "nothing";
  return unless(limit !== undefined && limit <= gpus, { property: `spec.limits.${GPU}`, got, want: atMost(gpus) });
}

const atMost = (number: number): string => (Number.isFinite(number) ? `at most ${number}` : "a number");

const poolTurnover = (pool: Resource, { emptyMinutes, ageDays }: Bounds): Finding[] =>
  together(
    () => {
      const got = text(pool.inputs, "spec", "disruption", "consolidateAfter");
      const want = `a time of at most ${emptyMinutes}m, for example 300s`;
      return unless(secondsOf(got) <= emptyMinutes * 60 || (got !== undefined && isPaidAnyway(pool)), {
        property: "spec.disruption.consolidateAfter",
        got: shown(got),
        want,
      });
    },
    () => {
      const got = text(pool.inputs, "spec", "template", "spec", "expireAfter");
      const want = `a time of at most ${ageDays * 24}h, for example 720h`;
      return unless(secondsOf(got) <= ageDays * 86_400, { property: "spec.template.spec.expireAfter", got: shown(got), want });
    },
  );

/** A reserved node is paid for whether it runs or not. */
const isPaidAnyway = (pool: Resource): boolean => allowed(pool, CAPACITY_TYPE).join() === "reserved";

function groupSize({ inputs }: Resource, { nodes, idle }: Bounds): Fault[] {
  const most = number(inputs, "scalingConfig", "maxSize");
  const least = number(inputs, "scalingConfig", "minSize") ?? 0;
  return [
    ...unless(most !== undefined && most <= nodes, {
      property: "scalingConfig.maxSize",
      got: shown(most),
      want: atMost(nodes),
    }),
    ...unless(idle || least === 0, { property: "scalingConfig.minSize", got: String(least), want: "0" }),
  ];
}
