import { type Fault, ofEach, unless } from "../../findings.ts";
import { nameOf } from "../../kubernetes/objects.ts";
import { NODE_POOL } from "../../kubernetes/types.ts";
import { text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { CAPACITY_TYPE, isGpuPool, queuedPools, RESOURCE_FLAVORS, requirementsOf } from "./pools.ts";

interface Serving {
  /** Names of pools on which models are served. */
  pools: readonly string[];
}

export const GPU_14 = stackRule<Serving>({
  id: "GPU-14",
  title: "Models are served from machines that AWS does not take back",
  severity: "medium",
  levels: levels("–/A/M"),
  frameworks: ["SOC2 A1.2"],
  remediation: `Let the pool require \`${CAPACITY_TYPE}\` In \`["reserved", "on-demand"]\`. A queue's jobs continue from a checkpoint, so their pool may use spot.`,
  parameters: { dev: { pools: [] }, staging: { pools: ["inference"] }, prod: { pools: ["inference", "cpu"] } },
  elsewhere: { pools: [] },
  types: [NODE_POOL, ...RESOURCE_FLAVORS],
  relate: (resources, { pools }) => {
    const queues = resources.some(({ type }) => RESOURCE_FLAVORS.includes(type));
    return ofEach(
      resources.filter(({ type }) => type === NODE_POOL),
      (pool) => {
        // Where queues hand out GPUs, a pool of GPUs behind none of them is there for servers.
        const serves = pools.includes(nameOf(pool)) || (queues && isGpuPool(pool) && !queuedPools(resources).includes(pool));
        return serves ? returnable(pool) : [];
      },
    );
  },
});

/** What a pool may buy: everything, unless a requirement says otherwise. */
function returnable(resource: Resource): Fault[] {
  const own = requirementsOf(resource).filter((each) => text(each, "key") === CAPACITY_TYPE);
  const closed = own.some((each) => {
    const values = texts(each, "values");
    const operator = text(each, "operator");
    return operator === "In" ? values.length > 0 && !values.includes("spot") : operator === "NotIn" && values.includes("spot");
  });
  return unless(closed, {
    resource,
    property: "spec.template.spec.requirements",
    got: own.map((each) => `${text(each, "operator") ?? ""} ${texts(each, "values").join(", ")}`).join("; ") || "any kind",
    want: `${CAPACITY_TYPE} without spot`,
  });
}
