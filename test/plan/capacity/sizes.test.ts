import { beforeAll, describe, expect, it } from "vitest";
import { type Capacity, capacityOf, clustersOf } from "#plan/capacity/capacity";
import { type EnvironmentPlan, planEnvironment } from "#plan/environment";
import type { Recorded } from "#plan/record";
import { profiles } from "#stacks/inputs/environments/index";
import { ENVIRONMENTS, type EnvironmentName, type Profile } from "#stacks/inputs/environments/profile";

const plans = {} as Record<EnvironmentName, EnvironmentPlan>;

beforeAll(async () => {
  for (const environment of ENVIRONMENTS) {
    plans[environment] = await planEnvironment(environment);
  }
});

/** A step that makes a pool smaller, in the resources that the profile's setting becomes. */
type Step = (inputs: Recorded["inputs"]) => void;

const isPool = (pool: string, { type, name, inputs }: Recorded): boolean =>
  type === "aws:eks/nodeGroup:NodeGroup" ? pool === "system" : type.endsWith(":NodePool") && name === pool && inputs["spec"];

/** The plan of an environment with one pool changed. The queues shrink with the pool, as they do when the profile says less. */
function stepped(environment: EnvironmentName, pool: string, step: Step): Capacity {
  const plan = plans[environment];
  const before = new Set(plan.layers.flatMap(({ resources }) => resources.filter((each) => isPool(pool, each))));
  expect(before.size).toBe(1);
  const layers = plan.layers.map((layer) => ({
    ...layer,
    resources: layer.resources.map((resource) => {
      if (before.has(resource)) {
        const inputs = structuredClone(resource.inputs);
        step(inputs);
        return { ...resource, inputs };
      }
      return pool !== "system" && resource.type.endsWith(":ClusterQueue") ? emptied(resource, pool) : resource;
    }),
  }));
  return capacityOf({ ...plan, layers });
}

/** A queue that grants nothing of a pool: what is refused then is refused for the pool's own sake. */
function emptied(queue: Recorded, pool: string): Recorded {
  const inputs = structuredClone(queue.inputs);
  for (const { flavors } of inputs["spec"].resourceGroups) {
    for (const { resources } of flavors.filter(({ name }: { name: string }) => name === pool && pool !== "cpu")) {
      for (const resource of resources) {
        resource.nominalQuota = "0";
      }
    }
  }
  return { ...queue, inputs };
}

const typesOf = (inputs: Recorded["inputs"]): { values: string[] } =>
  inputs["spec"].template.spec.requirements.find(({ key }: { key: string }) => key === "node.kubernetes.io/instance-type");

const nodes: Step = (inputs) => {
  inputs["scalingConfig"].minSize -= 1;
  inputs["subnetIds"].pop();
};
const systemType =
  (type: string): Step =>
  (inputs) => {
    inputs["instanceTypes"] = [type];
  };
const limit =
  (resource: string, step: number): Step =>
  ({ spec: { limits } }) => {
    limits[resource] = String(Number(limits[resource]) - step);
  };
const types =
  (...smaller: string[]): Step =>
  (inputs) => {
    typesOf(inputs).values = smaller;
  };

const GPUS = "nvidia.com/gpu";
const STEPS: [EnvironmentName, pool: string, what: string, step: Step, named: RegExp][] = [
  ["dev", "system", "one node fewer", nodes, /cluster\.system\.min/],
  ["dev", "system", "t3.medium", systemType("t3.medium"), /cluster\.system\.instanceType/],
  ["dev", "cpu", "one node fewer", limit("cpu", 4), /cpu\.maxCpus/],
  ["dev", "cpu", "large for xlarge", types("m7i.large", "m6i.large"), /cpu\.instanceTypes/],
  ["dev", "training", "one GPU fewer", limit(GPUS, 1), /gpu\.training\.maxGpus/],
  ["dev", "training", "T4 for L4", types("g4dn.xlarge"), /gpu\.training\.instanceType/],
  ["dev", "inference", "one GPU fewer", limit(GPUS, 1), /gpu\.inference\.maxGpus/],
  ["dev", "inference", "T4 for L4", types("g4dn.xlarge"), /gpu\.inference\.instanceType/],
  ["staging", "system", "one node fewer", nodes, /cluster\.system\.min/],
  ["staging", "system", "t3.medium", systemType("t3.medium"), /cluster\.system\.instanceType/],
  ["staging", "cpu", "one node fewer", limit("cpu", 4), /cpu\.maxCpus/],
  ["staging", "cpu", "large for xlarge", types("m7i.large", "m6i.large"), /cpu\.instanceTypes/],
  ["staging", "training", "one GPU fewer", limit(GPUS, 1), /gpu\.training\.maxGpus/],
  ["staging", "training", "T4 for L4", types("g4dn.xlarge"), /gpu\.training\.instanceType/],
  ["staging", "inference", "one GPU fewer", limit(GPUS, 1), /gpu\.inference\.maxGpus/],
  ["staging", "inference", "T4 for L4", types("g4dn.xlarge"), /gpu\.inference\.instanceType/],
  ["prod", "system", "one node fewer", nodes, /cluster\.system\.min/],
  ["prod", "system", "m7i.large for m7i.xlarge", systemType("m7i.large"), /cluster\.system\.instanceType/],
  ["prod", "cpu", "one node fewer", limit("cpu", 8), /cpu\.maxCpus/],
  ["prod", "cpu", "xlarge for 2xlarge", types("m7i.xlarge", "m6i.xlarge"), /cpu\.instanceTypes/],
  ["prod", "training", "one node fewer", limit(GPUS, 8), /gpu\.training\.maxGpus/],
  ["prod", "training", "half the memory a GPU", types("p4d.24xlarge"), /gpu\.training\.instanceType/],
  ["prod", "training", "one GPU a node", types("p5.4xlarge"), /gpu\.training\.instanceType/],
  ["prod", "inference", "one GPU fewer", limit(GPUS, 1), /gpu\.inference\.maxGpus/],
  ["prod", "inference", "L4 for L40S", types("g6.xlarge"), /gpu\.inference\.instanceType/],
];

describe("a pool that is one step smaller is refused, with what it no longer carries and the setting to change", () => {
  it.each(STEPS)("%s, %s: %s", (environment, pool, _, step, named) => {
    const { refusals } = stepped(environment, pool, step);
    expect(refusals.length).toBeGreaterThan(0);
    expect(refusals[0]).toMatch(new RegExp(`^${environment}: pool '${pool}' does not (fit|carry) .*\\d.* asked.*\\d+.*: [^.]+`));
    expect(refusals.join("\n")).toMatch(named);
  });

  it("covers each pool of each environment", () => {
    const covered = new Set(STEPS.map(([environment, pool]) => `${environment} ${pool}`));
    const pools = ENVIRONMENTS.flatMap((environment) =>
      capacityOf(plans[environment]).pools.map(({ pool }) => `${environment} ${pool}`),
    );
    expect([...covered].sort()).toEqual(pools.sort());
  });
});

/** The capacity of an environment whose profile promises something else. The plan is the same: a promise makes no resource. */
function promising(environment: EnvironmentName, change: (profile: Profile) => void): Capacity {
  const before = structuredClone(profiles[environment]);
  change(profiles[environment]);
  try {
    return capacityOf(plans[environment]);
  } finally {
    Object.assign(profiles[environment], before);
  }
}

describe.each(ENVIRONMENTS)("capacity of %s", (environment) => {
  it("holds every pod in every situation, and what the profile promises", () => {
    const { refusals, pools } = capacityOf(plans[environment]);
    expect(refusals).toEqual([]);
    expect(pools.map(({ pool }) => pool)).toEqual(["system", "cpu", "inference", "training"]);
  });

  it("is not larger than what the profile promises to train and to serve", () => {
    const more = (carries: { pods: number }) => (carries.pods += 1);
    for (const pool of ["training", "inference"] as const) {
      const { refusals } = promising(environment, ({ gpu }) => more(gpu[pool].carries));
      expect(refusals).toEqual([expect.stringContaining(`pool '${pool}' does not carry what \`gpu.${pool}.carries\` promises`)]);
    }
  });

  it("tells of a job that the queues never admit", () => {
    const { notes } = promising(environment, ({ cpu }) => (cpu.carries.pods = 1_000));
    expect(notes.join("\n")).toContain("the queues of pool 'cpu' admit");
    expect(capacityOf(plans[environment]).notes.join("\n")).not.toContain("queues");
  });
});

it("a changed profile reaches the pools", async () => {
  const { gpu, serving } = profiles.dev;
  const before = structuredClone({ gpu, serving });
  gpu.training.maxGpus -= 1;
  Object.assign(serving, { gpus: 1, minReplicas: 1, maxReplicas: gpu.inference.maxGpus });
  try {
    const { refusals } = capacityOf(await planEnvironment("dev"));
    expect(refusals).toEqual([
      // The pool holds one version at its largest, and a release needs two.
      expect.stringMatching(/pool 'inference' does not fit .+: raise `gpu.inference.maxGpus`$/),
      expect.stringMatching(/^dev: pool 'training' does not carry .+: 2 pods of 1 GPUs, .+ 1 find room on 1 × g6.xlarge/),
    ]);
  } finally {
    Object.assign(profiles.dev, before);
  }
});

it("refuses a pool in zones that the network does not have", () => {
  const inZone = (zone: string) =>
    stepped("dev", "training", ({ spec }) =>
      spec.template.spec.requirements.push({ key: "topology.kubernetes.io/zone", operator: "In", values: [zone] }),
    ).refusals;
  expect(inZone("us-west-2a")[0]).toMatch(
    /^dev: the zones of pool 'training' must be zones of the network \(.+\), got 'us-west-2a'$/,
  );
  expect(inZone("eu-north-1a")).toEqual([]);
});

describe("the loss of a zone", () => {
  const keeps = (environment: EnvironmentName, zoneLoss: Profile["cluster"]["zoneLoss"]) =>
    promising(environment, ({ cluster }) => (cluster.zoneLoss = zoneLoss));

  it("is what each environment promises", () => {
    expect(ENVIRONMENTS.map((environment) => profiles[environment].cluster.zoneLoss.keeps)).toEqual([
      "nothing",
      "nothing",
      "everything",
    ]);
  });

  it("is told where nothing is promised for it, and refused where everything is", () => {
    const { notes, waitForZone, refusals } = capacityOf(plans.staging);
    expect(refusals).toEqual([]);
    expect(notes).toEqual([expect.stringContaining("staging: pool 'system' does not fit with one zone lost")]);
    expect(waitForZone).toContain("monitoring/prometheus");
    const strict = keeps("staging", { keeps: "everything", waits: waitForZone });
    expect([strict.notes, strict.refusals]).toEqual([[], notes]);
  });

  it("may stop only what the profile names", () => {
    expect(keeps("prod", { keeps: "everything", waits: [] }).refusals).toEqual([
      expect.stringMatching(
        /^prod: 'monitoring\/prometheus-pushgateway' must go on when one zone is lost, got all its volumes in one zone/,
      ),
    ]);
    const waits = ["monitoring/prometheus-pushgateway", "monitoring/prometheus"];
    expect(keeps("prod", { keeps: "everything", waits }).refusals).toEqual([
      expect.stringMatching(
        /must name workloads that stop with their zone, got 'monitoring\/prometheus', which does not: remove it$/,
      ),
    ]);
  });
});

it("refuses yesterday's sizes: two nodes that anybody's pods may stand on", () => {
  const { refusals } = stepped("dev", "system", nodes);
  expect(refusals[0]).toContain("dev: pool 'system' does not fit");
  expect(refusals[0]).toContain("3,860m and 11.7 GiB allocatable on 2 × t3.large");
});

describe("a release", () => {
  /** Pods of a model in the situation, where its canary's old version stays or shrinks. */
  const podsOf = (shrinks: boolean, situation: "one release" | "autoscalers at most"): number => {
    const { layers, ...plan } = plans.prod;
    const changed = layers.map((layer) => ({
      ...layer,
      resources: layer.resources.map((resource) => {
        const inputs = structuredClone(resource.inputs);
        if (shrinks && resource.type.endsWith(":Rollout")) {
          inputs["spec"].strategy.canary.dynamicStableScale = true;
        }
        return { ...resource, inputs };
      }),
    }));
    const { clusters } = clustersOf({ ...plan, layers: changed });
    return clusters[situation].nodes.flatMap(({ pods }) => pods).filter(({ of }) => of.doubles).length;
  };

  it("has the pods of two versions, or fewer where the old one shrinks as the new one grows", () => {
    // Three servers at rest, twelve at most; the largest increase is that from 50 to 100 %.
    expect([podsOf(false, "one release"), podsOf(true, "one release")]).toEqual([6, 5]);
    expect([podsOf(false, "autoscalers at most"), podsOf(true, "autoscalers at most")]).toEqual([24, 18]);
  });
});
