import { describe, expect, it } from "vitest";
import { NODE_PORTS } from "#components/mesh/gateway";
import { GatewayBalancer, type GatewayBalancerArgs } from "#components/mesh/gateway-balancer";
import { record, refusal } from "../../harness/graph.ts";
import { gatewayBalancer as minimal } from "../minimal.ts";
import { named } from "../named.ts";

const balancer = (args: Partial<GatewayBalancerArgs> = {}) =>
  record(() => new GatewayBalancer("ingress", { ...minimal, ...args }));

const CERTIFICATE = "arn:aws:acm:eu-west-1:111111111111:certificate/1";

describe("GatewayBalancer", () => {
  it("listens inside the VPC, for HTTPS alone, which it passes through", async () => {
    const graph = await balancer();
    expect(named(graph, "ingress").inputs).toMatchObject({ internal: true, loadBalancerType: "network" });
    const listeners = graph.filter(({ type }) => type === "aws:lb/listener:Listener");
    expect(listeners.map(({ inputs }) => [inputs["port"], inputs["protocol"]])).toEqual([[443, "TCP"]]);
    expect(named(graph, "ingress-nodes").inputs["protocol"]).toBe("TCP");
  });

  it("shows a certificate of ACM when it has one, and encrypts again behind it", async () => {
    const graph = await balancer({ certificateArn: CERTIFICATE });
    expect(named(graph, "ingress-https").inputs).toMatchObject({
      port: 443,
      protocol: "TLS",
      certificateArn: CERTIFICATE,
      sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
      // Clients of gRPC give up without it.
      alpnPolicy: "HTTP2Preferred",
    });
    expect(named(graph, "ingress-nodes").inputs["protocol"]).toBe("TLS");
  });

  it.each([undefined, CERTIFICATE])("lets a pod call a model on its own node (certificate: %s)", async (certificateArn) => {
    const { inputs } = named(await balancer(certificateArn === undefined ? {} : { certificateArn }), "ingress-nodes");
    expect([inputs["targetType"], inputs["preserveClientIp"]]).toEqual(["instance", "false"]);
  });

  it("opens what listens and nothing else, to whom it says", async () => {
    const graph = await balancer({ networks: ["10.10.0.0/16", "10.200.0.0/16"] });
    const rules = graph.filter(({ type }) => /SecurityGroup(In|E)gressRule$/.test(type));
    const ports = rules.map(({ inputs }) => `${inputs["fromPort"]}–${inputs["toPort"]} ${inputs["cidrIpv4"] ?? "a group"}`);
    const nodes = Object.values(NODE_PORTS).map((port) => `${port}–${port} a group`);
    expect(ports.sort()).toEqual([...nodes, ...nodes, "443–443 10.10.0.0/16", "443–443 10.200.0.0/16"].sort());
  });

  it("asks the gateway itself whether it is ready", async () => {
    expect(named(await balancer(), "ingress-nodes").inputs["healthCheck"]).toMatchObject({
      protocol: "HTTP",
      path: "/healthz/ready",
      port: String(NODE_PORTS.health),
    });
  });

  it("gives every name below the domain to the load balancer", async () => {
    expect(named(await balancer(), "ingress-names").inputs).toMatchObject({ name: "*.models.internal", type: "A", zoneId: "Z1" });
  });

  it("offers PrivateLink to those who are named, each after a yes", async () => {
    const kinds = async (args: Partial<GatewayBalancerArgs>) =>
      (await balancer(args)).filter(({ type }) => type === "aws:ec2/vpcEndpointService:VpcEndpointService");
    expect(await kinds({})).toEqual([]);
    expect(await kinds({ principals: [] })).toEqual([]);
    const [service] = await kinds({ principals: ["arn:aws:iam::222222222222:root"] });
    expect(service?.inputs).toMatchObject({
      allowedPrincipals: ["arn:aws:iam::222222222222:root"],
      acceptanceRequired: true,
    });
  });

  it.each<[Partial<GatewayBalancerArgs>, string]>([
    [
      { balancerName: "x".repeat(33) },
      `'balancerName' must be letters, digits and hyphens, at most 32 characters, got '${"x".repeat(33)}'`,
    ],
    [{ networks: [] }, "'networks' must be a list of at least 1 entries, got '0'"],
    [
      { networks: ["203.0.113.0/24"] },
      "'networks' must be private ranges (inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10), got '203.0.113.0/24'",
    ],
    [{ networks: ["10.0.0.0/16", "10.0.0.0/16"] }, "'networks' must be distinct, got '10.0.0.0/16'"],
    [{ domain: "internal" }, "'domain' must be a full domain name in lower case, without port or wildcard, got 'internal'"],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new GatewayBalancer("ingress", { ...minimal, ...args }))).toBe(message);
  });
});
