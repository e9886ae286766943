// Backups of a rehearsal's PostgreSQL: its files from the beginning, and all that it has written since, as RDS keeps a snapshot and a log.

import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Backups } from "#promotion/drill/drill";
import { databaseServer } from "#rehearsal/database/database";
import { until } from "#rehearsal/until";
import type { Ground } from "./ground.ts";

/** Address at which what was brought back listens. */
const ADDRESS = "10.66.0.11";

/** Whoever restores to a time needs one transaction after it: the log must reach it. */
const WRITE = `
import os, psycopg2
connection = psycopg2.connect(os.environ["MLFLOW_BACKEND_STORE_URI"].replace("+psycopg2", ""))
with connection, connection.cursor() as cursor:
    cursor.execute("SELECT pg_current_xact_id()")
`;

/** Backups, from which a database can be brought back to any time, with something done to it before it starts again. */
export class Restorable implements Backups {
  readonly #ground: Ground;
  readonly #base: string;
  readonly #server: ReturnType<typeof databaseServer>;
  /** Host of what was brought back: a name of its certificate. */
  readonly host: string;

  private constructor(ground: Ground) {
    this.#ground = ground;
    this.#base = join(ground.folder, "base");
    this.host = `restored.${ground.database.host}`;
    this.#server = databaseServer("restored-database", ground.tools.postgres.commands, this.data);
  }

  /** Copies the files of a database that stands still for a moment, and lets it keep its log from then on. */
  static async of(ground: Ground): Promise<Restorable> {
    const backups = new Restorable(ground);
    await ground.processes.stop("database", "SIGINT");
    copy(ground.data, backups.#base);
    appendFileSync(join(ground.data, "postgresql.conf"), "wal_keep_size = '8GB'\n");
    await ground.processes.restart("database");
    return backups;
  }

  /** Folder of the files of what was brought back. */
  get data(): string {
    return join(this.#ground.folder, "restored");
  }

  async restore(at: Date): Promise<string> {
    const { processes, hosts, data } = this.#ground;
    await sleep(Math.max(0, at.getTime() - Date.now()));
    await this.#ground.python(WRITE);
    copy(this.#base, this.data);
    appendFileSync(
      join(this.data, "postgresql.conf"),
      `listen_addresses = '${ADDRESS}'
restore_command = 'cp "${join(data, "pg_wal")}/%f" "%p"'
recovery_target_time = '${at.toISOString().replace("T", " ").replace("Z", "+00")}'
recovery_target_action = 'promote'
`,
    );
    const signal = join(this.data, "recovery.signal");
    writeFileSync(signal, "");
    hosts.set({ [this.host]: ADDRESS });
    await processes.start({ ...this.#server, readyWithin: 600 });
    // It answers before it has read the log to the end, and then begins a life of its own.
    await until("the end of the recovery", 600, async () => (existsSync(signal) ? undefined : true));
    return this.host;
  }

  /** Stops what was brought back, lets something happen to its files, and starts it again. */
  async damage(harm: (data: string) => void): Promise<void> {
    const { processes } = this.#ground;
    await processes.stop(this.#server.name, "SIGINT");
    harm(this.data);
    await processes.restart(this.#server.name);
  }

  async remove(): Promise<void> {
    if (existsSync(this.data)) {
      await this.#ground.processes.stop(this.#server.name);
      rmSync(this.data, { recursive: true });
    }
  }
}

/** PostgreSQL demands the rights of its files, too. */
const copy = (from: string, to: string): Buffer => execFileSync("cp", ["--archive", from, to]);
