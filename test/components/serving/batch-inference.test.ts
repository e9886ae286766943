import { describe, expect, it } from "vitest";
import { BatchInference, type BatchInferenceArgs } from "#components/serving/batch-inference";
import { policyOf } from "#plan/policy";
import { record as planned } from "#plan/record";
import { sentence } from "#policies/evaluate";
import { type Recorded, record, refusal } from "../../harness/graph.ts";
import { layer, planOf } from "../../plan/sample.ts";
import { TODAY } from "../../policies/sample.ts";
import { named } from "../named.ts";
import { batch } from "./fixture.ts";

const { partitions: _p, keep: _k, rowsPerCall: _r, maxRejectedShare: _m, again: _a, pods: _n, ...rest } = batch;
const { deadlineSeconds: _d, cpu: _c, memory: _y, nodeLabels: _l, queue: _q, ...least } = rest;

const made = (args: BatchInferenceArgs = batch): Promise<Recorded[]> => record(() => new BatchInference("nightly", args));
const jobOf = (graph: Recorded[]): any => named(graph, "nightly-schedule").inputs["spec"].jobTemplate;
const variables = (job: any): Record<string, string> =>
  Object.fromEntries(job.spec.template.spec.containers[0].env.map(({ name, value }: any) => [name, value]));

describe("BatchInference", () => {
  it("says everything to the program that was said to it", async () => {
    expect(variables(jobOf(await made()))).toEqual({
      MODEL_NAME: "fraud",
      MODEL_VERSION: "3",
      MODEL_URI: "s3://models/models/fraud/3",
      MODEL_SHA256: "b".repeat(64),
      MODEL_DIR: "/models",
      BATCH_INPUT: "s3://tables/payments/",
      BATCH_OUTPUT: "s3://tables/scores/",
      BATCH_COMPLETIONS: "4",
      BATCH_PARTITIONS: "date=2026-*",
      BATCH_KEEP: "id",
      BATCH_ROWS: "5000",
      BATCH_MAX_REJECTED_SHARE: "0.001",
      BATCH_AGAIN: "replace",
    });
  });

  it("leaves to the program what nobody said", async () => {
    const names = Object.keys(variables(jobOf(await made(least)))).filter((name) => name.startsWith("BATCH_"));
    expect(names).toEqual(["BATCH_INPUT", "BATCH_OUTPUT", "BATCH_COMPLETIONS"]);
  });

  it("divides the partitions between its pods, and tries again only what may pass", async () => {
    const { metadata, spec } = jobOf(await made());
    expect(metadata.labels).toEqual({ app: "nightly-batch", "kueue.x-k8s.io/queue-name": "cpu" });
    expect(spec).toMatchObject({ completionMode: "Indexed", completions: 4, parallelism: 4, activeDeadlineSeconds: 3_600 });
    expect(spec.podFailurePolicy.rules).toEqual([
      { action: "FailIndex", onExitCodes: { containerName: "batch", operator: "In", values: [1, 2, 4, 5] } },
      { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
    ]);
    expect(spec.template.spec).toMatchObject({ restartPolicy: "Never", nodeSelector: { "millrace.dev/pool": "cpu" } });
  });

  it("runs once at a time", async () => {
    expect(named(await made(), "nightly-schedule").inputs["spec"]).toMatchObject({
      schedule: "0 3 * * *",
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
    });
  });

  it("may read its model and its input, write its output, and nothing else", async () => {
    const { Statement } = JSON.parse(named(await made(), "nightly-role-permissions").inputs["policy"]);
    const allowed = (action: string): string[] =>
      Statement.filter(({ Action }: any) => [Action].flat().includes(action)).flatMap(({ Resource }: any) => Resource);
    expect(allowed("s3:GetObject")).toEqual([
      "arn:aws:s3:::models/models/fraud/*",
      "arn:aws:s3:::tables/payments/*",
      "arn:aws:s3:::tables/scores/*",
    ]);
    for (const write of ["s3:PutObject", "s3:DeleteObject"]) {
      expect(allowed(write)).toEqual(["arn:aws:s3:::tables/scores/*"]);
    }
    expect(Statement.every(({ Action, Condition }: any) => !String(Action).includes("kms:") || Condition)).toBe(true);
  });

  it("keeps every rule of prod, whatever is said to it", async () => {
    for (const args of [batch, least]) {
      const { resources } = await planned(() => new BatchInference("nightly", args), { stack: "workloads-prod" });
      const { verdicts } = policyOf(planOf([layer("workloads", resources)], { environment: "prod" }), [], TODAY);
      const broken = verdicts.flatMap(({ verdict }) => verdict.violations).map(sentence);
      // The stacks give every role its boundary.
      expect(broken.filter((each) => !each.startsWith("IAM-03 "))).toEqual([]);
    }
  });

  it("is called by nobody", async () => {
    expect(named(await made(), "nightly-reach").inputs["spec"]).toMatchObject({
      policyTypes: ["Ingress", "Egress"],
      ingress: [],
    });
  });
});

describe("BatchInference refuses", () => {
  it.each<[Partial<BatchInferenceArgs>, string]>([
    [{ schedule: "at night" }, "'schedule' must be a cron schedule of five fields in numbers, such as 0 3 * * *, got 'at night'"],
    [{ pods: 0 }, "'pods' must be a whole number from 1 to 1000, got '0'"],
    [{ again: "always" as never }, "'again' must be one of refuse, replace, got 'always'"],
    [{ maxRejectedShare: 2 }, "'maxRejectedShare' must be a number from 0 to 1, got '2'"],
    [{ modelName: "churn" }, "'model.path' must be a folder inside 'models/churn/', got 'models/fraud/3'"],
    [
      { output: { ...batch.output, prefix: "scores" } },
      "'output.prefix' must be a prefix that ends with a slash, such as scores/, or an empty one, got 'scores'",
    ],
    [
      { output: batch.input },
      "'output' must be a place that is no part of the input, and has none of it, got 'payments/ beside payments/'",
    ],
    [
      { output: { ...batch.input, prefix: "payments/scores/" } },
      "'output' must be a place that is no part of the input, and has none of it, got 'payments/scores/ beside payments/'",
    ],
    [
      { output: { ...batch.output, bucketName: "models" } },
      "'output.bucketName' must be another bucket than that of the models, which nothing that serves may write, got 'models'",
    ],
    [
      { input: { ...batch.input, bucketArn: "arn:aws:s3:::*" } },
      "'input.bucketArn' must be the ARN of one bucket, got 'arn:aws:s3:::*'",
    ],
    [{ keep: [] }, "'keep' must be a list of at least 1, got an empty list"],
    [
      { partitions: "date=$(MODEL_NAME)" },
      "'partitions' must be a pattern of partition paths, such as date=2026-11-*, got 'date=$(MODEL_NAME)'",
    ],
    [{ keep: ["a,b"] }, "'keep[0]' must be the name of a column without a comma, got 'a,b'"],
  ])("%j", async (change, message) => {
    expect(await refusal(() => new BatchInference("nightly", { ...batch, ...change }))).toBe(message);
  });
});
