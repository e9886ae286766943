import { DB_CLUSTER_INSTANCE, DB_INSTANCE, LAUNCH_TEMPLATE, MACHINES, NODE_GROUP } from "../../aws/types.ts";
import { type Fault, together, unless } from "../../findings.ts";
import { number, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";

interface Most {
  /** Machines of an Auto Scaling group. */
  machines: number;
  /** Nodes of a managed group. */
  nodes: number;
  /** Size of one of them, or of a database, in `xlarge`: 4 CPUs each. */
  xlarges: number;
}

/** Machines for models and training are a matter of Karpenter's pools. */
const FEW: Most = { machines: 5, nodes: 20, xlarges: 8 };

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
    "Lower `minSize` and `maxSize`, or take a smaller type. The parameters `machines`, `nodes` and `xlarges` are the most that a group and a machine may have.",
  parameters: { dev: FEW, staging: FEW, prod: FEW },
  // What the machines of others are for is not known here.
  elsewhere: { machines: 1_000, nodes: 1_000, xlarges: 1_000 },
  types: [MACHINES, ...Object.keys(SIZES)],
  check: (resource, most) =>
    together(
      () => tooMany(resource, most),
      () => tooLarge(resource, most),
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

/** A whole machine, `metal`, has 96 CPUs or more. */
function xlargesOf(machine: string): number {
  const [, times, whole] = /\.(?:(\d*)xlarge|(metal))/.exec(machine) ?? [];
  return whole === undefined ? (times === undefined ? 0 : Number(times || 1)) : 24;
}
