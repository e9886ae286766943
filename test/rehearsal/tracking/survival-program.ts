// Run by survival.e2e.test.ts: what is recorded with the tracking server, through garbage collection and a restore.

import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { drill, readDatabase } from "#promotion/drill/drill";
import { compare } from "#promotion/drill/fingerprint";
import { type Ground, inNamespace } from "./ground.ts";
import { Restorable } from "./restored.ts";
import { Server } from "./server.ts";

const CONNECT = `
import json, os, sys, time, psycopg2
connection = psycopg2.connect(os.environ["MLFLOW_BACKEND_STORE_URI"].replace("+psycopg2", ""))
connection.autocommit = True
cursor = connection.cursor()
`;

/** Tables with rows of a run, and the column that names it. */
const OF_RUN = { runs: "run_uuid", metrics: "run_uuid", latest_metrics: "run_uuid", params: "run_uuid", tags: "run_uuid" };

/** Deletes runs as if it had been some days ago, collects, and counts what is left of each run. */
async function collection(ground: Ground): Promise<object> {
  const runs = JSON.parse(await ground.client("kept.py")) as [old: string, fresh: string, live: string];
  const left = async () => {
    const rows = JSON.parse(await ground.python(countOf(runs))) as number[][];
    const files = runs.map((run) => filesBelow(ground.artifacts).filter((file) => file.includes(run)).length);
    return { rows, files };
  };
  await ground.python(`${CONNECT}
for run, days in zip(${JSON.stringify(runs)}, (31, 1)):
    cursor.execute("UPDATE runs SET deleted_time = %s WHERE run_uuid = %s", [int((time.time() - days * 86400) * 1000), run])
`);
  const before = await left();
  const { succeeded, said } = await ground.run(ground.template("CronJob"), ground.image);
  return { succeeded, said, before, after: await left() };
}

const countOf = (runs: readonly string[]): string => `${CONNECT}
def rows(table, column, run):
    cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s", [run])
    return cursor.fetchone()[0]
print(json.dumps([[rows(table, column, run) for table, column in ${JSON.stringify(Object.entries(OF_RUN))}] for run in ${JSON.stringify(runs)}]))
`;

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  );

/** A drill with the real backups, and what is found of backups that are damaged. */
async function drills(ground: Ground, backups: Restorable): Promise<object> {
  const run = (program: string, host?: string) => ground.python(program, host);
  const steps: string[] = [];
  const good = await drill(run, backups, (step) => steps.push(step));
  const gone = !existsSync(backups.data);

  const before = await readDatabase(run);
  await backups.restore(new Date(Math.ceil(before.at.getTime() / 1_000) * 1_000));
  const params = (
    await ground.python(`${CONNECT}cursor.execute("SELECT pg_relation_filepath('params')"); print(cursor.fetchone()[0])`)
  ).trim();
  await backups.damage((data) => flip(join(data, params), "rate-of-"));
  const flipped = compare(before, await readDatabase(run, backups.host), before);
  await backups.damage((data) => truncateSync(join(data, params)));
  const truncated = compare(before, await readDatabase(run, backups.host), before);
  await backups.remove();
  return { good, steps, gone, flipped, truncated };
}

/** Changes one bit of a text. */
function flip(file: string, text: string): void {
  const bytes = readFileSync(file);
  const at = bytes.indexOf(text);
  bytes[at] = bytes[at]! ^ 1;
  writeFileSync(file, bytes);
}

await inNamespace(async (ground) => {
  const backups = await Restorable.of(ground);
  const { succeeded } = await ground.run(ground.template("Job"), ground.image);
  const server = await Server.start(ground, ground.image);
  const collected = await collection(ground);
  const restored = await drills(ground, backups);
  await server.end();
  return { succeeded, collected, restored };
});
