import { expect, it } from "vitest";
import { record } from "#plan/record";
import { workloads } from "#stacks/workloads/workloads";
import { contextOf, many, references } from "./workloads-fixture.ts";

const declared = async (batch: unknown) => {
  const { models, release } = many(1);
  const given = { models: { fraud: { ...models["fraud"]!, batch: batch as never } }, release };
  const { resources } = await record(() => workloads(contextOf("dev"), given), {
    stack: "workloads-dev",
    references: references("dev"),
  });
  return (name: string): any => resources.find((each) => each.name === name && each.custom)?.inputs;
};

it("a table is predicted for by the released version, as a job of the team in its queue", async () => {
  const of = await declared({ table: "payments", schedule: "0 3 * * *", keep: ["id"] });
  const { metadata, spec } = of("fraud-batch-schedule");
  expect([metadata.namespace, spec.schedule]).toEqual(["team-risk", "0 3 * * *"]);
  expect(spec.jobTemplate.metadata.labels["kueue.x-k8s.io/queue-name"]).toBe("cpu");
  const { containers, nodeSelector } = spec.jobTemplate.spec.template.spec;
  const said = Object.fromEntries(containers[0].env.map(({ name, value }: any) => [name, value]));
  expect(said).toMatchObject({
    MODEL_NAME: "fraud",
    MODEL_VERSION: "3",
    BATCH_INPUT: "s3://data/validated/risk/payments/",
    BATCH_OUTPUT: "s3://data/scores/risk/fraud/",
    BATCH_KEEP: "id",
  });
  expect(nodeSelector).toEqual({ "millrace.dev/pool": "cpu" });
});

const FILE = "stacks/inputs/models.ts: fraud.batch";

it.each<[unknown, string]>([
  [
    { schedule: "0 3 * * *" },
    `${FILE}.table must be a folder below validated/<team>/, such as payments, without a slash at its end, got nothing`,
  ],
  [{ table: "../spam", schedule: "0 3 * * *" }, `${FILE}.table must be a folder below validated/<team>/`],
  [{ table: "a/../../spam", schedule: "0 3 * * *" }, `${FILE}.table must be a folder below validated/<team>/`],
  [{ table: "payments/", schedule: "0 3 * * *" }, `${FILE}.table must be a folder below validated/<team>/`],
  [{ table: "*", schedule: "0 3 * * *" }, `${FILE}.table must be a folder below validated/<team>/`],
  [{ table: "payments", schedule: "0 3 * * *", keeps: [] }, `${FILE}.keeps must be a known key`],
  [{ table: "payments", schedule: "daily" }, "a cron schedule of five fields, such as 0 3 * * *, got 'daily'"],
  [{ table: "payments", schedule: "0 3 * * *", pods: 0 }, `${FILE}.pods must be a whole number of at least 1, got '0'`],
])("%j is refused", async (batch, sentence) => {
  await expect(declared(batch)).rejects.toThrow(sentence);
});
