import { describe, expect, it } from "vitest";
import { costNotes, costOf } from "#plan/cost";
import type { Recorded } from "#plan/record";
import { inside, layer, planOf, registered } from "./sample.ts";

const costs = (...resources: Recorded[]) => costIn("us-east-1", ...resources);
const costIn = (region: string, ...resources: Recorded[]) => costOf(planOf([layer("platform", resources)], { region }));
const nodePool = (instance: string, limit: number, perNode: number) =>
  registered("kubernetes:karpenter.sh/v1:NodePool", "pool", {
    inputs: {
      metadata: { name: "pool", labels: { "millrace.dev/gpus-per-node": String(perNode) } },
      spec: {
        limits: { "nvidia.com/gpu": String(limit) },
        template: { spec: { requirements: [{ key: "node.kubernetes.io/instance-type", operator: "In", values: [instance] }] } },
      },
    },
  });

describe("costOf", () => {
  it.each<[string, Record<string, any>, string, number]>([
    ["aws:eks/cluster:Cluster", {}, "control plane, standard support", 73],
    ["aws:ec2/natGateway:NatGateway", {}, "NAT gateway", 32.85],
    [
      "aws:ec2/vpcEndpoint:VpcEndpoint",
      { vpcEndpointType: "Interface", subnetIds: ["a", "b", "c"] },
      "endpoint in 3 zones",
      21.9,
    ],
    ["aws:ec2/eip:Eip", {}, "public IPv4 address", 3.65],
    ["aws:route53/zone:Zone", {}, "hosted zone", 0.5],
    ["aws:lb/loadBalancer:LoadBalancer", {}, "network load balancer", 16.425],
    ["kubernetes:core/v1:Service", { spec: { type: "LoadBalancer" } }, "network load balancer", 16.425],
    ["aws:kms/key:Key", {}, "key", 1],
    ["aws:secretsmanager/secret:Secret", {}, "secret", 0.4],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", {}, "alarm", 0.1],
    ["aws:rds/instance:Instance", { instanceClass: "db.t4g.small", allocatedStorage: 20 }, "db.t4g.small with 20 GiB", 25.66],
    [
      "aws:rds/instance:Instance",
      { instanceClass: "db.m7g.large", allocatedStorage: 100, multiAz: true },
      "db.m7g.large with 100 GiB in two zones",
      268.28,
    ],
    [
      "aws:rds/instance:Instance",
      { instanceClass: "db.t4g.small", allocatedStorage: 20, manageMasterUserPassword: true },
      "db.t4g.small with 20 GiB and a secret",
      26.06,
    ],
    ["kubernetes:helm.sh/v3:Release", { values: { service: { type: "LoadBalancer" } } }, "network load balancer", 16.425],
    [
      "kubernetes:helm.sh/v3:Release",
      {
        values: {
          prometheus: { replicas: 2, storageSpec: claim("200Gi") },
          alertmanager: { replicas: 3, storage: claim("10Gi") },
        },
      },
      "430 GiB of volumes",
      34.4,
    ],
    ["kubernetes:helm.sh/v3:Release", { values: { persistence: { enabled: true, size: "8Gi" } } }, "8 GiB of volumes", 0.64],
  ])("prices %s %j", (type, inputs, what, monthly) => {
    const { items, atRest } = costs(registered(type, "it", { inputs }));
    expect(items).toEqual([{ layer: "platform", component: "it", resource: "it", what, monthly: expect.closeTo(monthly, 6) }]);
    expect(atRest).toBeCloseTo(monthly, 6);
  });

  it("prices a group of instances at its smallest number, with the disk of its launch template", () => {
    const host = "millrace:access:AccessHost host";
    const { items } = costs(
      inside(host, "aws:ec2/launchTemplate:LaunchTemplate", "host-template", {
        instanceType: "t4g.nano",
        blockDeviceMappings: [{ ebs: { volumeSize: 8 } }],
      }),
      inside(host, "aws:autoscaling/group:Group", "host", { minSize: 1, maxSize: 1 }),
    );
    expect(items.map(({ what, monthly }) => [what, monthly.toFixed(3)])).toEqual([["1 × t4g.nano with 8 GiB", "3.706"]]);
  });

  it("prices managed nodes at their smallest number, with the disk of their launch template", () => {
    const nodes = "millrace:cluster:SystemNodes system";
    const { items } = costs(
      inside(nodes, "aws:ec2/launchTemplate:LaunchTemplate", "system-template", {
        blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volumeSize: 100 } }],
      }),
      inside(nodes, "aws:eks/nodeGroup:NodeGroup", "system", {
        instanceTypes: ["m7i.xlarge"],
        scalingConfig: { minSize: 3, maxSize: 6 },
        launchTemplate: { id: "lt-1" },
      }),
    );
    expect(items).toEqual([
      {
        layer: "platform",
        component: "system",
        resource: "system",
        what: "3 × m7i.xlarge with 100 GiB",
        monthly: expect.closeTo(465.504, 6),
      },
    ]);
  });

  it("asks nothing for gateway endpoints, for charts without volumes, for volumes that are off, or for what is free", () => {
    const { items, atRest } = costs(
      registered("aws:ec2/vpcEndpoint:VpcEndpoint", "s3", { inputs: { vpcEndpointType: "Gateway" } }),
      registered("kubernetes:helm.sh/v3:Release", "chart", {
        inputs: { values: { persistence: { enabled: false, size: "8Gi" } } },
      }),
      registered("aws:iam/role:Role", "role"),
    );
    expect({ items, atRest }).toEqual({ items: [], atRest: 0 });
  });

  const pods = (type: string, name: string, spec: object) =>
    registered(type, name, { inputs: { metadata: { name, namespace: "it" }, spec } });
  const template = (requests: object) => ({ spec: { containers: [{ name: "server", resources: { requests } }] } });
  const inZones = (...resources: Recorded[]) =>
    costOf(planOf([layer("foundation", [], { network: { zones: ["a", "b"] } }), layer("workloads", resources)]));

  it("counts the nodes that pools keep for what runs at rest, with their volumes, and none for jobs", () => {
    const pool = nodePool("m7i.xlarge", 0, 0);
    pool.inputs["spec"].limits = { cpu: "40" };
    pool.inputs["spec"].template.spec.nodeClassRef = { name: "cpu" };
    const nodeClass = registered("kubernetes:karpenter.k8s.aws/v1:EC2NodeClass", "cpu", {
      inputs: { metadata: { name: "cpu" }, spec: { blockDeviceMappings: [{ ebs: { volumeSize: "100Gi" } }] } },
    });
    const model = pods("kubernetes:argoproj.io/v1alpha1:Rollout", "fraud", { replicas: 4, template: template({ cpu: "3" }) });
    const scaler = pods("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "fraud", {
      scaleTargetRef: { name: "fraud" },
      minReplicas: 2,
      maxReplicas: 6,
    });
    const nightly = pods("kubernetes:batch/v1:CronJob", "nightly", {
      jobTemplate: { spec: { template: template({ cpu: "3" }) } },
    });
    const { items, atRest } = inZones(pool, nodeClass, model, scaler, nightly);
    expect(items.map(({ resource, what }) => [resource, what])).toEqual([["pool", "2 × m7i.xlarge with 100 GiB"]]);
    expect(atRest).toBeCloseTo(2 * (0.2016 * 730 + 100 * 0.08), 6);
    expect(inZones(pool, nodeClass, nightly).atRest).toBe(0);
  });

  it("takes GPU pools at their limit as the ceiling, and at zero as the rest", () => {
    const cost = costs(nodePool("p5.48xlarge", 64, 8), nodePool("g6e.xlarge", 16, 1));
    expect(cost.atRest).toBe(0);
    expect(cost.ceilingOf).toEqual(["8 × p5.48xlarge", "16 × g6e.xlarge"]);
    expect(cost.ceiling).toBeCloseTo(8 * 55.04 * 730 + 16 * 1.861 * 730, 6);
  });

  it("takes the size of the nodes' volumes from their class", () => {
    const pool = nodePool("g6.xlarge", 4, 1);
    pool.inputs["spec"].template.spec.nodeClassRef = { name: "training" };
    const nodeClass = registered("kubernetes:karpenter.k8s.aws/v1:EC2NodeClass", "training-class", {
      inputs: { metadata: { name: "training" }, spec: { blockDeviceMappings: [{ ebs: { volumeSize: "300Gi" } }] } },
    });
    const { ceiling, ceilingOf } = costs(pool, nodeClass);
    expect(ceilingOf).toEqual(["4 × g6.xlarge with 300 GiB"]);
    expect(ceiling).toBeCloseTo(4 * (0.8048 * 730 + 300 * 0.08), 6);
  });

  it("takes a pool of several types as full of the dearest, and bounds it by processors", () => {
    const pool = nodePool("m7i.2xlarge", 0, 0);
    pool.inputs["spec"].limits = { cpu: "56" };
    pool.inputs["spec"].template.spec.requirements[0].values = ["m6i.2xlarge", "m7i.2xlarge"];
    expect(costs(pool).ceilingOf).toEqual(["7 × m7i.2xlarge"]);
  });

  it("names a pool that has no limit", () => {
    const pool = nodePool("g6.xlarge", 4, 1);
    pool.inputs["spec"].limits = {};
    expect(costs(pool)).toMatchObject({ ceiling: 0, missing: ["pool pool"] });
  });

  const group = (type: string) =>
    registered("aws:eks/nodeGroup:NodeGroup", "system", { inputs: { instanceTypes: [type], scalingConfig: { minSize: 1 } } });
  const database = (instanceClass: string) =>
    registered("aws:rds/instance:Instance", "database", { inputs: { instanceClass, allocatedStorage: 10 } });

  it.each([
    ["us-east-1", 0.1008, 0.08],
    ["eu-north-1", 0.1071, 0.0836],
    ["eu-central-1", 0.12075, 0.08],
  ])("prices a node in %s by the list of that region", (region, hour, gib) => {
    expect(costIn(region, group("m7i.large")).atRest).toBeCloseTo(hour * 730 + 20 * gib, 6);
  });

  it.each<[what: string, resource: Recorded, region: string, missing: string]>([
    ["an unknown type", group("m99i.large"), "eu-north-1", "m99i.large"],
    ["a type without a price in the region", group("m7i.large"), "eu-central-2", "m7i.large"],
    ["a type in an unknown region", group("m7i.large"), "mars-north-1", "m7i.large"],
    ["an unknown class", database("db.m99g.large"), "us-east-1", "db.m99g.large"],
    ["a class without a price in the region", database("db.m8g.large"), "eu-west-1", "db.m8g.large"],
    ["a property of Object", group("toString"), "us-east-1", "toString"],
    ["a pool of an unknown type", nodePool("p9.48xlarge", 8, 8), "us-east-1", "pool pool"],
    ["a pool that is sold in blocks only", nodePool("p5e.48xlarge", 8, 8), "eu-north-1", "p5e.48xlarge"],
    ["a resource of an unknown type", registered("aws:msk/cluster:Cluster", "kafka"), "us-east-1", "aws:msk/cluster:Cluster"],
  ])("names %s, instead of $0", (_, resource, region, missing) => {
    const cost = costIn(region, resource);
    expect(cost.missing).toContain(missing);
    expect(costNotes(cost).join("\n")).toContain(`without ${cost.missing.join(", ")}: no price for`);
  });

  it("names the services at the price of another region, and what is paid by use", () => {
    const nat = registered("aws:ec2/natGateway:NatGateway", "nat");
    const balancer = registered("aws:lb/loadBalancer:LoadBalancer", "lb");
    expect(costNotes(costIn("eu-north-1", nat, balancer))).toEqual([
      "at prices of us-east-1, because those of eu-north-1 are not known: network load balancer",
      "paid by use and not counted: NAT gateway traffic",
    ]);
    expect(costNotes(costIn("us-east-1", balancer))).toEqual([]);
  });

  it.each([
    ["5", ["more at rest than the profile's monthlyBudget of $5: its notices come every month"]],
    ["17", []],
  ])("says whether the environment at rest exceeds a budget of $%s", (limitAmount, notes) => {
    const balancer = registered("aws:lb/loadBalancer:LoadBalancer", "lb");
    const budget = registered("aws:budgets/budget:Budget", "budget", { inputs: { limitAmount } });
    expect(costNotes(costIn("us-east-1", balancer, budget))).toEqual(notes);
  });

  it("books every sum on the component at the top", () => {
    const nat = inside("millrace:network:Network network", "aws:ec2/natGateway:NatGateway", "network-nat-a");
    expect(costs(nat, { ...nat, name: "network-nat-b" }).items.map(({ component, resource }) => [component, resource])).toEqual([
      ["network", "network-nat-a"],
      ["network", "network-nat-b"],
    ]);
  });
});

function claim(storage: string) {
  return { volumeClaimTemplate: { spec: { resources: { requests: { storage } } } } };
}
