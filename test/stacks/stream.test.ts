import { describe, expect, it } from "vitest";
import { record } from "#plan/record";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { workloads } from "#stacks/workloads/workloads";
import { contextOf, many, references } from "./workloads-fixture.ts";

const BROKERS = {
  bootstrap: "b-1.example.com:9098",
  networks: ["10.0.0.0/20"],
  port: 9_098,
  clusterArn: "arn:aws:kafka:eu-west-1:111111111111:cluster/events/11111111-2222-3333-4444-555555555555-1",
};

const TOPICS = { kind: "kafka", topic: "payments", partitions: 6, output: "scores", deadLetters: "failures" };
const topics = (more: object = {}) => ({ ...TOPICS, ...more });
const STREAMS = { kind: "kinesis", stream: "payments", output: "scores", deadLetters: "failures" };
const kinesis = (more: object = {}) => ({ ...STREAMS, ...more });

/** What is declared where the entries of models, `fraud` and `fraud-1` and so on, have these streams. */
async function declared(
  streams: readonly unknown[],
  more: { environment?: EnvironmentName; kafka?: object; models?: object } = {},
) {
  const { environment = "dev" } = more;
  const { models, release } = many(streams.length);
  const entries = Object.entries(models).map(([name, model], at) => [name, { ...model, ...more.models, stream: streams[at] }]);
  const context = contextOf(environment);
  const kafka = "kafka" in more ? more.kafka : BROKERS;
  const given = { models: Object.fromEntries(entries), release };
  const { resources } = await record(
    () => workloads({ ...context, settings: { ...context.settings, kafka: kafka as never } }, given),
    { stack: `workloads-${environment}`, references: references(environment) },
  );
  return (name: string): any => resources.find((each) => each.name === name && each.custom)?.inputs;
}

const saidTo = (pods: any): Record<string, string> => {
  const [container] = pods.spec.template.spec.containers;
  return Object.fromEntries(container.env.map(({ name, value }: any) => [name, value]));
};

describe("the rows of a stream are predicted for", () => {
  it("by the released version, beside the team's models, from the Kafka of the environment", async () => {
    const of = await declared([topics({ keep: ["id"], pods: 3, group: "scoring" })]);
    const pods = of("fraud-pods");
    expect(pods.metadata).toMatchObject({ name: "fraud-stream", namespace: "models-risk" });
    expect(pods.spec.replicas).toBe(3);
    expect(pods.spec.template.spec.nodeSelector).toEqual({ "millrace.dev/pool": "cpu" });
    expect(saidTo(pods)).toMatchObject({
      MODEL_NAME: "fraud",
      MODEL_VERSION: "3",
      STREAM_BOOTSTRAP: "b-1.example.com:9098",
      STREAM_SIGN_IN: "iam",
      STREAM_GROUP: "scoring",
      STREAM_INPUT: "payments",
      STREAM_OUTPUT: "scores",
      STREAM_DEAD_LETTERS: "failures",
      STREAM_KEEP: "id",
    });
    expect(of("risk-models-quota").spec.hard.pods).toBe(String(2 * contextOf("dev").profile.serving.maxReplicas + 1 + 3));
  });

  it("from streams of Kinesis in the environment's account, with a table of its name and its key", async () => {
    const of = await declared([kinesis()]);
    const stream = "arn:aws:kinesis:eu-west-1:111111111111:stream";
    expect(saidTo(of("fraud-pods"))).toMatchObject({
      STREAM_INPUT: `${stream}/payments`,
      STREAM_OUTPUT: `${stream}/scores`,
      STREAM_DEAD_LETTERS: `${stream}/failures`,
    });
    expect(of("fraud-checkpoints")).toMatchObject({
      name: "millrace-dev-fraud-checkpoints",
      deletionProtectionEnabled: false,
      serverSideEncryption: { enabled: true, kmsKeyArn: "arn:aws:kms:eu-west-1:111111111111:key/2" },
    });
    const inProd = await declared([kinesis()], { environment: "prod", kafka: undefined as never });
    expect(inProd("fraud-checkpoints").deletionProtectionEnabled).toBe(true);
  });

  it("by two models each for themselves, and by one for what another has predicted", async () => {
    const both = await declared([topics(), topics({ output: "scores-1", deadLetters: "failures-1" })]);
    expect(saidTo(both("fraud-1-pods"))["STREAM_GROUP"]).toBe("fraud-1-stream");
    await declared([topics(), topics({ topic: "scores", output: "scores-1", deadLetters: "failures-1" })]);
    // A topic and a stream of one name are two places.
    await declared([topics(), kinesis()]);
  });
});

const FILE = "stacks/inputs/models.ts: fraud.stream";
const OTHER = "stacks/inputs/models.ts: fraud-1.stream";

it.each<[string, unknown[], string]>([
  ["without a kind", [{ topic: "payments" }], `${FILE}.kind must be one of kafka, kinesis, got nothing`],
  ["without its topic", [topics({ topic: undefined })], `${FILE}.topic must be a string, got nothing`],
  ["with a key of another kind", [kinesis({ group: "a" })], `${FILE}.group must be a known key`],
  ["with brokers of its own", [topics({ bootstrap: "b:1" })], `${FILE}.bootstrap must be a known key`],
  ["with an ARN for a name", [kinesis({ stream: "arn:aws:kinesis:x" })], `${FILE}.stream must be the name of a Kinesis stream`],
  ["with no pods", [topics({ pods: 0 })], `${FILE}.pods must be a whole number of at least 1, got '0'`],
  [
    "with one place for predictions and dead letters",
    [topics({ deadLetters: "scores" })],
    `${FILE}.deadLetters must be a place that nothing else writes, got 'scores', which is fraud.stream.output too`,
  ],
  [
    "with the output of another",
    [topics(), topics({ deadLetters: "failures-1" })],
    `${OTHER}.output must be a place that nothing else writes, got 'scores', which 'fraud' writes too`,
  ],
  [
    "with its own output for a source",
    [topics({ output: "payments" })],
    `${FILE}.topic must be a place that does not come from its own predictions, got 'payments', which it writes itself`,
  ],
  [
    "with its own output for a source, over another",
    [kinesis(), kinesis({ stream: "scores", output: "payments", deadLetters: "failures-1" })],
    `${FILE}.stream must be a place that does not come from its own predictions, got 'payments', which comes from its own predictions, through fraud-1`,
  ],
  [
    "with the group of another",
    [topics(), topics({ output: "b", deadLetters: "c", group: "fraud-stream" })],
    `${OTHER}.group must be a group of its own, got 'fraud-stream', which is that of 'fraud': each would get a part of the rows`,
  ],
])("a stream is refused %s", async (_, streams, sentence) => {
  await expect(declared(streams)).rejects.toThrow(sentence);
});

it("a model that reads from a loop of two others is not to blame for it", async () => {
  const loop = [
    topics({ topic: "a", output: "b", deadLetters: "x" }),
    topics({ topic: "b", output: "c", deadLetters: "y" }),
    topics({ topic: "c", output: "b2", deadLetters: "b-dead" }),
  ];
  await declared(loop);
  const closed = [
    topics({ topic: "c", output: "b", deadLetters: "x" }),
    loop[1],
    topics({ topic: "c", output: "d", deadLetters: "z" }),
  ];
  await expect(declared(closed)).rejects.toThrow(/^(?!.*fraud-2)/s);
});

it("topics need the brokers of the environment", async () => {
  await expect(declared([topics()], { kafka: undefined as never })).rejects.toThrow(
    "stacks/config/Pulumi.*-dev.yaml: millrace:kafka must name the brokers for fraud.stream of stacks/inputs/models.ts, got nothing: set its bootstrap, networks and port",
  );
});

it("another program than ours predicts for no stream", async () => {
  await expect(declared([kinesis()], { models: { runtime: { kind: "triton" } } })).rejects.toThrow(
    `${FILE} must be left out beside the runtime 'triton': our own image predicts for streams, with models of MLflow`,
  );
});
