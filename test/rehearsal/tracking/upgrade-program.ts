// Run by upgrade.e2e.test.ts: from the minor version of MLflow before ours to ours, with the steps that the engine takes.

import { readDatabase } from "#promotion/drill/drill";
import { type Fingerprint, rowsOf } from "#promotion/drill/fingerprint";
import type { Json } from "#rehearsal/cluster/controlplane/kube";
import { earlierImage } from "./earlier-mlflow.ts";
import { type Ground, inNamespace } from "./ground.ts";
import { Server } from "./server.ts";

/** Holds a lock that the migration needs late, and tells when the migration waits for it. */
const LOCK = `
import os, time, psycopg2
def connected():
    return psycopg2.connect(os.environ["MLFLOW_BACKEND_STORE_URI"].replace("+psycopg2", ""))
holds, looks = connected(), connected()
looks.autocommit = True
with holds.cursor() as cursor:
    cursor.execute("LOCK TABLE jobs IN ACCESS SHARE MODE")
print("holds", flush=True)
with looks.cursor() as cursor:
    while True:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        if cursor.fetchone()[0]:
            print("waits", flush=True)
            break
        time.sleep(0.1)
time.sleep(3600)
`;

/** Numbers of rows by table, of a database whose server is down. */
const COUNT = `
import json, os, psycopg2
connection = psycopg2.connect(os.environ["MLFLOW_BACKEND_STORE_URI"].replace("+psycopg2", ""))
cursor = connection.cursor()
def rows(table):
    cursor.execute(f"SELECT count(*) FROM {table}")
    return cursor.fetchone()[0]
cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
print(json.dumps({table: rows(table) for (table,) in cursor.fetchall()}))
`;

/** Kills the migration when it has done the most of its work and waits. */
async function killHalfway(ground: Ground): Promise<void> {
  const lock = ground.start(ground.program(LOCK), ground.image, "Never");
  await lock.saying("collection", "holds");
  const migration = ground.start(ground.template("Job"), ground.image, "Never");
  await lock.saying("collection", "waits");
  migration.kill("tables");
  await migration.until(({ outcome }) => outcome === "Failed");
  await lock.runner.stop(0);
}

const rows = ({ tables }: Fingerprint) => Object.fromEntries([...tables].map(([name, table]) => [name, rowsOf(table)]));

/** The pod of the server of the version before: our app knows the routes of one version, and an upgrade is about the tables. */
function withoutApp(ground: Ground): Json {
  const spec = ground.template("Deployment");
  const [server] = spec["containers"] as [{ args: string[] }];
  server.args = server.args.filter((each) => !each.startsWith("--app-name="));
  return spec;
}

await inNamespace(async (ground) => {
  const earlier = await earlierImage(ground);
  const first = await ground.run(ground.template("Job"), earlier);
  let server = await Server.start(ground, earlier, withoutApp(ground));
  await ground.client("history.py", "record");
  const recorded = JSON.parse(await ground.client("history.py", "read")) as object;
  const run = (program: string, host?: string) => ground.python(program, host);
  const before = await readDatabase(run);
  await server.end();

  await killHalfway(ground);
  const killed = JSON.parse(await ground.python(COUNT)) as Record<string, number>;
  const again = await ground.run(ground.template("Job"), ground.image);
  server = await Server.start(ground, ground.image);
  const after = await readDatabase(run);
  const read = JSON.parse(await ground.client("history.py", "read")) as object;
  await server.end();

  const old = withoutApp(ground);
  const refused = await ground.run({ ...old, containers: [old["containers"][0]] }, earlier);
  const same = [...before.tables.values()].filter(
    ({ columns, table }) => String(columns) === String(after.tables.get(table)?.columns),
  );
  return {
    first: first.succeeded,
    again,
    refused,
    recorded,
    read,
    before: rows(before),
    killed,
    after: rows(after),
    sameColumns: same.map(({ table }) => table),
    changed: same
      .filter(({ table, parts }) => JSON.stringify(parts) !== JSON.stringify(after.tables.get(table)!.parts))
      .map(({ table }) => table),
    versions: { before: [...before.versions.values()], after: [...after.versions.values()] },
  };
});
