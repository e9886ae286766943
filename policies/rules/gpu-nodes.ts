import type { Resource } from "../resource.ts";
import { type Fault, levels, rule } from "../rule.ts";
import { allowed, GPU, INSTANCE_TYPE, isGpuGroup, isGpuPool, isGpuType, NODE_GROUP, NODE_POOL } from "./gpu-pools.ts";

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

/** An hour of one of them costs what a day of the others does. */
const NEEDS_APPROVAL = /^p[4-9]/;

const HOLDERS = ["aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/instance:Instance"];

export const instanceTypes = rule({
  id: "GPU-02",
  title: "GPU nodes are of types that the environment may have, and the largest are approved for a time",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: [],
  remediation:
    "Choose a type of the list. Classes p4 and above are approved by an exception to this rule, which has a ticket, an owner and a last day.",
  parameters: {
    dev: { types: SINGLE },
    staging: { types: [...SINGLE, ...FOURFOLD] },
    prod: { types: [...SINGLE, ...FOURFOLD, ...LARGE] },
  },
  types: [NODE_POOL, NODE_GROUP, ...HOLDERS],
  // An approval is an exception and not an annotation: only exceptions are held against the day, so that an approval ends.
  check: (resource, { types }) =>
    typesOf(resource).flatMap(({ property, type }): Fault[] => {
      if (type === undefined) {
        return [{ property, got: "nothing", want: "a list of instance types by name" }];
      }
      if (!types.includes(type)) {
        return [{ property, got: type, want: `one of ${types.join(", ")}` }];
      }
      return NEEDS_APPROVAL.test(type)
        ? [{ property, got: type, want: "approved, by an exception with ticket and last day" }]
        : [];
    }),
});

/** GPU instance types that a resource may start; `undefined` where a pool leaves the choice to Karpenter. */
function typesOf(resource: Resource): { property: string; type: string | undefined }[] {
  const { type, inputs } = resource;
  if (type === NODE_POOL) {
    const named = isGpuPool(resource) ? allowed(resource, INSTANCE_TYPE) : undefined;
    const property = "spec.template.spec.requirements";
    return named?.length === 0 ? [{ property, type: undefined }] : (named ?? []).map((each) => ({ property, type: each }));
  }
  const [property, named] =
    type === NODE_GROUP
      ? ["instanceTypes", (inputs.instanceTypes ?? []) as string[]]
      : ["instanceType", inputs.instanceType === undefined ? [] : [inputs.instanceType as string]];
  return named.filter(isGpuType).map((each) => ({ property: property as string, type: each }));
}

interface Bounds {
  /** Most GPUs of a pool. */
  gpus: number;
  /** Most nodes of a managed node group. */
  nodes: number;
  /** Whether a managed node group may keep nodes that nobody asked for. */
  idle: boolean;
}

export const upperBound = rule<Bounds>({
  id: "GPU-03",
  title: "GPU nodes have a highest number, and go when they are empty or old",
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
  types: [NODE_POOL, NODE_GROUP],
  check: (resource, bounds) => {
    if (resource.type === NODE_POOL) {
      return isGpuPool(resource) ? [...poolLimit(resource, bounds), ...poolTurnover(resource)] : [];
    }
    return isGpuGroup(resource) ? groupSize(resource, bounds) : [];
  },
});

function poolLimit({ inputs }: Resource, { gpus }: Bounds): Fault[] {
  const limit: string | undefined = inputs.spec.limits?.[GPU];
  const bounded = limit !== undefined && Number(limit) <= gpus;
  return bounded ? [] : [{ property: `spec.limits.${GPU}`, got: limit ?? "nothing", want: `at most ${gpus}` }];
}

function poolTurnover(pool: Resource): Fault[] {
  const { disruption = {}, template } = pool.inputs.spec;
  const { consolidateAfter = "nothing" } = disruption;
  const { expireAfter = "nothing" } = template.spec;
  // An empty node of a reservation is paid for whether it stands or not.
  const reserved = allowed(pool, "karpenter.sh/capacity-type").join() === "reserved";
  const faults: Fault[] = [];
  if (consolidateAfter === "nothing" || (consolidateAfter === "Never" && !reserved)) {
    faults.push({ property: "spec.disruption.consolidateAfter", got: consolidateAfter, want: "a time, for example 300s" });
  }
  if (expireAfter === "nothing" || expireAfter === "Never") {
    faults.push({ property: "spec.template.spec.expireAfter", got: expireAfter, want: "a time, for example 720h" });
  }
  return faults;
}

function groupSize({ inputs }: Resource, { nodes, idle }: Bounds): Fault[] {
  const { minSize = 0, maxSize } = inputs.scalingConfig;
  return [
    ...(maxSize <= nodes ? [] : [{ property: "scalingConfig.maxSize", got: String(maxSize), want: `at most ${nodes}` }]),
    ...(idle || minSize === 0 ? [] : [{ property: "scalingConfig.minSize", got: String(minSize), want: "0" }]),
  ];
}
