import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type { SageMakerEndpointArgs } from "#components/serving/sagemaker/endpoint-args";
import { SageMakerEndpoint } from "#components/serving/sagemaker-endpoint";
import { policyOf } from "#plan/policy";
import { record as planned } from "#plan/record";
import { sentence } from "#policies/evaluate";
import { type Recorded, record, refusal } from "../../harness/graph.ts";
import { layer, planOf } from "../../plan/sample.ts";
import { TODAY } from "../../policies/sample.ts";
import { named } from "../named.ts";
import { endpoint, managed } from "./fixture.ts";

const made = (args: Partial<SageMakerEndpointArgs> = {}): Promise<Recorded[]> =>
  record(() => new SageMakerEndpoint("fraud", { ...endpoint, ...args }));
const ofType = (graph: Recorded[], type: string): Recorded[] => graph.filter((each) => each.type === `aws:${type}`);
const only = (graph: Recorded[], type: string): Recorded => {
  const [first, ...more] = ofType(graph, type);
  expect(more).toEqual([]);
  return first!;
};
const MODEL = "sagemaker/model:Model";
const CONFIGURATION = "sagemaker/endpointConfiguration:EndpointConfiguration";
const ENDPOINT = "sagemaker/endpoint:Endpoint";
const deployment = async (args: Partial<SageMakerEndpointArgs> = {}): Promise<any> =>
  only(await made(args), ENDPOINT).inputs["deploymentConfig"];
const routing = async (args: Partial<SageMakerEndpointArgs>): Promise<any> =>
  (await deployment(args)).blueGreenUpdatePolicy.trafficRoutingConfiguration;

describe("SageMakerEndpoint", () => {
  it("gives SageMaker the files of one version, with the digest that the server compares them with", async () => {
    const { inputs } = only(await made(), MODEL);
    expect(inputs["primaryContainer"]).toEqual({
      image: endpoint.model.image,
      mode: "SingleModel",
      modelDataSource: {
        s3DataSources: [{ s3Uri: "s3://models/models/fraud/3/", s3DataType: "S3Prefix", compressionType: "None" }],
      },
      environment: {
        MODEL_NAME: "fraud",
        MODEL_VERSION: "3",
        MODEL_URI: "s3://models/models/fraud/3",
        MODEL_SHA256: "b".repeat(64),
        MODEL_DIR: "/opt/ml/model",
        PORT: "8080",
        GRPC_PORT: "0",
        REQUEST_SECONDS: "10",
      },
    });
    expect(inputs["enableNetworkIsolation"]).toBe(true);
    expect(inputs["vpcConfig"]).toBeUndefined();
    expect(only(await made(managed), MODEL).inputs["vpcConfig"]).toEqual({
      subnets: ["subnet-1", "subnet-2"],
      securityGroupIds: ["sg-1"],
    });
  });

  it("moves a tenth of the users first, and goes back by its alarms", async () => {
    expect(await deployment()).toEqual({
      blueGreenUpdatePolicy: {
        trafficRoutingConfiguration: {
          type: "CANARY",
          canarySize: { type: "CAPACITY_PERCENT", value: 10 },
          waitIntervalInSeconds: 600,
        },
        terminationWaitInSeconds: 600,
        maximumExecutionTimeoutInSeconds: 3_300,
      },
      autoRollbackConfiguration: {
        alarms: [{ alarmName: "millrace-dev-fraud-errors" }, { alarmName: "millrace-dev-fraud-latency" }],
      },
    });
  });

  it("moves users in steps, or all at once", async () => {
    expect(await routing({ traffic: { kind: "linear", stepPercent: 25, waitSeconds: 400 } })).toEqual({
      type: "LINEAR",
      linearStepSize: { type: "CAPACITY_PERCENT", value: 25 },
      waitIntervalInSeconds: 400,
    });
    expect(await routing({ traffic: { kind: "allAtOnce" } })).toEqual({ type: "ALL_AT_ONCE", waitIntervalInSeconds: 0 });
  });

  it("measures the new version alone, in the units of CloudWatch", async () => {
    const graph = await made({ limits: { maxErrorShare: 0.02, latencyTargetMs: 150, maxSlowShare: 0.03, minRequests: 50 } });
    const { name } = only(graph, CONFIGURATION).inputs;
    const alarm = (of: string): any => named(graph, `fraud-${of}`).inputs;
    for (const of of ["errors", "latency"]) {
      expect(alarm(of)).toMatchObject({ comparisonOperator: "GreaterThanThreshold", treatMissingData: "missing" });
      for (const { metric } of alarm(of).metricQueries.filter((each: any) => each.metric)) {
        expect(metric.dimensions).toEqual({
          EndpointName: "millrace-dev-fraud",
          VariantName: "AllTraffic",
          EndpointConfigName: name,
        });
      }
    }
    const told = (of: string) =>
      alarm(of).metricQueries.map(
        ({ metric, expression }: any) => expression ?? `${metric.metricName} ${metric.stat} ${metric.period}`,
      );
    expect([alarm("errors").threshold, ...told("errors")]).toEqual([
      0.02,
      "Invocations Sum 60",
      "Invocation5XXErrors Sum 60",
      "IF(requests >= 50, errors / requests, 0)",
    ]);
    expect([alarm("latency").threshold, ...told("latency")]).toEqual([
      150_000,
      "Invocations Sum 60",
      "ModelLatency p97 60",
      "IF(requests >= 50, latency, 0)",
    ]);
  });

  it("has other names for each release, and the same for the same", async () => {
    const names = async (change: Partial<SageMakerEndpointArgs>): Promise<string[]> => {
      const graph = await made(change);
      return [MODEL, CONFIGURATION].flatMap((type) => [only(graph, type).name, only(graph, type).inputs["name"]]);
    };
    const first = await names({});
    expect(first).toEqual(await names({}));
    expect(first).toEqual([
      expect.stringMatching(/^fraud-model-v3-[0-9a-f]{8}$/),
      expect.stringMatching(/^millrace-dev-fraud-v3-[0-9a-f]{8}$/),
      expect.stringMatching(/^fraud-configuration-v3-[0-9a-f]{8}$/),
      expect.stringMatching(/^millrace-dev-fraud-v3-[0-9a-f]{8}$/),
    ]);
    for (const change of [
      { model: { ...endpoint.model, version: "4", path: "models/fraud/4" } },
      { model: { ...endpoint.model, sha256: "c".repeat(64) } },
      { instances: { kind: "fixed", type: "ml.m7i.xlarge", count: 2 } },
      { requestSeconds: 5 },
      { volumeKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/2" },
    ] satisfies Partial<SageMakerEndpointArgs>[]) {
      expect((await names(change)).filter((name) => first.includes(name))).toEqual([]);
    }
    // What a release does not make changes none.
    expect(await names({ soakSeconds: 900, limits: { maxErrorShare: 0.5 } })).toEqual(first);
  });

  it("keeps the names that SageMaker takes, however long the endpoint's is", async () => {
    const graph = await made({ endpointName: "e".repeat(63) });
    for (const type of [MODEL, CONFIGURATION]) {
      expect(only(graph, type).inputs["name"]).toMatch(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/);
    }
  });

  it("begins a release with as many instances as there may be, and follows requests then", async () => {
    const graph = await made(managed);
    expect(only(graph, CONFIGURATION).inputs["productionVariants"]).toEqual([
      {
        variantName: "AllTraffic",
        modelName: only(graph, MODEL).inputs["name"],
        instanceType: "ml.g6.xlarge",
        initialInstanceCount: 6,
        containerStartupHealthCheckTimeoutInSeconds: 600,
        modelDataDownloadTimeoutInSeconds: 600,
      },
    ]);
    expect(named(graph, "fraud-scaling").inputs).toMatchObject({
      resourceId: "endpoint/millrace-dev-fraud/variant/AllTraffic",
      minCapacity: 2,
      maxCapacity: 6,
    });
    expect(named(graph, "fraud-scaling-policy").inputs["targetTrackingScalingPolicyConfiguration"]).toMatchObject({
      predefinedMetricSpecification: { predefinedMetricType: "SageMakerVariantInvocationsPerInstance" },
      targetValue: 600,
    });
    expect(ofType(await made(), "appautoscaling/target:Target")).toEqual([]);
  });

  it("encrypts everything with keys of its own, and captures nothing unless it is told to", async () => {
    const plain = only(await made(), CONFIGURATION).inputs;
    expect(plain["kmsKeyArn"]).toBe(endpoint.volumeKeyArn);
    expect(plain["dataCaptureConfig"]).toBeUndefined();
    expect(only(await made(managed), CONFIGURATION).inputs["dataCaptureConfig"]).toMatchObject({
      initialSamplingPercentage: 10,
      destinationS3Uri: "s3://tables/captured/",
      kmsKeyId: "arn:aws:kms:eu-west-1:111111111111:key/2",
    });
    expect(named(await made(), "fraud-logs").inputs).toMatchObject({
      name: "/aws/sagemaker/Endpoints/millrace-dev-fraud",
      kmsKeyId: endpoint.logs.kmsKeyArn,
      retentionInDays: 365,
    });
  });

  it.each(["ml.g4dn.xlarge", "ml.g5.xlarge", "ml.g6.xlarge", "ml.p4d.24xlarge", "ml.p5.48xlarge", "ml.m5d.large"])(
    "names no key for the disks of %s, which its hardware encrypts: SageMaker refuses one",
    async (type) => {
      const graph = await made({ instances: { kind: "fixed", type, count: 2 } });
      expect(only(graph, CONFIGURATION).inputs["kmsKeyArn"]).toBeUndefined();
      expect(named(graph, "fraud-permissions").inputs["policy"]).not.toContain("VolumeKey");
    },
  );

  it("may read one model, pull one image and write one log, and trusts SageMaker for its own account", async () => {
    const graph = await made();
    const { Statement } = JSON.parse(named(graph, "fraud-permissions").inputs["policy"]);
    const allowed = (action: string): string[] =>
      Statement.filter(({ Action }: any) => Action.includes(action)).flatMap(({ Resource }: any) => Resource);
    expect(allowed("s3:GetObject")).toEqual(["arn:aws:s3:::models/models/fraud/*"]);
    expect(allowed("s3:PutObject")).toEqual([]);
    expect(allowed("ecr:BatchGetImage")).toEqual(["arn:aws:ecr:eu-west-1:111111111111:repository/model-server"]);
    expect(allowed("logs:PutLogEvents")).toEqual([
      "arn:aws:logs:eu-west-1:111111111111:log-group:/aws/sagemaker/Endpoints/millrace-dev-fraud:*",
    ]);
    expect(allowed("cloudwatch:DescribeAlarms")).toEqual(
      ["errors", "latency"].map((of) => `arn:aws:cloudwatch:eu-west-1:111111111111:alarm:millrace-dev-fraud-${of}`),
    );
    expect(allowed("ec2:CreateNetworkInterface")).toEqual([]);
    const withAll = JSON.parse(named(await made(managed), "fraud-permissions").inputs["policy"]).Statement;
    expect(withAll.find(({ Sid }: any) => Sid === "WriteCapture").Resource).toEqual(["arn:aws:s3:::tables/captured/*"]);
    expect(JSON.parse(named(graph, "fraud-role").inputs["assumeRolePolicy"]).Statement).toEqual([
      expect.objectContaining({
        Principal: { Service: "sagemaker.amazonaws.com" },
        Condition: { StringEquals: { "aws:SourceAccount": "111111111111" } },
      }),
    ]);
  });

  it("makes what a release needs before it, and the alarms before the endpoint", async () => {
    const graph = await made(managed);
    const before = (name: string): string[] => graph.find((each) => each.name === name)!.dependencies;
    expect(before(only(graph, MODEL).name)).toEqual(expect.arrayContaining(["fraud-permissions", "fraud-logs"]));
    expect(before("fraud-endpoint")).toEqual(
      expect.arrayContaining([only(graph, CONFIGURATION).name, "fraud-errors", "fraud-latency"]),
    );
    expect(before("fraud-scaling")).toContain("fraud-endpoint");
  });

  it("keeps every rule of prod, whatever is said to it", async () => {
    for (const args of [endpoint, managed]) {
      const { resources } = await planned(() => new SageMakerEndpoint("fraud", args), { stack: "workloads-prod" });
      const { verdicts } = policyOf(planOf([layer("workloads", resources)], { environment: "prod" }), [], TODAY);
      const broken = verdicts.flatMap(({ verdict }) => verdict.violations).map(sentence);
      // The stacks give every role its boundary, and everything its tags.
      expect(broken.filter((each) => !/^(IAM-03|COST-01) /.test(each))).toEqual([]);
    }
  });
});

const many = (count: number): string[] => Array.from({ length: count }, (_, at) => `n-${at}`);

describe("SageMakerEndpoint refuses", () => {
  it.each<[Partial<SageMakerEndpointArgs>, string]>([
    [
      { endpointName: "-fraud" },
      "'endpointName' must be at most 63 letters, digits and hyphens, none of which is first or last, got '-fraud'",
    ],
    [
      { endpointName: "a_b" },
      "'endpointName' must be at most 63 letters, digits and hyphens, none of which is first or last, got 'a_b'",
    ],
    [{ traffic: { kind: "canary", firstPercent: 51 } }, "'traffic.firstPercent' must be a whole number from 1 to 50, got '51'"],
    [{ traffic: { kind: "linear", stepPercent: 9 } }, "'traffic.stepPercent' must be a whole number from 10 to 50, got '9'"],
    [
      { traffic: { kind: "canary", firstPercent: 5, waitSeconds: 3_601 } },
      "'traffic.waitSeconds' must be a whole number from 0 to 3600, got '3601'",
    ],
    [
      { traffic: { kind: "canary", firstPercent: 5, waitSeconds: 239 } },
      "'traffic.waitSeconds' must be at least 240, the time until an alarm fires (2 × limits.windowSeconds and 120 for the metrics to arrive), got '239'",
    ],
    [
      { soakSeconds: 0 },
      "'soakSeconds' must be at least 240, the time until an alarm fires (2 × limits.windowSeconds and 120 for the metrics to arrive), got '0'",
    ],
    [
      { traffic: { kind: "linear", stepPercent: 10 } },
      "'soakSeconds' must be so short that all waits add up to at most 2400 (3300, the longest release, less 900 in which instances start and load the model), got '3600 in all'",
    ],
    [
      { loadSeconds: 900, traffic: { kind: "linear", stepPercent: 50, waitSeconds: 600 }, soakSeconds: 900 },
      "'soakSeconds' must be so short that all waits add up to at most 1800 (3300, the longest release, less 1500 in which instances start and load the model), got '2100 in all'",
    ],
    [
      { traffic: { kind: "allAtOnce" }, soakSeconds: 240, timeoutSeconds: 1_139 },
      "'timeoutSeconds' must be at least 1140 (900 in which instances start and load the model, and 240 of waits), got '1139'",
    ],
    [{ timeoutSeconds: 899 }, "'timeoutSeconds' must be a whole number from 900 to 3300, got '899'"],
    [{ timeoutSeconds: 7_200 }, "'timeoutSeconds' must be a whole number from 900 to 3300, got '7200'"],
    [
      { instances: { kind: "fixed", type: "ml.m7i.large", count: 1 } },
      "'instances' must be at least 2 where traffic.kind is 'canary': SageMaker moves whole instances, and at most half of them first, got '1'",
    ],
    [
      { instances: { kind: "fixed", type: "m7i.large", count: 2 } },
      "'instances.type' must be an instance type of SageMaker hosting with x86-64 processors, such as ml.m7i.large, got 'm7i.large'",
    ],
    [
      { instances: { kind: "fixed", type: "ml.inf1.xlarge", count: 2 } },
      "'instances.type' must be an instance type of SageMaker hosting with x86-64 processors, such as ml.m7i.large, got 'ml.inf1.xlarge'",
    ],
    [
      { instances: { kind: "scaled", type: "ml.m7i.large", min: 4, max: 2, requestsPerMinute: 1 } },
      "'instances.max' must be at least instances.min (4), got '2'",
    ],
    [{ limits: { maxErrorShare: 1 } }, "'limits.maxErrorShare' must be a number from 0 to 0.9999, got '1'"],
    [{ limits: { maxSlowShare: 0.6 } }, "'limits.maxSlowShare' must be a number from 0.0001 to 0.5, got '0.6'"],
    ...(
      [
        [10_000, 10],
        [60_000, 10],
        [5_000, 5],
      ] as const
    ).map(([latencyTargetMs, requestSeconds]): [Partial<SageMakerEndpointArgs>, string] => [
      { limits: { latencyTargetMs }, requestSeconds },
      `'limits.latencyTargetMs' must be less than requestSeconds (${requestSeconds}), after which no answer comes, got '${latencyTargetMs}'`,
    ]),
    [{ limits: { minRequests: 1_000_000 } }, "'limits.minRequests' must be a whole number from 1 to 10000, got '1000000'"],
    [
      {
        limits: { minRequests: 1_000 },
        instances: { kind: "scaled", type: "ml.m7i.large", min: 1, max: 2, requestsPerMinute: 1 },
      },
      "'limits.minRequests' must be at most 1, as many as the instances of the first step get in limits.windowSeconds (1 × 1 a minute), got '1000'",
    ],
    [
      {
        limits: { minRequests: 100 },
        traffic: { kind: "linear", stepPercent: 20, waitSeconds: 240 },
        instances: { kind: "scaled", type: "ml.m7i.large", min: 1, max: 10, requestsPerMinute: 40 },
      },
      "'limits.minRequests' must be at most 80, as many as the instances of the first step get in limits.windowSeconds (2 × 40 a minute), got '100'",
    ],
    [
      { instances: { kind: "scaled", type: "ml.t2.large", min: 2, max: 4, requestsPerMinute: 600 } },
      "'instances.type' must be no ml.t2 where instances.kind is 'scaled': SageMaker scales no burstable instances, got 'ml.t2.large'",
    ],
    [
      { network: { ...managed.network!, subnetIds: many(17) } },
      "'network.subnetIds' must be a list of 1 to 16 entries, got '17'",
    ],
    [
      { network: { ...managed.network!, securityGroupIds: many(6) } },
      "'network.securityGroupIds' must be a list of 1 to 5 entries, got '6'",
    ],
    [
      { alarmActions: many(6).map((name) => `arn:aws:sns:eu-west-1:111111111111:${name}`) },
      "'alarmActions' must be a list of 0 to 5 entries, got '6'",
    ],
    [{ alarmActions: ["arn:aws:sns:"] }, "'alarmActions[0]' must be the ARN of a topic, got 'arn:aws:sns:'"],
    [
      { alarmActions: ["arn:aws:sns:us-east-1:111111111111:alerts"] },
      "'alarmActions[0]' must be a topic of eu-west-1, where the alarms are, got 'arn:aws:sns:us-east-1:111111111111:alerts'",
    ],
    [{ limits: { windowSeconds: 90 } }, "'limits.windowSeconds' must be a multiple of 60, got '90'"],
    [{ limits: { maxSlowShare: 0.00015 } }, "'limits.maxSlowShare' must be a multiple of 0.0001, got '0.00015'"],
    [
      { model: { ...endpoint.model, image: `docker.io/model-server@sha256:${"a".repeat(64)}` } },
      `'model.image' must be an image by digest in a private registry of ECR, <account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<64 hexadecimal digits>, got 'docker.io/model-server@sha256:${"a".repeat(64)}'`,
    ],
    [
      { store: { ...endpoint.store, region: "eu-north-1" } },
      "'model.image' must be an image in ECR of eu-north-1, where the model's files are: SageMaker takes none of another region, got 'eu-west-1'",
    ],
    [
      { model: { ...endpoint.model, path: "models/churn/3" } },
      "'model.path' must be a folder inside 'models/fraud/', got 'models/churn/3'",
    ],
    [{ requestSeconds: 30 }, "'requestSeconds' must be a whole number from 1 to 25, got '30'"],
    [
      { capture: { ...managed.capture!, prefix: "" } },
      "'capture.prefix' must be a prefix that ends with a slash, such as captured/, got ''",
    ],
    [
      { capture: { ...managed.capture!, prefix: "../" } },
      "'capture.prefix' must be a prefix that ends with a slash, such as captured/, got '../'",
    ],
    [
      { capture: { ...managed.capture!, bucketName: "models", bucketArn: "arn:aws:s3:::models", prefix: "models/fraud/" } },
      "'capture.bucketName' must be another bucket than that of the models, which nothing that serves may write, got 'models'",
    ],
    [
      { capture: { ...managed.capture!, bucketName: "other" } },
      "'capture.bucketArn' must be the ARN of capture.bucketName ('other'), got 'arn:aws:s3:::tables'",
    ],
    [
      { store: { ...endpoint.store, bucketName: "other" } },
      "'store.bucketArn' must be the ARN of store.bucketName ('other'), got 'arn:aws:s3:::models'",
    ],
    ...["*", "arn:aws:s3:::*"].map((bucketArn): [Partial<SageMakerEndpointArgs>, string] => [
      { store: { ...endpoint.store, bucketArn } },
      `'store.bucketArn' must be the ARN of one bucket, got '${bucketArn}'`,
    ]),
    [{ store: { ...endpoint.store, kmsKeyArn: "*" } }, "'store.kmsKeyArn' must be the ARN of one key, got '*'"],
    [{ capture: { ...managed.capture!, kmsKeyArn: "*" } }, "'capture.kmsKeyArn' must be the ARN of one key, got '*'"],
    [{ volumeKeyArn: "*" }, "'volumeKeyArn' must be the ARN of one key, got '*'"],
    [{ logs: { kmsKeyArn: "*", days: 365 } }, "'logs.kmsKeyArn' must be the ARN of one key, got '*'"],
    [
      { alarmActions: ["arn:aws:lambda:eu-west-1:1:f"] },
      "'alarmActions[0]' must be the ARN of a topic, got 'arn:aws:lambda:eu-west-1:1:f'",
    ],
  ])("%j", async (change, message) => {
    expect(await refusal(() => new SageMakerEndpoint("fraud", { ...endpoint, ...change }))).toBe(message);
  });

  it("a capture in the bucket of the models whose name is known later", async () => {
    const later = pulumi.output("models");
    const capture = { ...managed.capture!, bucketName: later };
    const of = async (change: Partial<SageMakerEndpointArgs>) =>
      refusal(() => new SageMakerEndpoint("fraud", { ...endpoint, ...change }));
    const must = "must be another bucket than that of the models, which nothing that serves may write, got";
    expect(await of({ capture: { ...capture, bucketArn: "arn:aws:s3:::models" } })).toBe(
      `'capture.bucketArn' ${must} 'arn:aws:s3:::models'`,
    );
    expect(await of({ store: { ...endpoint.store, bucketName: later }, capture })).toBe(`'capture.bucketName' ${must} an output`);
  });

  it("accepts the shortest release that there is", async () => {
    const shortest = { traffic: { kind: "allAtOnce" }, soakSeconds: 240, timeoutSeconds: 900, loadSeconds: 60 } as const;
    expect((await deployment(shortest)).blueGreenUpdatePolicy.maximumExecutionTimeoutInSeconds).toBe(900);
  });

  it("accepts all users at once on one instance", async () => {
    const graph = await made({
      traffic: { kind: "allAtOnce" },
      instances: { kind: "fixed", type: "ml.m7i.large", count: 1 },
    });
    expect(only(graph, CONFIGURATION).inputs["productionVariants"][0].initialInstanceCount).toBe(1);
  });
});
