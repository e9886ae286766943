import type { CertManager } from "#components/certificates/cert-manager";
import type { Cluster } from "#components/cluster/cluster";
import type { SystemNodes } from "#components/cluster/system-nodes";
import type { ComponentOptions } from "#components/component";
import { IngressGateway } from "#components/mesh/gateway";
import { GatewayBalancer } from "#components/mesh/gateway-balancer";
import type { Mesh } from "#components/mesh/mesh";
import { GrafanaRoute } from "#components/monitoring/grafana-route";
import type { PrometheusCrds } from "#components/monitoring/prometheus-crds";
import type { PrometheusStack } from "#components/monitoring/prometheus-stack";
import { ON_SYSTEM_NODES } from "#components/placement";
import type { Context } from "../context.ts";
import type { FoundationOutputs } from "../contracts.ts";
import { readPace } from "../inputs/pace.ts";
import { DOMAIN, PAGES, prefixOf } from "../names.ts";

interface Neighbours {
  cluster: Cluster;
  nodes: SystemNodes;
  certificates: CertManager;
  mesh: Mesh;
  monitoring: PrometheusStack;
  monitors: PrometheusCrds;
}

/** The gateway, the load balancer with its names in front of it, and the route to Grafana. */
export function ingressOf(
  context: Context,
  { network }: FoundationOutputs,
  { cluster, nodes, certificates, mesh, monitoring, monitors }: Neighbours,
  opts: ComponentOptions,
) {
  const { profile, settings } = context;
  const { networks = [], principals = [], certificate } = settings.callers ?? {};
  const gateway = new IngressGateway(
    "gateway",
    {
      minReplicas: profile.cluster.replicas.mesh,
      domain: DOMAIN,
      placement: ON_SYSTEM_NODES,
      scrapeSeconds: readPace(profile)().scrapeSeconds,
    },
    { ...opts, dependsOn: [mesh, certificates, monitors] },
  );
  const balancer = new GatewayBalancer(
    "ingress",
    {
      balancerName: `${prefixOf(context)}-models`,
      vpcId: network.vpcId,
      subnetIds: network.privateSubnetIds,
      networks: [network.vpcCidr, ...networks],
      nodeGroupId: cluster.securityGroupId,
      autoScalingGroup: nodes.autoScalingGroup,
      zoneId: network.zoneId,
      domain: DOMAIN,
      deletionProtection: profile.protection.deletion,
      principals,
      ...(certificate !== undefined && { certificateArn: certificate }),
    },
    opts,
  );
  const object = { namespace: gateway.namespace, name: gateway.gatewayName };
  new GrafanaRoute(
    "grafana-route",
    { host: PAGES.dashboards, namespace: monitoring.namespace, gateway: object },
    { ...opts, dependsOn: [gateway, monitoring] },
  );
  return { gateway, balancer };
}
