import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { isPrivate, PRIVATE_RANGES } from "../network/cidr.ts";
import { domainName, fields, flag, input, listOf, matching, optional, text } from "../shape.ts";
import { check } from "../validation.ts";
import { NODE_PORTS } from "./gateway.ts";

export interface GatewayBalancerArgs {
  /** Name of the load balancer in AWS, at most 32 characters. */
  balancerName: string;

  /** VPC of the cluster, and its private subnets, one a zone. */
  vpcId: pulumi.Input<string>;
  subnetIds: readonly pulumi.Input<string>[];

  /** Private CIDRs that may call: the VPC's, and those of networks that are routed to it by peering or a transit gateway. */
  networks: readonly string[];

  /** Security group of the cluster's nodes. */
  nodeGroupId: pulumi.Input<string>;

  /** Auto Scaling group whose nodes are the targets. Any node passes a request on to a pod of the gateway. */
  autoScalingGroup: pulumi.Input<string>;

  /** Private hosted zone, and the domain that it is for: every name directly below leads to the load balancer. */
  zoneId: pulumi.Input<string>;
  domain: string;

  /**
   * ARN of a certificate in ACM that the load balancer shows to callers. Traffic to the gateway is encrypted again, with the gateway's own.
   * @default - the load balancer passes TLS through, and callers see the gateway's own certificate
   */
  certificateArn?: pulumi.Input<string>;

  /** Refuse to delete the load balancer through any tool. @default false */
  deletionProtection?: boolean;

  /** AWS principals (accounts, roles, users) that may connect to the models by PrivateLink. Each connection waits for a yes. @default - no PrivateLink */
  principals?: readonly string[];
}

/** Everything that listens. Nothing listens for HTTP. */
const HTTPS = 443;

/** HTTP/2 where the caller can: clients of gRPC give up without it (Network Load Balancer user guide, "ALPN policies"). */
const ALPN_POLICY = "HTTP2Preferred";

/** Elastic Load Balancing user guide, "Security policies": TLS 1.2 and 1.3. */
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06";

/**
 * The way of callers to the gateway: a network load balancer inside the VPC that listens for HTTPS and nothing else, a name for every
 * model, and, where principals are given, a service for PrivateLink.
 *
 * Made here and not by a Service of type LoadBalancer: so the plan shows it with its price, the policies see it, it has a name before
 * the first request, and it goes with the stack. Client addresses are not preserved: a pod that calls a model may then be sent back to
 * its own node (Network Load Balancer user guide, "Client IP preservation": with preservation such a connection fails).
 *
 * Wants `IngressGateway` with a domain: its node ports.
 *
 * @throws {pulumi.ResourceError} when the name is too long, a network is not private, there is no network, or the domain is invalid.
 */
export class GatewayBalancer extends Component {
  static override readonly shape = fields<GatewayBalancerArgs>({
    balancerName: matching(
      /^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/,
      "letters, digits and hyphens, at most 32 characters",
    ),
    vpcId: input(text),
    subnetIds: listOf(input(text)),
    networks: listOf(text),
    nodeGroupId: input(text),
    autoScalingGroup: input(text),
    zoneId: input(text),
    domain: domainName,
    certificateArn: optional(input(text)),
    deletionProtection: optional(flag),
    principals: optional(listOf(text)),
  });

  /** Name of the load balancer in DNS. */
  readonly dnsName: pulumi.Output<string>;
  /** Name by which callers in other accounts make an endpoint; absent without principals. */
  readonly endpointService?: pulumi.Output<string>;

  constructor(name: string, args: GatewayBalancerArgs, opts?: ComponentOptions) {
    super("mesh:GatewayBalancer", name, args, opts);
    validate(args, this);

    const child = { parent: this };
    const { vpcId, certificateArn } = args;
    const securityGroupId = this.#openings(name, args, child);
    const balancer = new aws.lb.LoadBalancer(
      name,
      {
        name: args.balancerName,
        loadBalancerType: "network",
        internal: true,
        subnets: [...args.subnetIds],
        securityGroups: [securityGroupId],
        enableCrossZoneLoadBalancing: true,
        enableDeletionProtection: args.deletionProtection ?? false,
        // Who connects by PrivateLink is decided by the service, and arrives with addresses of another network.
        enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "off",
      },
      child,
    );
    const nodes = new aws.lb.TargetGroup(
      `${name}-nodes`,
      { vpcId, targetType: "instance", ...target(certificateArn !== undefined), healthCheck: HEALTH },
      child,
    );
    new aws.autoscaling.Attachment(
      `${name}-targets`,
      { autoscalingGroupName: args.autoScalingGroup, lbTargetGroupArn: nodes.arn },
      child,
    );
    new aws.lb.Listener(
      `${name}-https`,
      {
        loadBalancerArn: balancer.arn,
        port: HTTPS,
        ...(certificateArn === undefined
          ? { protocol: "TCP" }
          : { protocol: "TLS", certificateArn, sslPolicy: TLS_POLICY, alpnPolicy: ALPN_POLICY }),
        defaultActions: [{ type: "forward", targetGroupArn: nodes.arn }],
      },
      child,
    );
    new aws.route53.Record(
      `${name}-names`,
      {
        zoneId: args.zoneId,
        name: `*.${args.domain}`,
        type: "A",
        aliases: [{ name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: true }],
      },
      child,
    );
    if (args.principals && args.principals.length > 0) {
      const service = new aws.ec2.VpcEndpointService(
        `${name}-service`,
        {
          networkLoadBalancerArns: [balancer.arn],
          allowedPrincipals: [...args.principals],
          acceptanceRequired: true,
          tags: { Name: args.balancerName },
        },
        child,
      );
      this.endpointService = service.serviceName;
    }

    this.dnsName = balancer.dnsName;
    this.registerOutputs({ dnsName: this.dnsName, endpointService: this.endpointService });
  }

  /** Callers to the load balancer on 443; the load balancer to the two node ports; nothing else. @returns its security group. */
  #openings(name: string, { vpcId, networks, nodeGroupId }: GatewayBalancerArgs, child: { parent: pulumi.Resource }) {
    const { id: securityGroupId } = new aws.ec2.SecurityGroup(
      `${name}-access`,
      { vpcId, description: "Load balancer of the models: HTTPS comes in, the gateway's node ports go out" },
      child,
    );
    for (const cidrIpv4 of networks) {
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-from-${cidrIpv4.replace(/[./]/g, "-")}`,
        { securityGroupId, cidrIpv4, ...tcpPort(HTTPS), description: `HTTPS from ${cidrIpv4}` },
        child,
      );
    }
    for (const [use, port] of Object.entries(NODE_PORTS)) {
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-to-${use}`,
        { securityGroupId, referencedSecurityGroupId: nodeGroupId, ...tcpPort(port), description: `Gateway, ${use}` },
        child,
      );
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-${use}-on-nodes`,
        {
          securityGroupId: nodeGroupId,
          referencedSecurityGroupId: securityGroupId,
          ...tcpPort(port),
          description: `Gateway, ${use}, from the load balancer`,
        },
        child,
      );
    }
    return securityGroupId;
  }
}

const tcpPort = (port: number) => ({ ipProtocol: "tcp", fromPort: port, toPort: port });

/** Targets speak TLS either way: passed through, or encrypted again behind a certificate of ACM. */
const target = (endsTls: boolean) => ({
  port: NODE_PORTS.https,
  protocol: endsTls ? "TLS" : "TCP",
  preserveClientIp: "false",
  // A stopping gateway ends its requests within 45 s.
  deregistrationDelay: 60,
});

/** Envoy's readiness, as the agent in its pod tells it. */
const HEALTH = { protocol: "HTTP", path: "/healthz/ready", port: String(NODE_PORTS.health), interval: 10, healthyThreshold: 2 };

function validate({ networks }: GatewayBalancerArgs, balancer: pulumi.Resource): void {
  check.length("networks", networks, { min: 1 }, balancer);
  for (const network of networks) {
    check.that(isPrivate(network), "networks", `private ranges (inside ${PRIVATE_RANGES.join(", ")})`, network, balancer);
  }
  check.distinct("networks", networks, balancer);
}
