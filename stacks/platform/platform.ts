import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { Guardrails } from "#components/admission/guardrails";
import { Keda } from "#components/autoscaling/keda";
import { CertManager } from "#components/certificates/cert-manager";
import { ClusterReader } from "#components/cluster/cluster-reader";
import type { ComponentOptions } from "#components/component";
import { ArgoRollouts } from "#components/delivery/argo-rollouts";
import { Mesh } from "#components/mesh/mesh";
import { PrometheusCrds } from "#components/monitoring/prometheus-crds";
import { ON_SYSTEM_NODES, PLATFORM_PRIORITY } from "#components/placement";
import { admissionPolicies } from "#policies/admission";
import type { Context } from "../context.ts";
import { outputsOf, type PlatformOutputs, type Promised } from "../contracts.ts";
import { mirrorOf } from "../inputs/mirror.ts";
import { DOMAIN } from "../names.ts";
import { awsProvider, kubernetesProvider } from "../providers.ts";
import { readersOf } from "../rights.ts";
import { refuseElsewhere } from "../same-account.ts";
import { clusterOf, defaultStorage } from "./cluster.ts";
import { featuresOf } from "./features.ts";
import { gpuOf } from "./gpu.ts";
import { ingressOf } from "./ingress.ts";
import { monitoringOf } from "./monitoring.ts";
import { secretsOf, trackingOf } from "./tracking.ts";

/** The cluster with everything that serves all teams: GPUs and their queues, mesh, delivery, monitoring, tracking. */
export async function platform(context: Context): Promise<Promised<PlatformOutputs>> {
  const { profile, settings } = context;
  const { replicas } = profile.cluster;
  const foundation = await outputsOf("foundation", profile.name);
  refuseElsewhere(foundation, context);
  const cloud = awsProvider("platform", context);

  const { cluster, nodes, ready } = clusterOf(context, foundation, cloud);
  const kubernetes = kubernetesProvider(
    { name: cluster.clusterName, endpoint: cluster.endpoint, certificateAuthority: cluster.certificateAuthority },
    settings.region,
    { dependsOn: ready },
  );
  const opts: ComponentOptions = { providers: [cloud, kubernetes], ...mirrorOf(settings) };
  const storage = defaultStorage({ provider: kubernetes });
  new ClusterReader("plan-reader", {}, opts);
  for (const { role, group, logs } of readersOf(profile.name)) {
    new ClusterReader(`${role}-reader`, { group, logs }, opts);
  }
  new Guardrails("guardrails", { policies: admissionPolicies(profile.name) }, opts);

  const priority = platformPriority({ provider: kubernetes });
  const placement = ON_SYSTEM_NODES;
  const monitors = new PrometheusCrds("monitoring-crds", opts);
  const certificates = new CertManager(
    "certificates",
    { replicas: replicas.controllers, placement, monitorLabels: {} },
    { ...opts, dependsOn: [priority, monitors] },
  );
  const secrets = secretsOf(context, foundation, cluster, { ...opts, dependsOn: [certificates, monitors] });
  const monitoring = monitoringOf(context, secrets, {
    ...opts,
    dependsOn: [monitors, certificates, storage, ...(settings.signOn ? [secrets] : [])],
  });
  const monitored: ComponentOptions = { ...opts, dependsOn: monitors };
  const pools = gpuOf(context, foundation, { cluster, monitoring }, monitored);
  const mesh = new Mesh("mesh", { minReplicas: replicas.mesh, placement }, monitored);
  const { gateway, balancer } = ingressOf(
    context,
    foundation,
    { cluster, nodes, certificates, mesh, monitoring, monitors },
    opts,
  );
  new ArgoRollouts("delivery", { placement }, { ...monitored, dependsOn: mesh });
  if (profile.serving.byLoad) {
    new Keda(
      "autoscaling",
      {
        monitoringNamespace: monitoring.namespace,
        vpcCidr: foundation.network.vpcCidr,
        replicas: replicas.controllers,
        placement,
      },
      { ...opts, dependsOn: [monitors, certificates] },
    );
  }
  const tracking = trackingOf(
    context,
    foundation,
    { cluster, secrets, monitoring, gateway },
    { ...monitored, dependsOn: [secrets, monitors, gateway] },
  );
  if (settings.featuresImage) {
    const neighbours = { cluster, secrets, monitoring };
    const after = { ...monitored, dependsOn: [secrets, monitors, priority] };
    featuresOf(context, settings.featuresImage, foundation, neighbours, after);
  }

  return {
    cluster: { name: cluster.clusterName, endpoint: cluster.endpoint, certificateAuthority: cluster.certificateAuthority },
    gateway: { namespace: gateway.namespace, name: gateway.gatewayName, selector: gateway.selector },
    ingress: {
      domain: DOMAIN,
      balancer: balancer.dnsName,
      ...(balancer.endpointService && { endpointService: balancer.endpointService }),
    },
    monitoring: { namespace: monitoring.namespace, prometheusUrl: monitoring.prometheusUrl },
    tracking: { uri: tracking.uri, namespace: tracking.namespace },
    ...pools,
  };
}

/** Above every pod of a team: a queue's jobs and model servers never push the platform aside. */
function platformPriority(opts: pulumi.CustomResourceOptions): k8s.scheduling.v1.PriorityClass {
  return new k8s.scheduling.v1.PriorityClass(
    "platform-priority",
    { metadata: { name: PLATFORM_PRIORITY }, value: 1_000_000, description: "What all teams depend on" },
    opts,
  );
}
