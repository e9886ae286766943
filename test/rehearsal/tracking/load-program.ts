// Run by load.e2e.test.ts: clients work with the tracking server while it is killed, and while its database is.

import { setTimeout as sleep } from "node:timers/promises";
import { type Ground, inNamespace } from "./ground.ts";
import { hammer, Load, statusOf } from "./load.ts";
import { Server } from "./server.ts";

/** Counts the server's connections again and again, and says each number that is larger than all before. */
const COUNT = `
import os, time, psycopg2
connection = psycopg2.connect(os.environ["MLFLOW_BACKEND_STORE_URI"].replace("+psycopg2", ""))
connection.autocommit = True
cursor = connection.cursor()
most = 0
while True:
    cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = 'mlflow' AND pid <> pg_backend_pid()")
    now = cursor.fetchone()[0]
    if now > most:
        most = now
        print("most", most, flush=True)
    time.sleep(0.05)
`;

/** Kills the server three times, and the database once, while clients work. */
async function faults(ground: Ground, server: Server): Promise<object> {
  const load = new Load(ground);
  for (let kill = 0; kill < 3; kill += 1) {
    await load.progress(2);
    await server.kill();
    await server.ready();
  }
  await load.progress(2);
  const { restarts } = server;
  await ground.processes.stop("database", "SIGKILL");
  const withoutDatabase = await untilStatus(ground, (status) => status >= 500);
  await restartDatabase(ground);
  await untilStatus(ground, (status) => status === 200);
  await load.progress(2);
  return { kills: restarts, withoutDatabase, restartedByDatabase: server.restarts - restarts, ...(await load.verified()) };
}

async function untilStatus(ground: Ground, holds: (status: number) => boolean): Promise<number> {
  for (;;) {
    const status = await statusOf(ground);
    if (holds(status)) {
      return status;
    }
    await sleep(100);
  }
}

/** PostgreSQL does not start, or ends at once, while processes of the one before still end. */
async function restartDatabase({ processes }: Ground): Promise<void> {
  do {
    await processes.restart("database").catch(() => undefined);
    await sleep(1_000);
  } while (!("database" in processes.memory()));
}

/** The largest number of connections while more requests come at once than the pools have, and the number afterwards. */
async function connections(ground: Ground): Promise<object> {
  const counter = ground.start(ground.program(COUNT), ground.image, "Never");
  await counter.saying("collection", "most");
  const statuses = await hammer(ground, { atOnce: 48, each: 2 });
  const most = Number(/.*most (\d+)/s.exec(counter.said("collection"))![1]);
  await counter.runner.stop(0);
  return { most, statuses };
}

await inNamespace(async (ground) => {
  await ground.run(ground.template("Job"), ground.image);
  const server = await Server.start(ground, ground.image);
  const killed = await faults(ground, server);
  const counted = await connections(ground);
  await server.end();
  return { killed, counted };
});
