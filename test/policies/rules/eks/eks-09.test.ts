import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";
import { nodeClass, template } from "./samples.ts";

describeRule("EKS-09", [
  {
    what: "nodes that answer to SSH",
    layer: "platform",
    resource: "system-nodes",
    change: (inputs) => (inputs.remoteAccess = { ec2SshKey: "ops" }),
    says: "platform-prod/system-nodes: 'remoteAccess' must be left out, got 'SSH'",
  },
  {
    what: "a subnet that gives out public addresses",
    layer: "foundation",
    resource: "network-private-a",
    change: (inputs) => (inputs.mapPublicIpOnLaunch = true),
    says: "foundation-prod/network-private-a: 'mapPublicIpOnLaunch' must be false, got 'true'",
    unknown: "mapPublicIpOnLaunch",
  },
  {
    ...template,
    what: "a second network interface on the internet",
    change: (inputs) => (inputs.networkInterfaces = [{ deviceIndex: 0 }, { associatePublicIpAddress: "true" }]),
    says: "platform-prod/system-nodes-template: 'networkInterfaces.1.associatePublicIpAddress' must be false, got 'true'",
    unknown: "networkInterfaces.1.associatePublicIpAddress",
  },
  {
    ...nodeClass,
    what: "GPU nodes on the internet",
    environment: "dev",
    change: (inputs) => (inputs.spec.associatePublicIPAddress = true),
    says: "platform-dev/training-class: 'spec.associatePublicIPAddress' must be false, got 'true'",
    unknown: "spec.associatePublicIPAddress",
  },
]);

describe("EKS-09", () => {
  it("looks at subnets only where nodes of a cluster may run", () => {
    const subnet = of("aws:ec2/subnet:Subnet", "s", { mapPublicIpOnLaunch: true });
    expect(found("EKS-09", [subnet])).toEqual([]);
    expect(found("EKS-09", [subnet, of("aws:eks/cluster:Cluster", "c", {})])).toEqual(["mapPublicIpOnLaunch: true"]);
  });
});
