import { LAUNCH_TEMPLATE, NODE_GROUP } from "../../aws/types.ts";
import type { Fault } from "../../findings.ts";
import { NODE_POOL } from "../../kubernetes/types.ts";
import { texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { allowed, INSTANCE_TYPE, isGpuPool, isGpuType } from "./pools.ts";

/** Instance types with one GPU, and those with four, of the families g. */
const SINGLE = ["g4dn.xlarge", "g5.xlarge", "g6.xlarge", "g6e.xlarge", "g7e.2xlarge"];
const FOURFOLD = ["g5.12xlarge", "g6.12xlarge", "g6e.12xlarge"];
const LARGE = [
  "p4d.24xlarge",
  "p4de.24xlarge",
  "p5.4xlarge",
  "p5.48xlarge",
  "p5en.48xlarge",
  "p6-b200.48xlarge",
  "p6-b300.48xlarge",
];

const NONE: string[] = [];

/** Stands for every type. */
const ANY = "*";

/** An hour of one of them costs what a day of the others does. */
const NEEDS_APPROVAL = /^p[4-9]/;

export const GPU_02 = rule({
  id: "GPU-02",
  title: "GPU nodes use instance types that the environment allows, and the largest only where they are approved",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: [],
  remediation:
    "Choose a type from the list. The owner of the budget approves a type of class p4 or above: add it to `approved` of the environment, or grant an exception for a while.",
  parameters: {
    dev: { types: SINGLE, approved: NONE },
    staging: { types: [...SINGLE, ...FOURFOLD], approved: NONE },
    // Training in prod, at most 64 GPUs, no node without a job.
    prod: { types: [...SINGLE, ...FOURFOLD, ...LARGE], approved: ["p5.48xlarge"] },
  },
  elsewhere: { types: [ANY], approved: [ANY] },
  types: [NODE_POOL, NODE_GROUP, LAUNCH_TEMPLATE, "aws:ec2/instance:Instance"],
  check: (resource, { types, approved }) =>
    typesOf(resource).flatMap(({ property, type }): Fault[] => {
      if (type === undefined) {
        return [{ property, got: "nothing", want: "a list of instance types by name" }];
      }
      if (!lists(types, type)) {
        return [{ property, got: type, want: `one of ${types.join(", ")}` }];
      }
      return NEEDS_APPROVAL.test(type) && !lists(approved, type)
        ? [{ property, got: type, want: `one of the approved large types (${approved.join(", ") || "none"})` }]
        : [];
    }),
});

const lists = (list: readonly string[], type: string): boolean => list.includes(type) || list.includes(ANY);

/** GPU instance types that a resource may start; `undefined` where a pool leaves the choice to Karpenter. */
function typesOf(resource: Resource): { property: string; type: string | undefined }[] {
  const { type, inputs } = resource;
  if (type === NODE_POOL) {
    const named = isGpuPool(resource) ? allowed(resource, INSTANCE_TYPE) : undefined;
    const property = "spec.template.spec.requirements";
    return named?.length === 0 ? [{ property, type: undefined }] : (named ?? []).map((each) => ({ property, type: each }));
  }
  const property = type === NODE_GROUP ? "instanceTypes" : "instanceType";
  return texts(inputs, property)
    .filter(isGpuType)
    .map((each) => ({ property, type: each }));
}
