import { beforeAll, describe, expect, it } from "vitest";
import { type Recording, record } from "#plan/record";
import { foundation } from "#stacks/foundation/foundation";
import { profiles } from "#stacks/inputs/environments/index";
import { ENVIRONMENTS, type EnvironmentName, type Profile } from "#stacks/inputs/environments/profile";
import { type Recorded, refusal } from "../harness/graph.ts";

const context = (profile: Profile, region = "eu-west-1") => ({
  profile,
  settings: {
    account: "111111111111",
    region,
    owners: {
      roles: ["arn:aws:iam::111111111111:role/platform-engineers"],
      networks: [],
      repository: "example/millrace",
      groups: {},
    },
    contact: "ml-platform@example.com",
    trackingImage: `sha256:${"1".repeat(64)}`,
  },
  release: { id: "1", created: "2026-11-21T09:00:00Z", models: {} },
});

const recordings = {} as Record<EnvironmentName, Recording>;
beforeAll(async () => {
  for (const environment of ENVIRONMENTS) {
    recordings[environment] = await record(() => foundation(context(profiles[environment])));
  }
});
const ofType = (environment: EnvironmentName, type: string): Recorded[] =>
  recordings[environment].resources.filter((each) => each.type === type);
const named = (environment: EnvironmentName, name: string): Recorded =>
  recordings[environment].resources.find((each) => each.custom && each.name === name)!;

describe("foundation", () => {
  it.each(ENVIRONMENTS)("of %s is made of these parts", (environment) => {
    const parts = recordings[environment].resources.filter(
      ({ type, parent }) => type.startsWith("millrace:") && parent === "millrace-test",
    );
    expect(parts.map(({ name }) => name).sort()).toEqual([
      ...(environment === "dev" ? [] : ["access-host"]),
      "artifacts",
      "audit",
      "audit-trail",
      "budget",
      "ci",
      "cluster-key",
      "cluster-logs",
      "data",
      "data-key",
      "database-key",
      "feature-server-images",
      "logs",
      "logs-key",
      "mlflow-images",
      "model-server-images",
      "models",
      "network",
      "predictions",
      "publishers",
      "role-boundary",
      ...(environment === "prod" ? [] : ["spot-role"]),
      "tracking-database",
    ]);
  });

  it("hands on what the contract says, with nothing missing", () => {
    const { outputs } = recordings.prod;
    expect(outputs).toEqual({
      network: {
        vpcId: expect.stringMatching(/^vpc-/),
        vpcCidr: "10.30.0.0/16",
        zones: ["euw1-az1", "euw1-az2", "euw1-az3"],
        privateSubnetIds: Array(3).fill(expect.stringMatching(/^subnet-/)),
        intraSubnetIds: Array(3).fill(expect.stringMatching(/^subnet-/)),
        privateRouteTableIds: Array(3).fill(expect.stringMatching(/^rtb-/)),
        zoneId: expect.any(String),
        apiClients: { "access-host": expect.stringMatching(/^sg-/) },
      },
      keys: Object.fromEntries(
        ["cluster", "data", "database", "logs"].map((key) => [
          key,
          expect.stringMatching(/^arn:aws:kms:eu-west-1:111111111111:key\//),
        ]),
      ),
      stores: Object.fromEntries(
        ["data", "artifacts", "models", "predictions", "logs"].map((store) => [
          store,
          {
            name: expect.stringMatching(`^millrace-prod-${store}-`),
            arn: expect.stringMatching(`^arn:aws:s3:::millrace-prod-${store}-`),
          },
        ]),
      ),
      database: {
        host: expect.stringMatching(/^millrace-prod-tracking\./),
        port: 5432,
        name: "mlflow",
        user: "millrace",
        secretArn: expect.stringMatching(/^arn:aws:secretsmanager:/),
        securityGroupId: expect.stringMatching(/^sg-/),
        maxConnections: 901,
      },
      registries: {
        "model-server": "111111111111.dkr.ecr.eu-west-1.amazonaws.com/millrace-prod/model-server",
        "feature-server": "111111111111.dkr.ecr.eu-west-1.amazonaws.com/millrace-prod/feature-server",
        mlflow: "111111111111.dkr.ecr.eu-west-1.amazonaws.com/millrace-prod/mlflow",
      },
      roles: {
        plan: "arn:aws:iam::111111111111:role/millrace-prod-ci-plan",
        deploy: "arn:aws:iam::111111111111:role/millrace-prod-ci-deploy",
        images: "arn:aws:iam::111111111111:role/millrace-prod-ci-images",
        models: "arn:aws:iam::111111111111:role/millrace-prod-ci-models",
      },
    });
  });

  it("protects what holds data in staging and prod, and nothing in dev", () => {
    const stateful = ["aws:s3/bucket:Bucket", "aws:kms/key:Key", "aws:rds/instance:Instance", "aws:ecr/repository:Repository"];
    const protection = (environment: EnvironmentName) => [
      ...new Set(stateful.flatMap((type) => ofType(environment, type).map(({ protect }) => protect))),
    ];
    expect({ dev: protection("dev"), staging: protection("staging"), prod: protection("prod") }).toEqual({
      dev: [false],
      staging: [true],
      prod: [true],
    });
    expect(ofType("prod", "aws:ec2/vpc:Vpc")[0]?.protect).toBe(false);
  });

  it("lets only dev throw its stores away", () => {
    const thrown = (environment: EnvironmentName) =>
      ofType(environment, "aws:s3/bucket:Bucket").map(({ inputs }) => inputs["forceDestroy"]);
    expect([thrown("dev"), thrown("staging"), thrown("prod")]).toEqual([
      Array(6).fill(true),
      Array(6).fill(false),
      Array(6).fill(false),
    ]);
  });

  it("keeps predictions for 93 days, and a day longer than they are locked", () => {
    const days = (environment: EnvironmentName) => named(environment, "predictions-lifecycle").inputs["rules"][1].expiration;
    expect([days("dev"), days("staging"), days("prod")]).toEqual([{ days: 93 }, { days: 93 }, { days: 94 }]);
    expect(
      recordings.prod.resources
        .filter(({ name }) => name.endsWith("-lock"))
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["audit-lock", "models-lock", "predictions-lock"]);
  });

  it("announces new data, and nothing else", () => {
    expect(ofType("prod", "aws:s3/bucketNotification:BucketNotification").map(({ name }) => name)).toEqual(["data-events"]);
  });

  it("records requests and flows in the log store where deleting is refused", () => {
    const watched = (environment: EnvironmentName) =>
      ofType(environment, "aws:s3/bucketLogging:BucketLogging")
        .map(({ inputs }) => String(inputs["targetPrefix"]))
        .sort();
    expect(watched("dev")).toEqual([]);
    expect(watched("staging")).toEqual(["access/artifacts/", "access/data/", "access/models/", "access/predictions/"]);
    expect(ofType("dev", "aws:ec2/flowLog:FlowLog")).toEqual([]);
    expect(named("prod", "network-flows").dependencies).toContain("logs-policy");
  });

  it("keeps the database and the control plane's subnets off every route out", () => {
    const [group] = ofType("prod", "aws:rds/subnetGroup:SubnetGroup");
    expect(group?.dependencies.sort()).toEqual(["network-intra-a", "network-intra-b", "network-intra-c"]);
    expect(ofType("prod", "aws:ec2/route:Route").flatMap(({ dependencies }) => dependencies)).not.toContain(
      "network-intra-routes",
    );
  });

  it("grows from dev to prod by NAT gateways and endpoints", () => {
    const count = (environment: EnvironmentName) => [
      ofType(environment, "aws:ec2/natGateway:NatGateway").length,
      ofType(environment, "aws:ec2/vpcEndpoint:VpcEndpoint").length,
    ];
    expect([count("dev"), count("staging"), count("prod")]).toEqual([
      [1, 1],
      [1, 2],
      [3, 5],
    ]);
  });

  it("refuses a range that another environment has", async () => {
    const taken = { ...profiles.dev, network: { ...profiles.dev.network, cidr: "10.30.128.0/17" } };
    expect(await refusal(() => foundation(context(taken)))).toBe(
      "'cidr' must be clear of the reserved range 10.30.0.0/16, got '10.30.128.0/17'",
    );
  });

  it("refuses more zones than the region has", async () => {
    const wide = { ...profiles.dev, network: { ...profiles.dev.network, zones: 4 } };
    expect(await refusal(() => foundation(context(wide)))).toBe(
      "stacks/inputs/environments/dev.ts: network.zones must be a whole number of at most 3 in eu-west-1, got '4'",
    );
    expect(await refusal(() => foundation(context(wide, "us-east-1")))).toBe("");
  });
});
