import type { EnvironmentPlan, PlannedLayer } from "#plan/environment";
import type { Recorded } from "#plan/record";

/** A registration with everything that a test does not care about. */
export const registered = (type: string, name: string, rest: Partial<Recorded> = {}): Recorded => ({
  type,
  name,
  parent: "",
  path: ["pulumi:pulumi:Stack millrace-foundation-dev"],
  inputs: {},
  dependencies: [],
  provider: "",
  protect: false,
  custom: !type.startsWith("millrace:"),
  ignoreChanges: [],
  deletedWith: "",
  aliases: [],
  ...rest,
});

/** A resource inside a component. */
export const inside = (
  component: string,
  type: string,
  name: string,
  inputs: Record<string, any> = {},
  dependencies: string[] = [],
): Recorded =>
  registered(type, name, {
    parent: component.split(" ").at(-1) ?? "",
    path: ["pulumi:pulumi:Stack millrace-foundation-dev", component],
    inputs,
    dependencies,
  });

export const layer = (
  name: PlannedLayer["layer"],
  registrations: Recorded[],
  outputs: Record<string, any> = {},
): PlannedLayer => ({
  layer: name,
  registrations,
  resources: registrations.filter(({ custom, type }) => custom && !type.startsWith("pulumi:")),
  outputs,
});

export const planOf = (layers: PlannedLayer[], rest: Partial<EnvironmentPlan> = {}): EnvironmentPlan => ({
  environment: "dev",
  region: "us-east-1",
  platformRelease: "2026.11.21-1",
  notReleased: [],
  program: "3f2a91c",
  layers,
  assumptions: [],
  seconds: 1.24,
  ...rest,
});

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hunter2" };

/** Three layers with a few components that need each other, and a secret. */
export const sample = (): EnvironmentPlan =>
  planOf([
    layer(
      "foundation",
      [
        registered("millrace:keys:EncryptionKey", "data-key"),
        inside("millrace:keys:EncryptionKey data-key", "aws:kms/key:Key", "data-key"),
        registered("millrace:storage:ObjectStore", "data", { dependencies: ["data-key"] }),
        inside("millrace:storage:ObjectStore data", "aws:s3/bucket:Bucket", "data"),
        inside(
          "millrace:storage:ObjectStore data",
          "aws:s3/bucketPolicy:BucketPolicy",
          "data-policy",
          { policy: '{"Version":"2012-10-17"}' },
          ["data"],
        ),
        registered("millrace:network:Network", "network", { dependencies: ["data"] }),
        inside("millrace:network:Network network", "aws:ec2/natGateway:NatGateway", "network-nat-a", {}, ["data-key"]),
        registered("millrace:cost:MonthlyBudget", "budget"),
        inside("millrace:cost:MonthlyBudget budget", "aws:budgets/budget:Budget", "budget", { name: "<b>&" }),
      ],
      { network: { vpcId: "vpc-1" }, keys: {} },
    ),
    layer(
      "platform",
      [
        registered("pulumi:pulumi:StackReference", "organization/millrace/foundation-dev"),
        registered("millrace:cluster:Cluster", "cluster"),
        inside("millrace:cluster:Cluster cluster", "aws:eks/cluster:Cluster", "cluster"),
        registered("millrace:monitoring:PrometheusStack", "monitoring"),
        inside(
          "millrace:monitoring:PrometheusStack monitoring",
          "kubernetes:core/v1:Secret",
          "monitoring-webhook",
          { stringData: { url: SECRET } },
          ["cluster"],
        ),
      ],
      { cluster: {} },
    ),
    layer("workloads", [
      registered("pulumi:pulumi:StackReference", "organization/millrace/foundation-dev"),
      registered("pulumi:pulumi:StackReference", "organization/millrace/platform-dev"),
      registered("millrace:serving:ModelServing", "fraud"),
      inside("millrace:serving:ModelServing fraud", "kubernetes:core/v1:Service", "fraud-stable"),
    ]),
  ]);
