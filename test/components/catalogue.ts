import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AccessHost } from "#components/access/access-host";
import { CiRunner } from "#components/access/ci-runner";
import { Guardrails } from "#components/admission/guardrails";
import { AuditTrail } from "#components/audit/trail";
import { CertManager } from "#components/certificates/cert-manager";
import { PrivateCertificate } from "#components/certificates/private-certificate";
import { CiRoles } from "#components/ci/ci-roles";
import { Publishers } from "#components/ci/publishers";
import { ClusterAccess } from "#components/cluster/access-entries";
import { Addons } from "#components/cluster/addons";
import { Cluster } from "#components/cluster/cluster";
import { ClusterLogs } from "#components/cluster/cluster-logs";
import { ClusterReader } from "#components/cluster/cluster-reader";
import { NodeRole } from "#components/cluster/node-role";
import { SystemNodes } from "#components/cluster/system-nodes";
import type { Component, ComponentOptions } from "#components/component";
import { MonthlyBudget } from "#components/cost/budget";
import { Postgres } from "#components/database/postgres";
import { ArgoRollouts } from "#components/delivery/argo-rollouts";
import { DcgmExporter } from "#components/gpu/dcgm-exporter";
import { DevicePlugin } from "#components/gpu/device-plugin";
import { InterruptionQueue } from "#components/gpu/interruption-queue";
import { Karpenter } from "#components/gpu/karpenter";
import { NodePool } from "#components/gpu/node-pool";
import { LinkedRole } from "#components/identity/linked-role";
import { PodRole } from "#components/identity/pod-role";
import { RoleBoundary } from "#components/identity/role-boundary";
import { EncryptionKey } from "#components/keys/key";
import { IngressGateway } from "#components/mesh/gateway";
import { GatewayBalancer } from "#components/mesh/gateway-balancer";
import { Mesh } from "#components/mesh/mesh";
import { GrafanaRoute } from "#components/monitoring/grafana-route";
import { ModelMonitoring } from "#components/monitoring/model-monitoring";
import { MonitoringRules } from "#components/monitoring/monitoring-rules";
import { PrometheusCrds } from "#components/monitoring/prometheus-crds";
import { PrometheusStack } from "#components/monitoring/prometheus-stack";
import { Pushgateway } from "#components/monitoring/pushgateway";
import { InterfaceEndpoints } from "#components/network/endpoints";
import { Network } from "#components/network/network";
import { ImageRepository } from "#components/registry/image-repository";
import { ExternalSecrets } from "#components/secrets/external-secrets";
import { ModelServing } from "#components/serving/model-serving";
import { ObjectStore } from "#components/storage/object-store";
import { FencedNamespace } from "#components/teams/fenced-namespace";
import { JobsIdentity } from "#components/teams/jobs-identity";
import { Team } from "#components/teams/team";
import { TrackingServer } from "#components/tracking/tracking-server";
import { QueueGuard } from "#components/training/queue-guard";
import { TrainingQueues } from "#components/training/queues";
import { TeamQueue } from "#components/training/team-queue";
import { PROJECT_FOLDER } from "#engine/project";
import * as minimal from "./minimal.ts";
import * as serving from "./serving/fixture.ts";
import * as tracking from "./tracking/fixture.ts";

type Make = (name: string, opts?: ComponentOptions) => Component;

/** Every component, by folder and class, with arguments for which it makes all that it can make. */
export const CATALOGUE: Record<string, Make> = {
  "access:AccessHost": (name, opts) => new AccessHost(name, minimal.accessHost, opts),
  "access:CiRunner": (name, opts) => new CiRunner(name, minimal.ciRunner, opts),
  "admission:Guardrails": (name, opts) => new Guardrails(name, { policies: [minimal.admissionPolicy("rule")] }, opts),
  "audit:AuditTrail": (name, opts) => new AuditTrail(name, minimal.auditTrail, opts),
  "certificates:CertManager": (name, opts) => new CertManager(name, {}, opts),
  "certificates:PrivateCertificate": (name, opts) => new PrivateCertificate(name, minimal.privateCertificate, opts),
  "ci:CiRoles": (name, opts) => new CiRoles(name, { ...minimal.ciRoles, state: minimal.pulumiState }, opts),
  "ci:Publishers": (name, opts) => new Publishers(name, minimal.publishers, opts),
  "cluster:Addons": (name, opts) => new Addons(name, { clusterName: "millrace-test", phase: "after-nodes" }, opts),
  "cluster:ClusterLogs": (name, opts) => new ClusterLogs(name, minimal.clusterLogs, opts),
  "cluster:Cluster": (name, opts) =>
    new Cluster(name, { ...minimal.cluster, apiClients: { groups: { runner: "sg-1" }, cidrs: ["10.20.0.0/16"] } }, opts),
  "cluster:ClusterAccess": (name, opts) =>
    new ClusterAccess(name, { ...minimal.clusterAccess, groups: { readers: ["arn:aws:iam::111111111111:role/ann"] } }, opts),
  "cluster:ClusterReader": (name, opts) => new ClusterReader(name, {}, opts),
  "cluster:NodeRole": (name, opts) => new NodeRole(name, opts),
  "cluster:SystemNodes": (name, opts) => new SystemNodes(name, minimal.systemNodes, opts),
  "cost:MonthlyBudget": (name, opts) => new MonthlyBudget(name, { limit: 800, contacts: ["a@example.com"] }, opts),
  "database:Postgres": (name, opts) => new Postgres(name, minimal.postgres, opts),
  "delivery:ArgoRollouts": (name, opts) => new ArgoRollouts(name, {}, opts),
  "gpu:DcgmExporter": (name, opts) => new DcgmExporter(name, { monitorLabels: {} }, opts),
  "gpu:DevicePlugin": (name, opts) => new DevicePlugin(name, opts),
  "gpu:InterruptionQueue": (name, opts) => new InterruptionQueue(name, opts),
  "gpu:Karpenter": (name, opts) => new Karpenter(name, minimal.karpenter, opts),
  "gpu:NodePool": (name, opts) => new NodePool(name, minimal.nodePool, opts),
  "identity:LinkedRole": (name, opts) => new LinkedRole(name, { service: "spot.amazonaws.com" }, opts),
  "identity:RoleBoundary": (name, opts) => new RoleBoundary(name, minimal.roleBoundary, opts),
  "identity:PodRole": (name, opts) => new PodRole(name, minimal.podRole, opts),
  "keys:EncryptionKey": (name, opts) => new EncryptionKey(name, minimal.encryptionKey, opts),
  "mesh:GatewayBalancer": (name, opts) =>
    new GatewayBalancer(name, { ...minimal.gatewayBalancer, principals: ["arn:aws:iam::222222222222:root"] }, opts),
  "mesh:IngressGateway": (name, opts) => new IngressGateway(name, { domain: "models.internal" }, opts),
  "mesh:Mesh": (name, opts) => new Mesh(name, {}, opts),
  "monitoring:GrafanaRoute": (name, opts) => new GrafanaRoute(name, minimal.grafanaRoute, opts),
  "monitoring:ModelMonitoring": (name, opts) => new ModelMonitoring(name, minimal.modelMonitoring, opts),
  "monitoring:MonitoringRules": (name, opts) => new MonitoringRules(name, { ...minimal.alerting, namespace: "monitoring" }, opts),
  "monitoring:PrometheusCrds": (name, opts) => new PrometheusCrds(name, opts),
  "monitoring:PrometheusStack": (name, opts) =>
    new PrometheusStack(
      name,
      {
        ...minimal.alerting,
        webhook: "https://alerts.example.test",
        grafanaHost: "grafana.models.internal",
        signOn: minimal.signOn,
      },
      opts,
    ),
  "monitoring:Pushgateway": (name, opts) => new Pushgateway(name, { namespace: "monitoring" }, opts),
  "network:InterfaceEndpoints": (name, opts) => new InterfaceEndpoints(name, minimal.interfaceEndpoints, opts),
  "network:Network": (name, opts) =>
    new Network(
      name,
      { ...minimal.network, natGateways: 3, interfaceEndpoints: ["sts"], flowLogsBucketArn: "arn:aws:s3:::logs" },
      opts,
    ),
  "registry:ImageRepository": (name, opts) => new ImageRepository(name, minimal.imageRepository, opts),
  "secrets:ExternalSecrets": (name, opts) => new ExternalSecrets(name, minimal.externalSecrets, opts),
  "serving:ModelServing": (_, opts) => new ModelServing("fraud", serving.everything, opts),
  "storage:ObjectStore": (name, opts) =>
    new ObjectStore(
      name,
      { ...minimal.objectStore, emitEvents: true, lockDays: 93, accessLogs: { bucketName: "logs", prefix: "access/data" } },
      opts,
    ),
  "teams:FencedNamespace": (name, opts) =>
    new FencedNamespace(name, { ...minimal.fencedNamespace, reaches: [{ namespace: "mlflow", ports: [5_000] }] }, opts),
  "teams:JobsIdentity": (name, opts) => new JobsIdentity(name, minimal.jobsIdentity, opts),
  "teams:Team": (name, opts) => new Team(name, minimal.team, opts),
  "tracking:TrackingServer": (name, opts) => new TrackingServer(name, tracking.everything, opts),
  "training:QueueGuard": (name, opts) => new QueueGuard(name, opts),
  "training:TeamQueue": (name, opts) => new TeamQueue(name, minimal.teamQueue, opts),
  "training:TrainingQueues": (name, opts) =>
    new TrainingQueues(name, { ...minimal.trainingQueues, prometheus: { namespace: "monitoring", serviceAccount: "p" } }, opts),
};

/** Every component that the sources declare, by folder and class, with what it says of itself. */
export const declared = (): { kind: string; token: string | undefined }[] =>
  globSync("components/*/**/*.ts", { cwd: PROJECT_FOLDER }).flatMap((file) =>
    [
      ...readFileSync(join(PROJECT_FOLDER, file), "utf8").matchAll(
        /class (\w+) extends (?:pulumi\.Component|Component)[\s\S]*?^}/gm,
      ),
    ].map(([text, name]) => ({
      kind: `${file.split("/")[1]}:${name}`,
      token: /super\("([^"]+)"/.exec(text)?.[1],
    })),
  );
