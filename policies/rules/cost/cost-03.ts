import { NODE_GROUP } from "../../aws/types.ts";
import { type Fault, unless } from "../../findings.ts";
import { number } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

/** Most machines of an Auto Scaling group, and of a group of nodes. Machines for models and training are a matter of Karpenter's pools. */
const FEW = { machines: 5, nodes: 20 };

const GROUP = "aws:autoscaling/group:Group";

export const COST_03 = rule({
  id: "COST-03",
  title: "A group of machines does not grow beyond its purpose",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation: "Lower `minSize` and `maxSize`. The parameters `machines` and `nodes` are the most that a group may have.",
  parameters: { dev: FEW, staging: FEW, prod: FEW },
  // What the groups of others are for is not known here.
  elsewhere: { machines: 1_000, nodes: 1_000 },
  types: [GROUP, NODE_GROUP],
  check: ({ type, inputs }, { machines, nodes }): Fault[] => {
    const [prefix, most] = type === GROUP ? [[], machines] : [["scalingConfig"], nodes];
    return ["minSize", "desiredCapacity", "desiredSize", "maxSize"].flatMap((key) => {
      const got = number(inputs, ...prefix, key) ?? 0;
      return unless(got <= most, { property: [...prefix, key].join("."), got: String(got), want: `at most ${most}` });
    });
  },
});
