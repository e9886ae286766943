import { NODE_GROUP } from "../../aws/types.ts";
import { type Fault, type Finding, together, unless } from "../../findings.ts";
import { amountOf } from "../../kubernetes/quantity.ts";
import { NODE_POOL } from "../../kubernetes/types.ts";
import { number, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { allowed, GPU, isGpuGroup, isGpuPool } from "./pools.ts";

interface Bounds {
  /** Most GPUs of a pool. */
  gpus: number;
  /** Most nodes of a managed node group. */
  nodes: number;
  /** Whether a managed node group may keep nodes that nobody asked for. */
  idle: boolean;
}

export const GPU_03 = rule<Bounds>({
  id: "GPU-03",
  title: "The number of GPU nodes is limited, and nodes are removed when they are empty or old",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: [],
  remediation:
    'NodePool: set `spec.limits["nvidia.com/gpu"]`, `spec.disruption.consolidateAfter` and `spec.template.spec.expireAfter`. Node group: lower `scalingConfig`.',
  peers: ["kyverno set-karpenter-non-cpu-limits"],
  parameters: {
    dev: { gpus: 4, nodes: 2, idle: false },
    staging: { gpus: 16, nodes: 4, idle: true },
    prod: { gpus: 64, nodes: 16, idle: true },
  },
  elsewhere: { gpus: Number.POSITIVE_INFINITY, nodes: Number.POSITIVE_INFINITY, idle: true },
  types: [NODE_POOL, NODE_GROUP],
  check: (resource, bounds) => {
    if (resource.type === NODE_POOL) {
      return isGpuPool(resource)
        ? together(
            () => poolLimit(resource, bounds),
            () => poolTurnover(resource),
          )
        : [];
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

const poolTurnover = (pool: Resource): Finding[] =>
  together(
    () => {
      const got = text(pool.inputs, "spec", "disruption", "consolidateAfter") ?? "nothing";
      // A reserved node is paid for whether it runs or not.
      const ends = got !== "nothing" && (got !== "Never" || allowed(pool, "karpenter.sh/capacity-type").join() === "reserved");
      return unless(ends, { property: "spec.disruption.consolidateAfter", got, want: "a time, for example 300s" });
    },
    () => {
      const got = text(pool.inputs, "spec", "template", "spec", "expireAfter") ?? "nothing";
      const ends = got !== "nothing" && got !== "Never";
      return unless(ends, { property: "spec.template.spec.expireAfter", got, want: "a time, for example 720h" });
    },
  );

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
