import type { Context } from "#stacks/context";
import type { FoundationOutputs, PlatformOutputs } from "#stacks/contracts";
import { profiles } from "#stacks/inputs/environments/index";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import type { ServedModels } from "#stacks/inputs/models";
import type { Release } from "#stacks/inputs/release";
import { modelReleaseOf } from "../harness/releases.ts";

const arn = (service: string, name: string): string => `arn:aws:${service}:eu-west-1:111111111111:${name}`;
const store = (name: string) => ({ name, arn: `arn:aws:s3:::${name}` });

export const foundation: FoundationOutputs = {
  network: {
    vpcId: "vpc-1",
    vpcCidr: "10.10.0.0/16",
    zones: [],
    privateSubnetIds: [],
    intraSubnetIds: [],
    privateRouteTableIds: [],
    zoneId: "",
    apiClients: {},
  },
  keys: { cluster: arn("kms", "key/1"), data: arn("kms", "key/2"), database: arn("kms", "key/3"), logs: arn("kms", "key/4") },
  stores: {
    data: store("data"),
    artifacts: store("artifacts"),
    models: store("models-store"),
    predictions: store("predictions"),
    logs: store("logs"),
  },
  database: {
    host: "db.internal",
    port: 5432,
    name: "mlflow",
    user: "mlflow",
    secretArn: arn("secretsmanager", "secret:1"),
    securityGroupId: "sg-1",
    maxConnections: 100,
  },
  registries: { "model-server": "111111111111.dkr.ecr.eu-west-1.amazonaws.com/model-server" },
  roles: {
    plan: arn("iam", "role/plan"),
    deploy: arn("iam", "role/deploy"),
    images: arn("iam", "role/images"),
    models: arn("iam", "role/models"),
  },
};

const pool = (flavor: string, gpus: number) => ({
  flavor,
  nodeLabels: { "millrace.dev/pool": flavor },
  gpus,
  cpus: 4,
  memoryGiB: 16,
  gpusPerNode: 1,
});

export const platform: PlatformOutputs = {
  cluster: { name: "millrace", endpoint: "https://cluster.internal", certificateAuthority: "Q0E=" },
  gateway: { namespace: "istio-ingress", name: "ingress", selector: { istio: "ingress" } },
  ingress: { domain: "models.internal", balancer: "models.elb.invalid" },
  monitoring: { namespace: "monitoring", prometheusUrl: "http://prometheus.monitoring:9090" },
  tracking: { uri: "http://mlflow.mlflow", namespace: "mlflow" },
  cpu: {
    flavor: "cpu",
    nodeLabels: { "millrace.dev/pool": "cpu" },
    gpus: 0,
    cpus: 3,
    memoryGiB: 12,
    gpusPerNode: 0,
  },
  gpu: { training: pool("training", 8), inference: pool("inference", 8) },
};

export const references = (environment: EnvironmentName, platformOutputs = platform) => ({
  [`organization/millrace/foundation-${environment}`]: foundation,
  [`organization/millrace/platform-${environment}`]: platformOutputs,
});

/** So many models of one team, and a release that names them all. */
export function many(count: number): { models: ServedModels; release: Release } {
  const names = Array.from({ length: count }, (_, at) => (at === 0 ? "fraud" : `fraud-${at}`));
  return {
    models: Object.fromEntries(
      names.map((name) => [name, { team: "risk", host: `${name}.models.internal`, sticky: { header: "x-user-id" } }]),
    ),
    release: {
      platform: "2026.11.21-1",
      models: Object.fromEntries(names.map((name) => [name, modelReleaseOf(name)])),
    },
  };
}

export const contextOf = (environment: EnvironmentName): Context => ({
  profile: profiles[environment],
  settings: {
    account: "111111111111",
    region: "eu-west-1",
    owners: { roles: ["arn:aws:iam::111111111111:role/owners"], networks: [], repository: "example/millrace", groups: {} },
    contact: "ml@example.com",
    trackingImage: `sha256:${"1".repeat(64)}`,
  },
});
