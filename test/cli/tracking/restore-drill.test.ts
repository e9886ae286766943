import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { millrace } from "../release/run.ts";
import { FakeAccount, HOST } from "./account.ts";

afterEach(() => void vi.unstubAllEnvs());

const typed = async (...args: string[]): Promise<{ code: unknown; out: string; err: string }> =>
  millrace(join(PROJECT_FOLDER, "releases"), "tracking", "restore-drill", ...args);

it("an equal database is said to be equal, and everything that was made is gone", async () => {
  const account = await FakeAccount.with();
  const { code, out, err } = await typed("dev", "--yes");
  expect(`${String(code)} ${out}`).toBe(`0 dev   the restored database is equal
  restored as it was at 2026-12-01T05:00:01.000Z
  compared 3 of 3 rows in 1 tables, and the files of 0 versions of models
`);
  expect(err.trim().split("\n")).toEqual([
    "reading the live database",
    "restoring it as it was at 2026-12-01T05:00:01.000Z",
    "reading the restored database",
    "removing the restored database",
  ]);
  const read = ["create -f", "delete job"];
  expect(account.changes).toEqual([...read, ...read, "restore-db-instance", ...read, "delete-db-instance"]);
});

it("pods are those of garbage collection, with another program and the host of what they read", async () => {
  const account = await FakeAccount.with();
  await typed("dev", "--yes");
  const [live, , restored] = account.jobs;
  const { template } = live.spec;
  expect(live.spec).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: 3_600, ttlSecondsAfterFinished: 3_600 });
  expect(template.metadata.labels).toEqual({ "app.kubernetes.io/name": "mlflow", "app.kubernetes.io/component": "collection" });
  expect(template.spec).toMatchObject({ restartPolicy: "Never", automountServiceAccountToken: false });
  expect(template.spec.containers[0].command).toEqual(["python", "-c", expect.stringContaining("readonly=True")]);
  const uri = ({ spec }: any) =>
    spec.template.spec.containers[0].env.find(({ name }: any) => name === "MLFLOW_BACKEND_STORE_URI").value;
  expect(uri(live)).toContain(`@${HOST}:5432/`);
  expect(uri(restored)).toBe(uri(live).replace(HOST, "restored.example.internal"));
});

it("a database that is another one ends with 7, and is deleted all the same", async () => {
  const account = await FakeAccount.with({ restored: 2 });
  const { code, out } = await typed("dev", "--yes");
  expect(`${String(code)} ${out}`).toContain("7 dev   the restored database is another\n");
  expect(out).toContain("  ✗ table runs has 1 rows too few, in 1 of 1 parts\n");
  expect(account.changes.at(-1)).toBe("delete-db-instance");
});

it("an answer for a program has the findings", async () => {
  await FakeAccount.with();
  expect(JSON.parse((await typed("dev", "--yes", "--json")).out)).toEqual({
    environment: "dev",
    at: "2026-12-01T05:00:01.000Z",
    tables: 1,
    rows: 3,
    compared: 3,
    versions: 0,
    faults: [],
  });
});

it.each<[string, Parameters<typeof FakeAccount.with>[0], string[], string]>([
  ["an environment that does not exist", {}, ["prdo"], "2 the environment must be one of dev, staging, prod, got 'prdo'"],
  ["nobody to ask", {}, ["dev"], "2 '--yes' must be given where nobody can be asked"],
  [
    "the cluster of another environment",
    { host: "other.example" },
    ["dev", "--yes"],
    `2 the kubeconfig must be of the cluster of dev, whose database is other.example; its tracking server uses '${HOST}'`,
  ],
  ["a pod that fails", { fails: true }, ["dev", "--yes"], "1 reading the live database\nThe pod of job mlflow-drill-"],
])("%s is said, and nothing is restored", async (_, account, words, message) => {
  const fake = await FakeAccount.with(account);
  const { code, err } = await typed(...words);
  expect(`${String(code)} ${err}`).toContain(message);
  expect(fake.changes).not.toContain("restore-db-instance");
});
