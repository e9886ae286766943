import { DB_CLUSTER_INSTANCE, DB_INSTANCE, LAUNCH_TEMPLATE, MACHINES, NODE_GROUP } from "../../aws/types.ts";
import { type Fault, together, unless } from "../../findings.ts";
import { NODE_POOL } from "../../kubernetes/types.ts";
import { number, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { allowed, INSTANCE_TYPE, isGpuPool, requirementsOf } from "../gpu/pools.ts";

interface Most {
  /** Machines of an Auto Scaling group. */
  machines: number;
  /** Nodes of a managed group. */
  nodes: number;
  /** Size of one of them, or of a database, in `xlarge`: 4 CPUs each. */
  xlarges: number;
  /** Whether a pool of Karpenter bounds the size of its nodes. */
  bounded: boolean;
}

/** Machines with GPUs for models and training are a matter of GPU-02. */
const FEW: Most = { machines: 5, nodes: 20, xlarges: 8, bounded: true };

/** Arguments with types of machines, by type of resource. */
const SIZES: Readonly<Record<string, string>> = {
  "aws:ec2/instance:Instance": "instanceType",
  [DB_CLUSTER_INSTANCE]: "instanceClass",
  [DB_INSTANCE]: "instanceClass",
  [LAUNCH_TEMPLATE]: "instanceType",
  [NODE_GROUP]: "instanceTypes",
};

export const COST_03 = rule<Most>({
  id: "COST-03",
  title: "A group of machines does not grow beyond its purpose, and neither does one of them",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation:
    "Lower `minSize` and `maxSize`, or take a smaller type. Name the types of a NodePool, `operator: In`. The parameters `machines`, `nodes` and `xlarges` are the most that a group and a machine may have.",
  parameters: { dev: FEW, staging: FEW, prod: FEW },
  // What the machines of others are for is not known here.
  elsewhere: { machines: 1_000, nodes: 1_000, xlarges: 1_000, bounded: false },
  types: [MACHINES, NODE_POOL, ...Object.keys(SIZES)],
  check: (resource, most) =>
    together(
      () => tooMany(resource, most),
      () => tooLarge(resource, most),
      () => (resource.type === NODE_POOL && !isGpuPool(resource) ? anySize(resource, most) : []),
    ),
});

function tooMany({ type, inputs }: Resource, { machines, nodes }: Most): Fault[] {
  const [prefix, most] = type === MACHINES ? [[], machines] : [["scalingConfig"], nodes];
  return ["minSize", "desiredCapacity", "desiredSize", "maxSize"].flatMap((key) => {
    const got = number(inputs, ...prefix, key) ?? 0;
    return unless(got <= most, { property: [...prefix, key].join("."), got: String(got), want: `at most ${most}` });
  });
}

function tooLarge({ type, inputs }: Resource, { xlarges }: Most): Fault[] {
  const property = SIZES[type];
  return property === undefined
    ? []
    : texts(inputs, property).flatMap((got) =>
        unless(xlargesOf(got) <= xlarges, { property, got, want: `at most ${xlarges}xlarge` }),
      );
}

const SIZE = "karpenter.k8s.aws/instance-size";
const CPUS = "karpenter.k8s.aws/instance-cpu";

/** Karpenter takes the cheapest type that is free, which may be a machine of 192 CPUs. What is not ruled out is as good as allowed. */
function anySize(pool: Resource, { xlarges, bounded }: Most): Fault[] {
  const cpus = requirementsOf(pool).filter(
    (each) => text(each, "key") === CPUS && /^(In|Lte?)$/.test(text(each, "operator") ?? ""),
  );
  const lists = [
    allowed(pool, INSTANCE_TYPE).map((named) => ({ named, size: xlargesOf(named) })),
    allowed(pool, SIZE).map((named) => ({ named, size: xlargesOf(`.${named}`) })),
    cpus.flatMap((each) => texts(each, "values")).map((count) => ({ named: `${count} CPUs`, size: Number(count) / 4 })),
  ].filter((list) => list.length > 0);
  const tooLarge = lists.map((list) => list.filter(({ size }) => !(size <= xlarges)));
  const property = "spec.template.spec.requirements";
  return lists.length === 0
    ? unless(!bounded, { property, got: "every size of machine", want: `a list of types (${INSTANCE_TYPE} In)` })
    : unless(
        tooLarge.some((list) => list.length === 0),
        { property, got: tooLarge[0]?.map(({ named }) => named).join(", ") ?? "", want: `at most ${xlarges}xlarge` },
      );
}

/** A whole machine, `metal`, has 96 CPUs or more. */
function xlargesOf(machine: string): number {
  const [, times, whole] = /\.(?:(\d*)xlarge|(metal))/.exec(machine) ?? [];
  return whole === undefined ? (times === undefined ? 0 : Number(times || 1)) : 24;
}
