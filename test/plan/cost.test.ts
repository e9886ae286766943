import { describe, expect, it } from "vitest";
import { costOf } from "#plan/cost";
import type { Recorded } from "#plan/record";
import { inside, layer, planOf, registered } from "./sample.ts";

const costs = (...resources: Recorded[]) => costOf(planOf([layer("platform", resources)]));
const nodePool = (instance: string, limit: number, perNode: number) =>
  registered("kubernetes:karpenter.sh/v1:NodePool", "pool", {
    inputs: {
      metadata: { labels: { "millrace.dev/gpus-per-node": String(perNode) } },
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
    ["aws:lb/loadBalancer:LoadBalancer", { loadBalancerType: "network" }, "network load balancer", 16.425],
    ["aws:route53/zone:Zone", {}, "hosted zone", 0.5],
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

  it("takes GPU pools at their limit as the ceiling, and at zero as the rest", () => {
    const cost = costs(nodePool("p5.48xlarge", 64, 8), nodePool("g6e.xlarge", 16, 1));
    expect(cost.atRest).toBe(0);
    expect(cost.ceilingOf).toEqual(["8 × p5.48xlarge", "16 × g6e.xlarge"]);
    expect(cost.ceiling).toBeCloseTo(8 * 55.04 * 730 + 16 * 1.861 * 730, 6);
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
