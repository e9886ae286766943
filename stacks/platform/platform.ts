import type * as pulumi from "@pulumi/pulumi";
import { Guardrails } from "#components/admission/guardrails";
import { CertManager } from "#components/certificates/cert-manager";
import { ClusterReader } from "#components/cluster/cluster-reader";
import { ArgoRollouts } from "#components/delivery/argo-rollouts";
import { IngressGateway } from "#components/mesh/gateway";
import { Mesh } from "#components/mesh/mesh";
import { admissionPolicies } from "#policies/admission";
import type { Context } from "../context.ts";
import { outputsOf, type PlatformOutputs, type Promised } from "../contracts.ts";
import { awsProvider, kubernetesProvider } from "../providers.ts";
import { clusterOf, defaultStorage } from "./cluster.ts";
import { gpuOf } from "./gpu.ts";
import { monitoringOf } from "./monitoring.ts";
import { secretsOf, trackingOf } from "./tracking.ts";

type Options = pulumi.ComponentResourceOptions;

/** The cluster with everything that serves all teams: GPUs and their queues, mesh, delivery, monitoring, tracking. */
export async function platform(context: Context): Promise<Promised<PlatformOutputs>> {
  const { profile, settings } = context;
  const foundation = await outputsOf("foundation", profile.name);
  const cloud = awsProvider("platform", context);

  const { cluster, ready } = clusterOf(context, foundation, cloud);
  const kubernetes = kubernetesProvider(
    { name: cluster.clusterName, endpoint: cluster.endpoint, certificateAuthority: cluster.certificateAuthority },
    settings.region,
    { dependsOn: ready },
  );
  const opts: Options = { providers: [cloud, kubernetes] };
  const storage = defaultStorage({ provider: kubernetes });
  new ClusterReader("plan-reader", {}, opts);
  new Guardrails("guardrails", { policies: admissionPolicies(profile.name) }, opts);

  const certificates = new CertManager("certificates", { replicas: profile.cluster.system.min > 2 ? 2 : 1 }, opts);
  const secrets = secretsOf(context, foundation, cluster, { ...opts, dependsOn: certificates });
  const monitoring = monitoringOf(context, { ...opts, dependsOn: [certificates, storage] });
  const monitored: Options = { ...opts, dependsOn: monitoring.crds };
  const gpu = gpuOf(context, foundation, { cluster, monitoring }, monitored);
  const mesh = new Mesh("mesh", { minReplicas: profile.cluster.system.min }, monitored);
  const gateway = new IngressGateway("gateway", { minReplicas: profile.cluster.system.min }, { ...monitored, dependsOn: mesh });
  new ArgoRollouts("delivery", {}, { ...monitored, dependsOn: mesh });
  const tracking = trackingOf(
    context,
    foundation,
    { cluster, secrets, monitoring },
    { ...monitored, dependsOn: [secrets, monitoring.crds] },
  );

  return {
    cluster: { name: cluster.clusterName, endpoint: cluster.endpoint, certificateAuthority: cluster.certificateAuthority },
    gateway: { namespace: gateway.namespace, name: gateway.gatewayName, selector: gateway.selector },
    monitoring: { namespace: monitoring.namespace, prometheusUrl: monitoring.prometheusUrl },
    tracking: { uri: tracking.uri, namespace: tracking.namespace },
    gpu,
  };
}
