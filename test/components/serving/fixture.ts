import type { BatchInferenceArgs } from "#components/serving/batch-inference";
import type { Compute } from "#components/serving/compute";
import type { InferenceServiceArgs } from "#components/serving/inference-service";
import { ModelServing, type ModelServingArgs, type ServingArgs } from "#components/serving/model-serving";
import type { Runtime } from "#components/serving/runtimes/runtime";
import type { SageMakerEndpointArgs } from "#components/serving/sagemaker/endpoint-args";
import type { StreamInferenceArgs } from "#components/serving/stream-inference";
import type { KafkaStream } from "#components/serving/streams/kafka";
import type { KinesisStream } from "#components/serving/streams/kinesis";
import { type Recorded, record } from "../../harness/graph.ts";

export const DIGEST = `sha256:${"a".repeat(64)}`;

/** The least that a served model needs. */
export const minimal: ModelServingArgs = {
  namespace: "models-risk",
  model: {
    version: "3",
    path: "models/fraud/3",
    sha256: "b".repeat(64),
    image: `111111111111.dkr.ecr.eu-west-1.amazonaws.com/model-server@${DIGEST}`,
  },
  store: {
    bucketName: "models",
    bucketArn: "arn:aws:s3:::models",
    kmsKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/1",
    region: "eu-west-1",
  },
  clusterName: "millrace",
  exposure: {
    host: "fraud.models.internal",
    gateway: { namespace: "istio-ingress", name: "ingress", selector: { istio: "ingress" } },
  },
  monitoring: { namespace: "monitoring", prometheusUrl: "http://prometheus.monitoring:9090" },
};

/** All that can be said. */
export const everything: ModelServingArgs = {
  ...minimal,
  exposure: { ...minimal.exposure, path: "/score", timeoutSeconds: 5, sticky: { header: "x-user-id" } },
  await: "healthy",
  compute: { kind: "gpu", gpus: 2, nodeLabels: { "millrace.dev/pool": "inference" }, cpu: "8", memory: "32Gi" },
  runtime: { kind: "image", loadSeconds: 60 },
  strategy: {
    kind: "canary",
    weights: [10, 100],
    stepSeconds: 90,
    soakSeconds: 600,
    scaleDownDelaySeconds: 900,
    analysis: {
      maxErrorShare: 0.02,
      latencyTargetMs: 100,
      maxSlowShare: 0.1,
      intervalSeconds: 10,
      windowSeconds: 60,
      minRequests: 60,
      drift: { maxPsi: 0.3, minPredictions: 900 },
      accuracy: { maxLoss: 0.1, minLabels: 600 },
      maxInFlight: 32,
    },
  },
  scaling: { minReplicas: 3, maxReplicas: 9, targetCpuPercent: 50 },
};

const table = { bucketArn: "arn:aws:s3:::tables", bucketName: "tables", kmsKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/2" };

/** All that can be said of predictions for a table. */
export const batch: BatchInferenceArgs = {
  namespace: "risk-jobs",
  modelName: "fraud",
  model: minimal.model,
  store: minimal.store,
  clusterName: "millrace",
  input: { ...table, prefix: "payments/" },
  output: { ...table, prefix: "scores/" },
  schedule: "0 3 * * *",
  partitions: "date=2026-*",
  keep: ["id"],
  rowsPerCall: 5_000,
  maxRejectedShare: 0.001,
  again: "replace",
  pods: 4,
  deadlineSeconds: 3_600,
  cpu: "4",
  memory: "8Gi",
  nodeLabels: { "millrace.dev/pool": "cpu" },
  queue: "cpu",
};

/** All that can be said of a model behind KServe. */
export const inferenceService: InferenceServiceArgs = {
  namespace: "models-risk",
  model: minimal.model,
  store: minimal.store,
  clusterName: "millrace",
  callers: ["gateway", "batch"],
  monitoring: { namespace: "monitoring", scrapeSeconds: 30 },
  timeoutSeconds: 5,
  scaling: { minReplicas: 3, maxReplicas: 9, targetCpuPercent: 50 },
  runtime: { kind: "image", loadSeconds: 60 },
  compute: { kind: "cpu", cpu: "1", memory: "2Gi", nodeLabels: { "millrace.dev/pool": "cpu" } },
};

/** The least that an endpoint of SageMaker needs. */
export const endpoint: SageMakerEndpointArgs = {
  endpointName: "millrace-dev-fraud",
  model: minimal.model,
  store: minimal.store,
  account: "111111111111",
  instances: { kind: "fixed", type: "ml.m7i.large", count: 2 },
  volumeKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/1",
  logs: { kmsKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/3", days: 365 },
};

/** All that can be said of one. */
export const managed: SageMakerEndpointArgs = {
  ...endpoint,
  instances: { kind: "scaled", type: "ml.g6.xlarge", min: 2, max: 6, requestsPerMinute: 600 },
  network: { subnetIds: ["subnet-1", "subnet-2"], securityGroupIds: ["sg-1"] },
  traffic: { kind: "linear", stepPercent: 25, waitSeconds: 300 },
  limits: { maxErrorShare: 0.02, latencyTargetMs: 150, maxSlowShare: 0.01, windowSeconds: 60, minRequests: 50 },
  soakSeconds: 780,
  timeoutSeconds: 3_200,
  loadSeconds: 600,
  requestSeconds: 20,
  capture: { ...table, prefix: "captured/", percent: 10 },
  alarmActions: ["arn:aws:sns:eu-west-1:111111111111:alerts"],
};

const ACCOUNT_IN_REGION = "eu-west-1:111111111111";
const key = (number: number): string => `arn:aws:kms:${ACCOUNT_IN_REGION}:key/${number}`;
const stream = (name: string, number: number) => ({
  arn: `arn:aws:kinesis:${ACCOUNT_IN_REGION}:stream/${name}`,
  kmsKeyArn: key(number),
});

/** All that can be said of topics of Kafka. */
export const kafka = {
  kind: "kafka" as const,
  bootstrap: "b-1.example.kafka.eu-west-1.amazonaws.com:9098,b-2.example.kafka.eu-west-1.amazonaws.com:9098",
  brokers: { networks: ["10.0.0.0/20", "10.0.16.0/20"], port: 9098 },
  clusterArn: `arn:aws:kafka:${ACCOUNT_IN_REGION}:cluster/events/11111111-2222-3333-4444-555555555555-1`,
  topic: "payments",
  partitions: 6,
  output: "payment-scores",
  deadLetters: "payment-failures",
  group: "scores",
} satisfies KafkaStream;

/** All that can be said of streams of Kinesis. */
export const kinesis = {
  kind: "kinesis" as const,
  stream: stream("payments", 3),
  output: stream("payment-scores", 4),
  deadLetters: stream("payment-failures", 5),
  checkpoints: { kmsKeyArn: key(6), deletionProtection: true },
} satisfies KinesisStream;

/** All that can be said of predictions for a stream. */
export const streaming: StreamInferenceArgs = {
  namespace: "models-risk",
  modelName: "fraud",
  model: minimal.model,
  store: minimal.store,
  clusterName: "millrace",
  source: kafka,
  monitoring: { namespace: "monitoring", scrapeSeconds: 30 },
  keep: ["id"],
  rowsPerCall: 200,
  waitSeconds: 0.5,
  predictSeconds: 20,
  loadSeconds: 60,
  pods: 3,
  cpu: "2",
  memory: "4Gi",
  nodeLabels: { "millrace.dev/pool": "cpu" },
};

/** Some of the arguments, and a runtime on what it may not run on too: as a caller without types writes them. */
export type Change = Partial<ServingArgs> & { runtime?: Runtime; compute?: Compute };

export const changed = (change: Change): ModelServingArgs => ({ ...minimal, ...change }) as ModelServingArgs;

export const serving = (change: Change = {}): Promise<Recorded[]> => record(() => new ModelServing("fraud", changed(change)));
