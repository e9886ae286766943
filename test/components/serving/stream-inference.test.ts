import { beforeAll, describe, expect, it } from "vitest";
import { StreamInference, type StreamInferenceArgs } from "#components/serving/stream-inference";
import { policyOf } from "#plan/policy";
import { record as planned } from "#plan/record";
import { sentence } from "#policies/evaluate";
import { type Recorded, record, refusal } from "../../harness/graph.ts";
import { type Account, accountOf } from "../../iam/account.ts";
import { allows, type Rights } from "../../iam/evaluate.ts";
import { layer, planOf } from "../../plan/sample.ts";
import { TODAY } from "../../policies/sample.ts";
import { named } from "../named.ts";
import { kafka, kinesis, streaming } from "./fixture.ts";

const { namespace, modelName, model, store, clusterName, source } = streaming;
const least: StreamInferenceArgs = { namespace, modelName, model, store, clusterName, source, monitoring: { namespace: "m" } };
const { clusterArn: _c, group: _g, ...plainKafka } = kafka;
const overKinesis: StreamInferenceArgs = { ...streaming, source: kinesis };

const made = (args: StreamInferenceArgs = streaming): Promise<Recorded[]> => record(() => new StreamInference("payments", args));
const podsOf = (graph: Recorded[]): any => named(graph, "payments-pods").inputs["spec"];
const variables = (spec: any): Record<string, string> =>
  Object.fromEntries(spec.template.spec.containers[0].env.map(({ name, value, valueFrom }: any) => [name, value ?? valueFrom]));

describe("StreamInference", () => {
  it("says everything to the program that was said to it", async () => {
    expect(variables(podsOf(await made()))).toEqual({
      MODEL_NAME: "fraud",
      MODEL_VERSION: "3",
      MODEL_URI: "s3://models/models/fraud/3",
      MODEL_SHA256: "b".repeat(64),
      MODEL_DIR: "/models",
      AWS_REGION: "eu-west-1",
      STREAM_POD: { fieldRef: { fieldPath: "metadata.name" } },
      STREAM_PORT: "8080",
      STREAM_END_SECONDS: "30",
      STREAM_KIND: "kafka",
      STREAM_BOOTSTRAP: kafka.bootstrap,
      STREAM_SIGN_IN: "iam",
      STREAM_GROUP: "scores",
      STREAM_INPUT: "payments",
      STREAM_OUTPUT: "payment-scores",
      STREAM_DEAD_LETTERS: "payment-failures",
      STREAM_KEEP: "id",
      STREAM_ROWS: "200",
      STREAM_WAIT_SECONDS: "0.5",
      STREAM_PREDICT_SECONDS: "20",
    });
    expect(variables(podsOf(await made(overKinesis)))).toMatchObject({
      STREAM_KIND: "kinesis",
      STREAM_INPUT: kinesis.stream.arn,
      STREAM_OUTPUT: kinesis.output.arn,
      STREAM_DEAD_LETTERS: kinesis.deadLetters.arn,
      STREAM_PODS: "3",
    });
  });

  it("leaves to the program what nobody said", async () => {
    const said = variables(podsOf(await made({ ...least, source: plainKafka })));
    expect(said).toMatchObject({ STREAM_GROUP: "payments-stream", STREAM_SIGN_IN: "none" });
    for (const name of ["STREAM_KEEP", "STREAM_ROWS", "STREAM_WAIT_SECONDS", "STREAM_PREDICT_SECONDS"]) {
      expect(said).not.toHaveProperty(name);
    }
  });

  it("has pods with names that last, which are ended slowly enough to commit, and not all at once", async () => {
    const graph = await made();
    const { replicas, podManagementPolicy, template } = podsOf(graph);
    expect({ replicas, podManagementPolicy }).toEqual({ replicas: 3, podManagementPolicy: "Parallel" });
    const seconds = Number(variables(podsOf(graph))["STREAM_END_SECONDS"]);
    expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThan(seconds);
    expect(named(graph, "payments-budget").inputs["spec"]).toMatchObject({ maxUnavailable: 1 });
  });

  it("is called by Prometheus alone, and calls AWS and its brokers alone", async () => {
    const spec = named(await made(), "payments-reach").inputs["spec"];
    expect(spec.ingress).toEqual([
      {
        from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
        ports: [{ protocol: "TCP", port: 8080 }],
      },
    ]);
    expect(spec.egress).toHaveLength(4);
    expect(spec.egress[3]).toEqual({
      to: [{ ipBlock: { cidr: "10.0.0.0/20" } }, { ipBlock: { cidr: "10.0.16.0/20" } }],
      ports: [{ protocol: "TCP", port: 9098 }],
    });
    expect(named(await made(overKinesis), "payments-reach").inputs["spec"].egress).toHaveLength(3);
  });

  it("keeps the positions in Kinesis in a table that is encrypted, can be restored and is not deleted by accident", async () => {
    const table = named(await made(overKinesis), "payments-checkpoints");
    expect(table.inputs).toMatchObject({
      hashKey: "shard",
      serverSideEncryption: { enabled: true, kmsKeyArn: kinesis.checkpoints.kmsKeyArn },
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: true,
    });
    const open = { ...kinesis, checkpoints: { ...kinesis.checkpoints, deletionProtection: false } };
    expect(named(await made({ ...streaming, source: open }), "payments-checkpoints").inputs).toMatchObject({
      deletionProtectionEnabled: false,
    });
    expect((await made()).filter(({ type }) => type.includes("dynamodb"))).toEqual([]);
  });

  it("keeps every rule of prod, whatever is said to it", async () => {
    for (const args of [streaming, least, { ...least, source: plainKafka }, overKinesis, { ...least, source: kinesis }]) {
      const { resources } = await planned(() => new StreamInference("payments", args), { stack: "workloads-prod" });
      const { verdicts } = policyOf(planOf([layer("workloads", resources)], { environment: "prod" }), [], TODAY);
      const broken = verdicts.flatMap(({ verdict }) => verdict.violations).map(sentence);
      // The stacks give every role its boundary, and their provider its tags.
      expect(broken.filter((each) => !/^(IAM-03|COST-01) /.test(each))).toEqual([]);
    }
  });
});

describe("The role of a stream", () => {
  let account: Account;
  beforeAll(async () => {
    account = await accountOf("dev");
  });

  const rightsOf = async (args: StreamInferenceArgs): Promise<Rights> => {
    const policy = JSON.parse(named(await made(args), "payments-role-permissions").inputs["policy"]);
    return { arn: `arn:aws:iam::${account.number}:role/payments`, policies: [{ name: "permissions", policy }] };
  };
  const inCluster = (kind: string, name: string) => `${kafka.clusterArn.replace(":cluster/", `:${kind}/`)}/${name}`;
  const through = (service: string, more = {}) => ({ "kms:ViaService": `${service}.eu-west-1.amazonaws.com`, ...more });

  it.each<[may: boolean, action: string, resource: string]>([
    [true, "kafka-cluster:Connect", kafka.clusterArn],
    [true, "kafka-cluster:WriteDataIdempotently", kafka.clusterArn],
    [true, "kafka-cluster:ReadData", inCluster("topic", "payments")],
    [true, "kafka-cluster:WriteData", inCluster("topic", "payment-scores")],
    [true, "kafka-cluster:WriteData", inCluster("topic", "payment-failures")],
    [true, "kafka-cluster:AlterGroup", inCluster("group", "scores")],
    [true, "kafka-cluster:AlterTransactionalId", inCluster("transactional-id", "scores-payments-stream-0")],
    [true, "s3:GetObject", "arn:aws:s3:::models/models/fraud/3/MLmodel"],
    [false, "kafka-cluster:WriteData", inCluster("topic", "payments")],
    [false, "kafka-cluster:ReadData", inCluster("topic", "payment-scores")],
    [false, "kafka-cluster:ReadData", inCluster("topic", "salaries")],
    [false, "kafka-cluster:AlterGroup", inCluster("group", "others")],
    [false, "kafka-cluster:AlterTransactionalId", inCluster("transactional-id", "others-0")],
    [false, "kafka-cluster:CreateTopic", inCluster("topic", "payments")],
    [false, "kafka-cluster:AlterCluster", kafka.clusterArn],
    [false, "s3:GetObject", "arn:aws:s3:::models/models/churn/1/MLmodel"],
    [false, "s3:PutObject", "arn:aws:s3:::models/models/fraud/3/MLmodel"],
  ])("of Kafka: %s %s %s", async (may, action, resource) => {
    expect(await allows(account, await rightsOf(streaming), { action, resource })).toBe(may);
  });

  it.each<[may: boolean, action: string, resource: string, context?: Record<string, string>]>([
    [true, "kinesis:GetRecords", kinesis.stream.arn],
    [true, "kinesis:ListShards", kinesis.stream.arn],
    [true, "kinesis:PutRecords", kinesis.output.arn],
    [true, "kinesis:PutRecords", kinesis.deadLetters.arn],
    [true, "kms:Decrypt", kinesis.stream.kmsKeyArn, through("kinesis")],
    [true, "kms:GenerateDataKey", kinesis.output.kmsKeyArn, through("kinesis")],
    [true, "kms:GenerateDataKey", kinesis.deadLetters.kmsKeyArn, through("kinesis")],
    [false, "kinesis:PutRecords", kinesis.stream.arn],
    [false, "kinesis:GetRecords", kinesis.output.arn],
    [false, "kinesis:SplitShard", kinesis.stream.arn],
    [false, "kms:Decrypt", kinesis.stream.kmsKeyArn, through("s3")],
    [false, "kms:Decrypt", kinesis.output.kmsKeyArn, through("kinesis")],
    [false, "kms:GenerateDataKey", kinesis.stream.kmsKeyArn, through("kinesis")],
    [false, "dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:111111111111:table/others"],
  ])("of Kinesis: %s %s %s", async (may, action, resource, context = {}) => {
    expect(await allows(account, await rightsOf(overKinesis), { action, resource, context })).toBe(may);
  });

  it("keeps its own positions, and reads no other table through their key", async () => {
    const graph = await made(overKinesis);
    const rights = await rightsOf(overKinesis);
    const { Statement } = JSON.parse(named(graph, "payments-role-permissions").inputs["policy"]);
    const statement = (sid: string) => Statement.find(({ Sid }: any) => Sid === sid);
    const [table] = statement("KeepPositions").Resource;
    for (const action of ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]) {
      expect(await allows(account, rights, { action, resource: table })).toBe(true);
    }
    for (const action of ["dynamodb:DeleteItem", "dynamodb:Scan", "dynamodb:DeleteTable"]) {
      expect(await allows(account, rights, { action, resource: table })).toBe(false);
    }
    const decrypt = (tableName: string) =>
      allows(account, rights, {
        action: "kms:Decrypt",
        resource: kinesis.checkpoints.kmsKeyArn,
        context: through("dynamodb", { "kms:EncryptionContext:aws:dynamodb:tableName": tableName }),
      });
    const own = statement("KeyOfPositions").Condition.StringEquals["kms:EncryptionContext:aws:dynamodb:tableName"];
    expect([await decrypt(own), await decrypt("others")]).toEqual([true, false]);
  });

  it("signs in nowhere where the brokers ask nobody", async () => {
    const rights = JSON.stringify(await rightsOf({ ...streaming, source: plainKafka }));
    expect(rights).not.toContain("kafka-cluster");
  });
});

describe("StreamInference refuses", () => {
  const inRegion = (arn: string) => arn.replace("eu-west-1", "us-east-1");

  it.each<[Partial<StreamInferenceArgs>, string]>([
    [{ source: { ...kafka, kind: "sqs" as never } }, "'source.kind' must be one of kafka, kinesis, got 'sqs'"],
    [{ modelName: "churn" }, "'model.path' must be a folder inside 'models/churn/', got 'models/fraud/3'"],
    [{ pods: 7 }, "'pods' must be at most 'source.partitions' (6), as more would have nothing to do, got '7'"],
    [{ source: { ...kafka, output: "payments" } }, "'source' must be distinct, got 'payments'"],
    [{ source: { ...kafka, deadLetters: "payment-scores" } }, "'source' must be distinct, got 'payment-scores'"],
    [
      { source: { ...kafka, topic: "a b" } },
      "'source.topic' must be the name of a topic: letters, digits, '.', '_' and '-', got 'a b'",
    ],
    [
      { source: { ...kafka, bootstrap: "b-1" } },
      "'source.bootstrap' must be <host>:<port> of brokers, with commas between them, got 'b-1'",
    ],
    [
      { source: { ...kafka, brokers: { networks: [], port: 9098 } } },
      "'source.brokers.networks' must be a list of at least 1, got an empty list",
    ],
    [
      { source: { ...kafka, brokers: { networks: ["0.0.0.0/0"], port: 9098 } } },
      "'source.brokers.networks[0]' must be a range of at most /8, such as 10.0.0.0/16, got '0.0.0.0/0'",
    ],
    [{ source: { ...kafka, clusterArn: "*" } }, "'source.clusterArn' must be the ARN of a cluster of MSK, got '*'"],
    [
      { source: { ...kafka, checkpoints: kinesis.checkpoints } as never },
      "'source' must be one of kind, bootstrap, brokers, clusterArn, topic, partitions, output, deadLetters, group, got 'checkpoints'",
    ],
    [
      { source: { ...kinesis, group: "g" } as never },
      "'source' must be one of kind, stream, output, deadLetters, checkpoints, got 'group'",
    ],
    [
      { source: { ...kinesis, output: { ...kinesis.output, arn: kinesis.stream.arn } } },
      `'source' must be distinct, got '${kinesis.stream.arn}'`,
    ],
    [
      { source: { ...kinesis, output: { ...kinesis.output, arn: inRegion(kinesis.output.arn) } } },
      `'source.output.arn' must be a stream of the region of 'store' (eu-west-1), got '${inRegion(kinesis.output.arn)}'`,
    ],
    [
      { source: { ...kinesis, stream: { ...kinesis.stream, kmsKeyArn: "alias/aws/kinesis" } } },
      "'source.stream.kmsKeyArn' must be the ARN of a key, not of its alias, got 'alias/aws/kinesis'",
    ],
    [{ keep: ["a,b"] }, "'keep[0]' must be the name of a field without a comma, got 'a,b'"],
    [{ keep: ["$(MODEL_NAME)"] }, "'keep[0]' must be the name of a field without a comma, got '$(MODEL_NAME)'"],
    [{ rowsPerCall: 0 }, "'rowsPerCall' must be a whole number from 1 to 10000, got '0'"],
    [{ waitSeconds: 11 }, "'waitSeconds' must be a number from 0 to 10, got '11'"],
    [{ memory: "much" }, "'memory' must be a Kubernetes quantity of memory such as 16Gi, got 'much'"],
  ])("%j", async (change, message) => {
    expect(await refusal(() => new StreamInference("payments", { ...streaming, ...change }))).toBe(message);
  });
});
