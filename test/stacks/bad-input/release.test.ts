import { expect, it } from "vitest";
import { type Changes, refused } from "../../harness/refused.ts";
import { modelReleaseOf } from "../../harness/releases.ts";

type Case = [what: string, changes: Changes, sentence: string];

const HOST_RULE = "a name directly below models.internal, such as fraud.models.internal";
const NO_OTHER = "no other name leads to the gateway";

const POINTER = "releases/environments/dev.json";
const FRAUD = "releases/models/fraud/3.json";

it.each<Case>([
  [
    "no file",
    { pointer: undefined },
    `${POINTER} must be a file that says what the environment runs, got nothing: write {"models": {"<model>": "<version>"}, "platform": "<id>"}`,
  ],
  [
    "broken JSON",
    { pointer: "{" },
    `${POINTER} must be JSON, got a text that ends in the middle: correct it there (git diff ${POINTER} shows what has changed)`,
  ],
  [
    "another form",
    { pointer: '{ "models": { "fraud": "3" }, "platform": "2026.11.21-1" }' },
    `${POINTER}:1 must be canonical JSON (sorted keys, two spaces a level, one newline at the end), got another form: npx millrace release format writes it so`,
  ],
  [
    "a model that models.ts does not have",
    { "pointer.models": { fruad: "1" } },
    `${POINTER}: models.fruad must be a release of fruad, got '1': there is no releases/models/fruad/1.json; create it first, or name another one`,
  ],
  [
    "a release of a model that models.ts does not have",
    { "pointer.models.fruad": "1", "released.fruad": modelReleaseOf("fruad", "1") },
    `${POINTER}: models.fruad must be a model of stacks/inputs/models.ts (fraud), got 'fruad'. Did you mean 'fraud'?`,
  ],
  [
    "an image of a repository that is not there",
    { "released.fraud.image.repository": "model-servr" },
    `${FRAUD}: image.repository must be a repository of foundation-dev for model servers (model-server), got 'model-servr'. Did you mean 'model-server'?`,
  ],
  [
    "an image of the platform",
    { "released.fraud.image.repository": "mlflow" },
    `${FRAUD}: image.repository must be a repository of foundation-dev for model servers (model-server), got 'mlflow'`,
  ],
])("a release may not have %s", async (_, changes, sentence) => {
  expect(await refused("workloads", changes)).toEqual({ sentence, plain: true, touched: [] });
});

const HEADER = "a header name in lower case that names a user, such as x-user-id, and none of HTTP, of tracing or of the mesh";
const MODEL = "stacks/inputs/models.ts: fraud";
const BUCKETS = "1, 5, 10, 25, 50, 100, 150, 200, 250, 500, 1000, 2500, 5000, 10000";
const LABEL = "lower-case letters, digits and hyphens, beginning with a letter, at most 40 characters";
const LONG = "m".repeat(41);
const team = (gpuShare: number) => ({ gpuShare, groups: { dataScientists: "a", mlEngineers: "b" } });

it.each<Case>([
  [
    "an unknown team",
    { "models.fraud.team": "rsk" },
    "stacks/inputs/models.ts: fraud.team must be a team of stacks/inputs/teams.ts (risk), got 'rsk'. Did you mean 'risk'?",
  ],
  [
    "an address twice",
    {
      "models.churn": { team: "risk", host: "fraud.models.internal" },
      "released.churn": modelReleaseOf("churn", "1"),
      "pointer.models.churn": "1",
    },
    "stacks/inputs/models.ts: churn.path must be apart from the path of 'fraud' on the same host, '/invocations', got '/invocations': take a path that does not lie below the other, or another host",
  ],
  [
    "a model's name too long for its pods",
    {
      [`models.${LONG}`]: { team: "risk", host: "m.models.internal" },
      [`pointer.models.${LONG}`]: "1",
    },
    `${POINTER}: models.${LONG} must be ${LABEL}`,
  ],
  [
    "an invalid host",
    { "models.fraud.host": "Fraud_1" },
    `stacks/inputs/models.ts: fraud.host must be ${HOST_RULE}, got 'Fraud_1': ${NO_OTHER}`,
  ],
  [
    "a host in another domain",
    { "models.fraud.host": "fraud.example.com" },
    `stacks/inputs/models.ts: fraud.host must be ${HOST_RULE}, got 'fraud.example.com': ${NO_OTHER}`,
  ],
  [
    "a host two levels below the domain, where the certificate does not hold",
    { "models.fraud.host": "v1.fraud.models.internal" },
    `stacks/inputs/models.ts: fraud.host must be ${HOST_RULE}, got 'v1.fraud.models.internal': ${NO_OTHER}`,
  ],
  [
    "the domain itself as a host",
    { "models.fraud.host": "models.internal" },
    `stacks/inputs/models.ts: fraud.host must be ${HOST_RULE}, got 'models.internal': ${NO_OTHER}`,
  ],
  [
    "the host of a page of the platform",
    { "models.fraud.host": "mlflow.models.internal" },
    "stacks/inputs/models.ts: fraud.host must be a name that is not a page of the platform (mlflow.models.internal, grafana.models.internal), got 'mlflow.models.internal'",
  ],
  [
    "a path without a slash",
    { "models.fraud.path": "predict" },
    `${MODEL}.path must be '/' or a path of letters, digits, '.', '_' and '-', such as /v1/score, without a slash at its end, got 'predict'`,
  ],
  [
    "an invalid header",
    { "models.fraud.sticky": { header: "X-User" } },
    `${MODEL}.sticky.header must be ${HEADER}, got 'X-User'`,
  ],
  [
    "an invalid cookie",
    { "models.fraud.sticky": { cookie: "a b" } },
    `${MODEL}.sticky.cookie must be the name of a cookie that names a user, such as session: letters, digits and !#$%&'*+-.^_\`|~, not an attribute of cookies, without a $ at its beginning, got 'a b'`,
  ],
  [
    "a header and a cookie",
    { "models.fraud.sticky": { header: "x-user-id", cookie: "session" } },
    `${MODEL}.sticky must be an object with exactly one of header, cookie, got '{"header":"x-user-id","cookie":"session"}'`,
  ],
  [
    "the header that forces a version as that of a user",
    { "models.fraud.sticky": { header: "x-model-version" } },
    `${MODEL}.sticky.header must be ${HEADER}, got 'x-model-version'`,
  ],
  ...[
    [1, 100],
    [10, 100],
    [1, 2, 98, 100],
  ].map(
    (weights): Case => [
      `the shares ${weights.join(", ")}`,
      { "models.fraud.canary": { weights } },
      `${MODEL}.canary.weights must be shares that begin with at most 5 and rise by at most 60 at a time, got '[${weights.join(",")}]'`,
    ],
  ),
  [
    "a latency target that the gateway does not measure",
    { "models.fraud.latencyTargetMs": 210 },
    `${MODEL}.latencyTargetMs must be a bound of the gateway's histogram (${BUCKETS}), got '210'`,
  ],
  [
    "an error share above 1",
    { "models.fraud.maxErrorShare": 2 },
    `${MODEL}.maxErrorShare must be a number from 0 to 0.25, got '2'`,
  ],
  [
    "more GPUs than there are",
    { "profile.serving.gpus": 1 },
    "stacks/inputs/environments/dev.ts: serving.maxReplicas × serving.gpus must fit the inference pool's 2 GPUs for all models together, got 4: raise gpu.inference.maxGpus, or serve with less",
  ],
  [
    "a team without the GPUs of a second version",
    { "profile.serving.gpus": 1, "profile.serving.maxReplicas": 2, "teams.risk.gpuShare": 0.5 },
    "stacks/inputs/teams.ts: risk.gpuShare must give its model servers at least 4 of the inference pool's 2 GPUs, got '0.5', which is 1: a release has both versions at serving.minReplicas × serving.gpus (2 × 1)",
  ],
  [
    "a team without the GPUs of a release whose old version shrinks",
    {
      "profile.serving.gpus": 1,
      "profile.serving.maxReplicas": 2,
      "teams.risk.gpuShare": 0.5,
      "models.fraud.canary": { scarceGpus: true },
    },
    "stacks/inputs/teams.ts: risk.gpuShare must give its model servers at least 3 of the inference pool's 2 GPUs, got '0.5', which is 1: a release has at most 3 servers of both versions with 1 GPU each",
  ],
  [
    "GPUs saved where there are none",
    { "models.fraud.canary": { scarceGpus: true } },
    `${MODEL}.canary.scarceGpus must be left out where the servers have no GPUs (serving.gpus of dev is 0), got 'true': an abort would no longer be instant, and no GPU would be saved`,
  ],
  [
    "GPUs saved beside copies of requests",
    { "profile.serving.gpus": 1, "models.fraud.canary": { scarceGpus: true }, "models.fraud.shadow": {} },
    `${MODEL}.canary.scarceGpus must be left out beside fraud.shadow: both versions answer copies, and need their GPUs`,
  ],
  [
    "GPUs saved, and old pods that stay",
    { "profile.serving.gpus": 1, "models.fraud.canary": { scarceGpus: true, scaleDownDelaySeconds: 600 } },
    `${MODEL}.canary.scaleDownDelaySeconds must be left out beside scarceGpus: no old pod is left to stay, got '600'`,
  ],
  [
    "fewer servers at most than at least",
    { "profile.serving.minReplicas": 9 },
    `stacks/inputs/environments/dev.ts: serving.maxReplicas must be at least serving.minReplicas (9), got '4'`,
  ],
  ["an invalid pace", { pace: "fast" }, `MILLRACE_PACE must be JSON, got 'fast': unset it, or write {"stepSeconds": 10}`],
  [
    "steps too short to measure",
    { "profile.serving.stepSeconds": 30 },
    `stacks/inputs/environments/dev.ts: serving.stepSeconds must be at least windowSeconds (120), so that a gate measures its own step, got '30'`,
  ],
  [
    "more than the whole pool",
    { "teams.risk.gpuShare": 1.5 },
    "stacks/inputs/teams.ts: risk.gpuShare must be a number from 0 to 1, got '1.5'",
  ],
  [
    "more than the whole pool together",
    { "teams.fun": team(0.5) },
    "stacks/inputs/teams.ts: the GPU shares of all teams must add up to at most 1, got '1.5'",
  ],
  [
    "one group for both roles",
    { "config.owners.groups": {}, "teams.risk.groups.mlEngineers": "risk-data-scientists" },
    "stacks/inputs/teams.ts: risk.groups must be distinct, got 'risk-data-scientists'",
  ],
  [
    "a group of Kubernetes itself",
    { "config.owners.groups": {}, "teams.risk.groups.mlEngineers": "system:masters" },
    "stacks/inputs/teams.ts: risk.groups.mlEngineers must be a group outside system:, eks:, aws:, amazon: and iam:, got 'system:masters'",
  ],
  ["a team with a capital", { "teams.Fun": team(0) }, `stacks/inputs/teams.ts: a name must be ${LABEL}, got 'Fun'`],
  [
    "a team's name too long for its namespaces",
    { [`teams.${LONG}`]: team(0) },
    `stacks/inputs/teams.ts: a name must be ${LABEL}, got '${LONG}'`,
  ],
])("models and teams may not have %s", async (_, changes, sentence) => {
  expect(await refused("workloads", changes)).toEqual({ sentence, plain: true, touched: [] });
});
