import { describe, expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const TARGETS = "aws:lb/targetGroup:TargetGroup";
const ingress = { layer: "platform", resource: "ingress", type: BALANCER } as const;
const nodes = { layer: "platform", resource: "ingress-nodes", type: TARGETS } as const;

describeRule("NET-10", [
  {
    ...ingress,
    what: "a load balancer that a slip deletes",
    change: (inputs) => delete inputs.enableDeletionProtection,
    says: "platform-prod/ingress: 'enableDeletionProtection' must be true, got 'nothing'",
    unknown: "enableDeletionProtection",
  },
  {
    ...ingress,
    what: "a load balancer in one zone",
    change: (inputs) => (inputs.subnets = inputs.subnets.slice(0, 1)),
    says: "platform-prod/ingress: 'subnets' must be at least 2, each in a zone of its own, got '1'",
    unknown: "subnets",
  },
  {
    ...ingress,
    what: "a load balancer without a group",
    change: (inputs) => delete inputs.securityGroups,
    says: "platform-prod/ingress: 'securityGroups' must be a security group of its own, got 'nothing'",
    unknown: "securityGroups",
  },
  {
    ...nodes,
    what: "targets whose health nobody asks",
    change: (inputs) => (inputs.healthCheck.enabled = "false"),
    says: "platform-prod/ingress-nodes: 'healthCheck.enabled' must be true, got 'false'",
    unknown: "healthCheck.enabled",
  },
  {
    ...nodes,
    what: "targets that cannot call themselves",
    change: (inputs) => delete inputs.preserveClientIp,
    says: "platform-prod/ingress-nodes: 'preserveClientIp' must be false: a target that calls itself gets no answer, got 'nothing, which is true'",
    unknown: "preserveClientIp",
  },
]);

describe("NET-10", () => {
  const sound = { enableDeletionProtection: "true", subnets: ["a", "b"], securityGroups: ["sg-1"] };

  it.each<[string, object, string[]]>([
    [BALANCER, sound, []],
    [BALANCER, { ...sound, subnets: undefined, subnetMappings: [{ subnetId: "a" }, { subnetId: "b" }] }, []],
    [BALANCER, { ...sound, subnetMappings: [{ subnetId: "a" }] }, ["subnetMappings: 1"]],
    [BALANCER, { ...sound, loadBalancerType: "gateway", securityGroups: [] }, []],
    ["aws:alb/loadBalancer:LoadBalancer", { ...sound, securityGroups: [] }, ["securityGroups: nothing"]],
    [TARGETS, { targetType: "lambda", healthCheck: { enabled: false } }, []],
    [TARGETS, { protocol: "HTTP", healthCheck: { matcher: "200-399" } }, []],
    [TARGETS, { protocol: "HTTP", healthCheck: { matcher: "200,500-599" } }, ["healthCheck.matcher: 200,500-599"]],
    [TARGETS, { protocol: "HTTP", deregistrationDelay: 0 }, ["deregistrationDelay: 0"]],
    [TARGETS, { protocol: "TCP", targetType: "ip" }, []],
    [TARGETS, { protocol: "TCP", targetType: "ip", preserveClientIp: true }, ["preserveClientIp: true"]],
  ])("reads %s %j as %j", (type, inputs, faults) => {
    expect(found("NET-10", of(type, "x", inputs))).toEqual(faults);
  });

  it("leaves addresses of clients and older load balancers of others as they are", () => {
    const { elsewhere } = ruleOf("NET-10");
    const network = { enableDeletionProtection: true, subnets: ["a", "b"], loadBalancerType: "network" };
    expect(found("NET-10", of(BALANCER, "x", network), elsewhere)).toEqual([]);
    expect(found("NET-10", of(TARGETS, "x", { protocol: "TCP" }), elsewhere)).toEqual([]);
  });
});
