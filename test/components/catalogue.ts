import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AccessHost } from "#components/access/access-host";
import { BreakGlass } from "#components/access/break-glass";
import { CiRunner } from "#components/access/ci-runner";
import { Guardrails } from "#components/admission/guardrails";
import { AuditTrail } from "#components/audit/trail";
import { Keda } from "#components/autoscaling/keda";
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
import { Component, type ComponentOptions } from "#components/component";
import { MonthlyBudget } from "#components/cost/budget";
import { Postgres } from "#components/database/postgres";
import { ArgoRollouts } from "#components/delivery/argo-rollouts";
import { FeatureStore } from "#components/features/feature-store";
import { DcgmExporter } from "#components/gpu/dcgm-exporter";
import { DevicePlugin } from "#components/gpu/device-plugin";
import { InterruptionQueue } from "#components/gpu/interruption-queue";
import { Karpenter } from "#components/gpu/karpenter";
import { NodePool } from "#components/gpu/node-pool";
import type { Statement } from "#components/iam";
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
import type { Placement } from "#components/placement";
import { ImageRepository } from "#components/registry/image-repository";
import { ExternalSecrets } from "#components/secrets/external-secrets";
import { BatchInference } from "#components/serving/batch-inference";
import { InferenceService } from "#components/serving/inference-service";
import { ModelServing } from "#components/serving/model-serving";
import { SageMakerEndpoint } from "#components/serving/sagemaker-endpoint";
import { StreamInference } from "#components/serving/stream-inference";
import type { Rule } from "#components/shape";
import { ObjectStore } from "#components/storage/object-store";
import { FencedNamespace } from "#components/teams/fenced-namespace";
import { JobsIdentity } from "#components/teams/jobs-identity";
import { Team } from "#components/teams/team";
import { TrackingServer } from "#components/tracking/tracking-server";
import { QueueGuard } from "#components/training/queue-guard";
import { TrainingQueues } from "#components/training/queues";
import { TeamQueue } from "#components/training/team-queue";
import { PROJECT_FOLDER } from "#engine/project";
import * as features from "./features/fixture.ts";
import * as minimal from "./minimal.ts";
import * as serving from "./serving/fixture.ts";
import * as tracking from "./tracking/fixture.ts";

/** A component, with arguments for which it makes all that it can make. */
export interface Entry {
  shape: Rule<never>;
  args: object | undefined;
  make: (args: unknown, opts?: ComponentOptions) => Component;
}

interface Class<A> {
  readonly shape: Rule<never>;
  new (name: string, args: A, opts?: ComponentOptions): Component;
}

const entry = <A extends object>(component: Class<A>, args: NoInfer<A>, name = "it"): Entry => ({
  shape: component.shape,
  args,
  make: (given, opts) => new component(name, given as A, opts),
});

const withoutArguments = (component: new (name: string, opts?: ComponentOptions) => Component): Entry => ({
  shape: Component.shape,
  args: undefined,
  make: (_, opts) => new component("it", opts),
});

const PLACEMENT: Placement = { nodeSelector: { pool: "a" }, tolerations: [{ key: "a", operator: "Exists" }], affinity: {} };
const PERSON = "arn:aws:iam::111111111111:role/ann";
const IDS = { repository: "1", owner: "2" };

const STATEMENT: Statement = {
  sid: "Use",
  principals: { Service: "logs.amazonaws.com", AWS: [PERSON] },
  actions: ["kms:Encrypt"],
  resources: ["*"],
  conditions: { StringEquals: { "aws:SourceAccount": "111111111111", "aws:PrincipalArn": [PERSON] } },
};

/** Every component, by folder and class. */
export const CATALOGUE: Record<string, Entry> = {
  "access:AccessHost": entry(AccessHost, minimal.accessHost),
  "access:BreakGlass": entry(BreakGlass, { ...minimal.breakGlass, statements: [STATEMENT] }),
  "access:CiRunner": entry(CiRunner, minimal.ciRunner),
  "admission:Guardrails": entry(Guardrails, { policies: [minimal.admissionPolicy("rule")] }),
  "audit:AuditTrail": entry(AuditTrail, { ...minimal.auditTrail, writes: ["arn:aws:s3:::a"], accesses: ["arn:aws:s3:::b"] }),
  "autoscaling:Keda": entry(Keda, { monitoringNamespace: "monitoring", vpcCidr: "10.0.0.0/16", placement: PLACEMENT }),
  "certificates:CertManager": entry(CertManager, { monitorLabels: { release: "p" }, placement: PLACEMENT }),
  "certificates:PrivateCertificate": entry(PrivateCertificate, minimal.privateCertificate),
  "ci:CiRoles": entry(CiRoles, {
    ...minimal.ciRoles,
    state: minimal.pulumiState,
    ledger: minimal.promotionLedger,
    repositoryIds: IDS,
    administrators: [PERSON],
    guardedStores: ["audit"],
  }),
  "ci:Publishers": entry(Publishers, { ...minimal.publishers, repositoryIds: IDS }),
  "cluster:Addons": entry(Addons, { clusterName: "millrace-test", phase: "after-nodes" }),
  "cluster:ClusterLogs": entry(ClusterLogs, minimal.clusterLogs),
  "cluster:Cluster": entry(Cluster, {
    ...minimal.cluster,
    logs: ["audit"],
    apiClients: { groups: { runner: "sg-1" }, cidrs: ["10.20.0.0/16"] },
  }),
  "cluster:ClusterAccess": entry(ClusterAccess, {
    ...minimal.clusterAccess,
    groups: { readers: [PERSON] },
    emergency: minimal.breakGlass.roleArn,
  }),
  "cluster:ClusterReader": entry(ClusterReader, {}),
  "cluster:NodeRole": withoutArguments(NodeRole),
  "cluster:SystemNodes": entry(SystemNodes, minimal.systemNodes),
  "cost:MonthlyBudget": entry(MonthlyBudget, { limit: 800, contacts: ["a@example.com"] }),
  "database:Postgres": entry(Postgres, minimal.postgres),
  "delivery:ArgoRollouts": entry(ArgoRollouts, { placement: PLACEMENT }),
  "features:FeatureStore": entry(FeatureStore, { ...features.everything, placement: PLACEMENT }),
  "gpu:DcgmExporter": entry(DcgmExporter, { monitorLabels: {} }),
  "gpu:DevicePlugin": withoutArguments(DevicePlugin),
  "gpu:InterruptionQueue": withoutArguments(InterruptionQueue),
  "gpu:Karpenter": entry(Karpenter, { ...minimal.karpenter, monitorLabels: { release: "p" } }),
  "gpu:NodePool": entry(NodePool, {
    ...minimal.nodePool,
    capacity: ["reserved", "spot"],
    capacityReservationIds: ["cr-1"],
    zones: ["eu-west-1a"],
  }),
  "identity:LinkedRole": entry(LinkedRole, { service: "spot.amazonaws.com" }),
  "identity:RoleBoundary": entry(RoleBoundary, { ...minimal.roleBoundary, closedStores: ["audit"] }),
  "identity:PodRole": entry(PodRole, { ...minimal.podRole, statements: [STATEMENT] }),
  "keys:EncryptionKey": entry(EncryptionKey, { ...minimal.encryptionKey, services: [STATEMENT] }),
  "mesh:GatewayBalancer": entry(GatewayBalancer, { ...minimal.gatewayBalancer, principals: ["arn:aws:iam::222222222222:root"] }),
  "mesh:IngressGateway": entry(IngressGateway, { domain: "models.internal", placement: PLACEMENT }),
  "mesh:Mesh": entry(Mesh, { placement: PLACEMENT }),
  "monitoring:GrafanaRoute": entry(GrafanaRoute, minimal.grafanaRoute),
  "monitoring:ModelMonitoring": entry(ModelMonitoring, { ...minimal.modelMonitoring, limits: { maxErrorShare: 0.1 } }),
  "monitoring:MonitoringRules": entry(MonitoringRules, { ...minimal.alerting, namespace: "monitoring" }),
  "monitoring:PrometheusCrds": withoutArguments(PrometheusCrds),
  "monitoring:PrometheusStack": entry(PrometheusStack, {
    ...minimal.alerting,
    webhook: "https://alerts.example.test",
    grafanaHost: "grafana.models.internal",
    signOn: minimal.signOn,
    placement: PLACEMENT,
  }),
  "monitoring:Pushgateway": entry(Pushgateway, { namespace: "monitoring", placement: PLACEMENT }),
  "network:InterfaceEndpoints": entry(InterfaceEndpoints, minimal.interfaceEndpoints),
  "network:Network": entry(Network, {
    ...minimal.network,
    natGateways: 3,
    interfaceEndpoints: ["sts"],
    reservedCidrs: ["10.20.0.0/16"],
    flowLogsBucketArn: "arn:aws:s3:::logs",
  }),
  "registry:ImageRepository": entry(ImageRepository, minimal.imageRepository),
  "secrets:ExternalSecrets": entry(ExternalSecrets, {
    ...minimal.externalSecrets,
    monitorLabels: { release: "p" },
    placement: PLACEMENT,
  }),
  "serving:BatchInference": entry(BatchInference, serving.batch, "nightly"),
  "serving:InferenceService": entry(InferenceService, serving.inferenceService, "fraud"),
  "serving:ModelServing": entry(ModelServing, serving.everything, "fraud"),
  "serving:SageMakerEndpoint": entry(SageMakerEndpoint, serving.managed, "fraud"),
  "serving:StreamInference": entry(StreamInference, { ...serving.streaming, source: serving.kinesis }, "payments"),
  "storage:ObjectStore": entry(ObjectStore, {
    ...minimal.objectStore,
    emitEvents: true,
    lockDays: 93,
    lifecycle: [{ prefix: "raw/", transition: { afterDays: 30, to: "STANDARD_IA" } }],
    deliveries: [{ log: "trail", prefix: "trail", account: "111111111111", region: "eu-west-1", trail: "t" }],
    accessLogs: { bucketName: "logs", prefix: "access/data" },
  }),
  "teams:FencedNamespace": entry(FencedNamespace, {
    ...minimal.fencedNamespace,
    reaches: [{ namespace: "mlflow", podLabels: { app: "a" }, ports: [5_000] }],
  }),
  "teams:JobsIdentity": entry(JobsIdentity, minimal.jobsIdentity),
  "teams:Team": entry(Team, {
    ...minimal.team,
    jobsReach: [{ namespace: "mlflow", podLabels: { app: "a" }, ports: [5_000] }],
    jobsLabels: { "millrace.dev/features": "client" },
    identity: minimal.jobsIdentity,
  }),
  "tracking:TrackingServer": entry(TrackingServer, { ...tracking.everything, placement: PLACEMENT }),
  "training:QueueGuard": withoutArguments(QueueGuard),
  "training:TeamQueue": entry(TeamQueue, minimal.teamQueue),
  "training:TrainingQueues": entry(TrainingQueues, {
    ...minimal.trainingQueues,
    prometheus: { namespace: "monitoring", serviceAccount: "p" },
  }),
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
