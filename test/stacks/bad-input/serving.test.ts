import { expect, it } from "vitest";
import { type Changes, refused } from "../../harness/refused.ts";
import { modelReleaseOf } from "../../harness/releases.ts";

type Case = [what: string, changes: Changes, sentence: string];

const FILE = "stacks/inputs/models.ts:";
const FIELDS =
  "weights, stepSeconds, soakSeconds, scarceGpus, scaleDownDelaySeconds, intervalSeconds, windowSeconds, giveUpSeconds, minRequests";
const RISING = "at least two whole numbers that rise to 100";
const BUDGET = "so that a bad version loses its users within 240 s (windowSeconds + 2 × intervalSeconds + 20)";
const canary = (value: unknown): Changes => ({ "models.fraud.canary": value });
const whole = (field: string, got: string) =>
  `${FILE} fraud.canary.${field} must be a whole number from 1 to ${field === "soakSeconds" ? 604_800 : 86_400}, got '${got}'`;

it.each<Case>([
  ["a list", canary([5, 100]), `${FILE} fraud.canary must be an object with ${FIELDS}, got '[5,100]'`],
  ["nothing at all", canary(null), `${FILE} fraud.canary must be an object with ${FIELDS}, got 'null'`],
  ["text", canary("slow"), `${FILE} fraud.canary must be an object with ${FIELDS}, got 'slow'`],
  [
    "an unknown field",
    canary({ weigths: [5, 100] }),
    `${FILE} fraud.canary.weigths must be a known key (${FIELDS}). Did you mean 'weights'?`,
  ],
  [
    "a field of the analysis",
    canary({ maxErrorShare: 0.5 }),
    `${FILE} fraud.canary.maxErrorShare must be a known key (${FIELDS})`,
  ],
  ["one share", canary({ weights: [100] }), `${FILE} fraud.canary.weights must be ${RISING}, got '[100]'`],
  ["no share", canary({ weights: [] }), `${FILE} fraud.canary.weights must be ${RISING}, got '[]'`],
  ["a number for shares", canary({ weights: 5 }), `${FILE} fraud.canary.weights must be ${RISING}, got '5'`],
  ["shares as text", canary({ weights: ["5", "100"] }), `${FILE} fraud.canary.weights must be ${RISING}, got '["5","100"]'`],
  ["shares that fall", canary({ weights: [50, 20, 100] }), `${FILE} fraud.canary.weights must be ${RISING}, got '[50,20,100]'`],
  ["shares that end early", canary({ weights: [5, 50] }), `${FILE} fraud.canary.weights must be ${RISING}, got '[5,50]'`],
  ["a share above 100", canary({ weights: [5, 100, 150] }), `${FILE} fraud.canary.weights must be ${RISING}, got '[5,100,150]'`],
  ["half a percent", canary({ weights: [0.5, 100] }), `${FILE} fraud.canary.weights must be ${RISING}, got '[0.5,100]'`],
  ["no time at a share", canary({ stepSeconds: 0 }), whole("stepSeconds", "0")],
  ["a time as text", canary({ stepSeconds: "5m" }), whole("stepSeconds", "5m")],
  ["a soak before time", canary({ soakSeconds: -1 }), whole("soakSeconds", "-1")],
  [
    "half a request",
    canary({ minRequests: 0.5 }),
    `${FILE} fraud.canary.minRequests must be a whole number from 10 to 100000, got '0.5'`,
  ],
  [
    "a window without two scrapes",
    canary({ windowSeconds: 5 }),
    `${FILE} fraud.canary.windowSeconds must be at least 30, so that it holds two scrapes of the gateway, got '5'`,
  ],
  [
    "more requests than anybody sends",
    canary({ minRequests: 1e9 }),
    `${FILE} fraud.canary.minRequests must be a whole number from 10 to 100000, got '1000000000'`,
  ],
  ["no delay", canary({ scaleDownDelaySeconds: 0 }), whole("scaleDownDelaySeconds", "0")],
  ["an endless soak", canary({ soakSeconds: Number.NaN }), whole("soakSeconds", "NaN")],
  [
    "steps shorter than the window of the environment",
    canary({ stepSeconds: 60 }),
    `${FILE} fraud.canary.stepSeconds must be at least windowSeconds (120), so that a gate measures its own step, got '60'`,
  ],
  [
    "a window longer than the steps of the environment",
    canary({ windowSeconds: 130 }),
    `${FILE} fraud.canary.windowSeconds must be at most stepSeconds (120), so that a gate measures its own step, got '130'`,
  ],
  [
    "a window that keeps a bad version for too long",
    canary({ stepSeconds: 600, windowSeconds: 200 }),
    `${FILE} fraud.canary.windowSeconds must be at most 160, ${BUDGET}, got '200'`,
  ],
  [
    "measurements that keep a bad version for too long",
    canary({ intervalSeconds: 60 }),
    `${FILE} fraud.canary.intervalSeconds must be at most 50, ${BUDGET}, got '60'`,
  ],
])("a model's canary may not be or have %s", async (_, changes, sentence) => {
  expect(await refused("workloads", changes)).toEqual({ sentence, plain: true, touched: [] });
});

const model = (name: string, spec: object): Changes => ({
  [`models.${name}`]: { team: "risk", host: `${name}.models.internal`, ...spec },
  [`released.${name}`]: modelReleaseOf(name, "1"),
  [`pointer.models.${name}`]: "1",
});
const beside = (path: string, other: string): Changes => ({
  "models.fraud.path": other,
  ...model("churn", { host: "fraud.models.internal", path }),
});
const shared = (path: string, other: string) =>
  `${FILE} churn.path must be apart from the path of 'fraud' on the same host, '${other}', got '${path}': take a path that does not lie below the other, or another host`;
const team = (gpuShare: number, name = "a") => ({
  gpuShare,
  groups: { dataScientists: `${name}-ds`, mlEngineers: `${name}-ml` },
});

it.each<Case>([
  ["the whole host beside a path", beside("/", "/invocations"), shared("/", "/invocations")],
  ["a path beside the whole host", beside("/invocations", "/"), shared("/invocations", "/")],
  ["a path below another", beside("/fraud/eu", "/fraud"), shared("/fraud/eu", "/fraud")],
  ["a path above another", beside("/v1", "/v1/score"), shared("/v1", "/v1/score")],
  [
    "gRPC under the host of another one that answers gRPC",
    { "models.fraud.grpc": true, ...model("churn", { host: "fraud.models.internal", path: "/churn", grpc: true }) },
    `${FILE} churn.grpc must be left out beside 'fraud' on the same host, whose '/inference.GRPCInferenceService/ServerLive' takes the same requests: take another host`,
  ],
  [
    "the whole of a host beside one that answers gRPC there",
    { "models.fraud.grpc": true, ...model("churn", { host: "fraud.models.internal", path: "/inference.GRPCInferenceService" }) },
    shared("/inference.GRPCInferenceService", "/inference.GRPCInferenceService/ServerLive"),
  ],
  [
    "gRPC beside one that has the whole of the host",
    {
      "models.fraud.path": "/inference.GRPCInferenceService",
      ...model("churn", { host: "fraud.models.internal", path: "/churn", grpc: true }),
    },
    `${FILE} churn.grpc must be left out beside 'fraud' on the same host, whose '/inference.GRPCInferenceService' takes the same requests: take another host`,
  ],
  [
    "gRPC and blue/green",
    { "models.fraud.grpc": true, "models.fraud.maxPsi": undefined, "models.fraud.blueGreen": {} },
    `${FILE} fraud.blueGreen must be left out beside fraud.grpc: it judges a version by its answers to copies, and the gateway does not know the status of those`,
  ],
  [
    "a name that another model's route of gRPC has",
    { "models.fraud.grpc": true, ...model("fraud-split-grpc", {}) },
    `${FILE} fraud-split-grpc must have another name, got 'fraud-split-grpc': its VirtualService of models-risk 'fraud-split-grpc' would be that of 'fraud' too`,
  ],
  [
    "a name that another model's route has",
    model("fraud-split", {}),
    `${FILE} fraud-split must have another name, got 'fraud-split': its VirtualService of models-risk 'fraud-split' would be that of 'fraud' too`,
  ],
  [
    "a team and a name that are joined to those of another",
    {
      "teams.risk.gpuShare": 0.2,
      "teams.a": team(0.2),
      "teams.a-b": team(0.2, "a-b"),
      ...model("b-c", { team: "a" }),
      ...model("c", { team: "a-b" }),
    },
    `${FILE} c must have another name, got 'c': its route in the gateway 'models-a-b-c' would be that of 'b-c' too`,
  ],
  [
    "a team whose queue is another team's",
    { "teams.risk.gpuShare": 0.2, "teams.risk-cpu": team(0.2) },
    "stacks/inputs/teams.ts: risk-cpu must have another name, got 'risk-cpu': its ClusterQueue 'risk-cpu' would be that of 'risk' too",
  ],
])("models and teams may not have %s", async (_, changes, sentence) => {
  expect(await refused("workloads", changes)).toEqual({ sentence, plain: true, touched: [] });
});

it.each([
  [{ "models.fraud.maxAccuracyLoss": 7 }, "fraud.maxAccuracyLoss must be a number from 0.005 to 0.5, got '7'"],
  [{ "models.fraud.maxPsi": 70 }, "fraud.maxPsi must be a number from 0.01 to 10, got '70'"],
  [{ "models.fraud.maxInFlight": 0 }, "fraud.maxInFlight must be a number from 1 to 100000, got '0'"],
  [
    { "models.fraud.shadow": {}, "models.fraud.maxAccuracyLoss": 7 },
    "fraud.maxAccuracyLoss must be a number from 0.005 to 0.5, got '7'",
  ],
  [
    { "models.fraud.batch": { table: "payments", schedule: "daily" } },
    "fraud.batch.schedule must be a cron schedule of five fields in numbers, such as 0 3 * * *, got 'daily'",
  ],
  [
    { "models.fraud.batch": { table: "payments", schedule: "@daily", pods: 5_000 } },
    "fraud.batch.pods must be a whole number from 1 to 1000, got '5000'",
  ],
  [
    { "models.fraud.stream": { kind: "kinesis", stream: "payments", output: "scores", deadLetters: "failures", pods: 5_000 } },
    "fraud.stream.pods must be a whole number from 1 to 1000, got '5000'",
  ],
  [
    {
      "models.fraud.stream": { kind: "kafka", topic: "pay ments", partitions: 3, output: "scores", deadLetters: "failures" },
      "config.kafka": { bootstrap: "b-1.example.com:9094", networks: ["10.0.0.0/16"], port: 9_094 },
    },
    "fraud.stream.topic must be the name of a topic: letters, digits, '.', '_' and '-', got 'pay ments'",
  ],
  [
    {
      "models.fraud.stream": { kind: "kafka", topic: "payments", partitions: 1, output: "scores", deadLetters: "failures" },
      "config.kafka": { bootstrap: "b-1.example.com:9094", networks: ["10.0.0.0/16"], port: 9_094 },
    },
    "fraud.stream.pods must be at most fraud.stream.partitions (1), as more would have nothing to do, got '2'",
  ],
])("what a model may not say is told by its own key: %j", async (changes, said) => {
  expect(await refused("workloads", changes)).toMatchObject({ sentence: `stacks/inputs/models.ts: ${said}`, plain: true });
});

const PATH = "'/' or a path of letters, digits, '.', '_' and '-', such as /v1/score, without a slash at its end";

it.each(["/fraud/", "//fraud", "/a//b", "/a/../b", "/.", "/%66raud", "/fraud?x", "/fraud*", "", "/fraud eu"])(
  "a model's path may not be '%s'",
  async (path) => {
    const sentence = `stacks/inputs/models.ts: fraud.path must be ${PATH}, got '${path}'`;
    expect(await refused("workloads", { "models.fraud.path": path })).toMatchObject({ sentence, plain: true });
  },
);
