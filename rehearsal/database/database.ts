// PostgreSQL where AWS has RDS: with the address, the users, the limits and the TLS of the instance that the program declares.

import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FoundationOutputs } from "#stacks/contracts";
import { run } from "#toolchain/command";
import { MachineError } from "#toolchain/errors";
import type { Command } from "#toolchain/locate";
import { serverCertificate } from "../cluster/controlplane/certificate.ts";
import type { Process } from "../cluster/controlplane/processes.ts";
import { NETWORK } from "../cluster/isolation/addresses.ts";

/** The programs of PostgreSQL. */
export type PostgresCommands = Readonly<Record<"initdb" | "postgres", Command>>;

export interface DatabaseOptions
  extends Pick<FoundationOutputs["database"], "host" | "port" | "name" | "user" | "maxConnections"> {
  commands: PostgresCommands;
  /** Folder that it makes for its files. */
  folder: string;
  /** Of the master user: letters and digits. */
  password: string;
}

/** User of RDS itself: the master user is none of PostgreSQL's superusers. */
const SUPERUSER = "rdsadmin";

/** PostgreSQL refuses to be root: it runs as `nobody`, which every machine knows, in a user namespace where that is root of the rehearsal. */
const AS_NOBODY = ["unshare", "--user", "--map-user=65534", "--map-group=65534"] as const;

/**
 * Makes an empty database as RDS does: its master user owns it, and every connection must use TLS.
 *
 * @returns the server that is to be started, and the certificate by which clients know it, PEM.
 * @throws {MachineError} with what PostgreSQL said, when it cannot be made.
 */
export async function makeDatabase(options: DatabaseOptions): Promise<{ server: Process; certificate: string }> {
  const { commands, folder, host } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const data = join(folder, "data");
  const flags = ["--no-sync", "--encoding=UTF8", "--locale=C", "--auth=reject", `--username=${SUPERUSER}`];
  await asNobody([...commands.initdb, "--pgdata", data, ...flags]);
  await asNobody([
    "sh",
    "-ec",
    `"$@" <'${writeStatements(options)}'`,
    "sh",
    ...commands.postgres,
    "--single",
    "-D",
    data,
    "postgres",
  ]);
  const { key, certificate } = serverCertificate({ name: "rds", names: [host, `*.${host}`] });
  writeFileSync(join(data, "server.key"), key, { mode: 0o600 });
  writeFileSync(join(data, "server.crt"), certificate);
  writeFileSync(join(data, "pg_hba.conf"), "hostssl all all all scram-sha-256\n");
  appendFileSync(join(data, "postgresql.conf"), settings(options));
  return { server: databaseServer("database", commands, data), certificate };
}

/** The server of a folder of files that it has made, or of a copy of them. */
export const databaseServer = (name: string, { postgres }: PostgresCommands, data: string): Process => ({
  name,
  command: [...AS_NOBODY, ...postgres, "-D", data],
  ready: async () => isReady(data),
});

async function asNobody(command: readonly string[]): Promise<void> {
  const [program, ...args] = [...AS_NOBODY, ...command] as const;
  const { code, stdout, stderr } = await run(program, args);
  // A statement that fails does not change the code.
  if (code !== 0 || /^\S+ \S+ \S+ \[\d+\] (ERROR|FATAL): /m.test(stderr)) {
    const said = (stderr.trim() || stdout.trim()).split("\n").at(-1);
    throw new MachineError(
      `PostgreSQL could not be prepared: ${said}.`,
      'It runs in a user namespace, also for root: see docs/guides/rehearsal.md, "Namespaces".',
    );
  }
}

/** A statement a line, in a file: the password stands in no list of processes. */
function writeStatements({ folder, name, user, password }: DatabaseOptions): string {
  const file = join(folder, "statements.sql");
  const role = `CREATE ROLE "${user}" LOGIN CREATEDB CREATEROLE PASSWORD '${password}'`;
  writeFileSync(file, `${role};\nCREATE DATABASE "${name}" OWNER "${user}";\n`, { mode: 0o600 });
  return file;
}

/** Nothing of it outlives the rehearsal, so that nothing needs to be on disk in time. */
const settings = ({ port, maxConnections }: DatabaseOptions): string =>
  `
listen_addresses = '${NETWORK.database}'
port = ${port}
unix_socket_directories = ''
max_connections = ${maxConnections}
shared_buffers = 32MB
ssl = on
ssl_cert_file = 'server.crt'
ssl_key_file = 'server.key'
fsync = off
full_page_writes = off
`;

/** Line of `postmaster.pid` that tells whether it takes connections (PostgreSQL sources, `LOCK_FILE_LINE_PM_STATUS`), from 0. */
const STATUS_LINE = 7;

function isReady(data: string): boolean {
  try {
    return readFileSync(join(data, "postmaster.pid"), "utf8").split("\n")[STATUS_LINE]?.trim() === "ready";
  } catch {
    return false;
  }
}
