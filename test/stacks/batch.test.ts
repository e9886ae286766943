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
  const { metadata, spec } = of("fraud-schedule");
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
  ...[
    "daily",
    "99 3 * * *",
    "0 24 * * *",
    "0 3 0 * *",
    "0 3 * 13 *",
    "0 3 * * 7",
    "*/0 3 * * *",
    "-1 3 * * *",
    "5-2 3 * * *",
    "TZ=UTC 3 * * *",
    "0 3 * *",
  ].map((schedule): [unknown, string] => [
    { table: "payments", schedule },
    `'schedule' must be a cron schedule of five fields in numbers, such as 0 3 * * *, got '${schedule}'`,
  ]),
  ...["0 3 31 2 *", "0 0 30 2 *", "* * 31 4,6,9,11 *", "0 0 30-31 2 *", "0 0 31 2-2 */1", "0 0 31/5 2,4 *", "0 0 30,31 02 *"].map(
    (schedule): [unknown, string] => [
      { table: "payments", schedule },
      `'schedule' must be a cron schedule with a day that comes: February has at most 29 days, and April, June, September and November have 30, got '${schedule}'`,
    ],
  ),
  [{ table: "payments", schedule: "0 3 * * *", pods: 5_000 }, "'pods' must be a whole number from 1 to 1000, got '5000'"],
  [{ table: "payments", schedule: "0 3 * * *", pods: 0 }, `${FILE}.pods must be a whole number of at least 1, got '0'`],
])("%j is refused", async (batch, sentence) => {
  await expect(declared(batch)).rejects.toThrow(sentence);
});

it.each([
  "0 3 * * *",
  "*/15 0-6,22 1,15 * 1-5",
  "@daily",
  "0-30/10 * * * 0",
  "0 3 31 * *",
  "0 3 29 2 *",
  "0 3 31 2 1",
  "0 3 31 */2 *",
  "0 3 31 4-5 *",
])("a table is predicted for at %s", async (schedule) => {
  expect((await declared({ table: "payments", schedule }))("fraud-schedule").spec.schedule).toBe(schedule);
});
