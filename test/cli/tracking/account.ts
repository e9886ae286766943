import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { vi } from "vitest";
import { named } from "../../components/named.ts";
import { minimal, tracking } from "../../components/tracking/fixture.ts";

/** What a pod says of a database with some rows, at a time. */
export const saying = (at: string, rows: number): string =>
  [{ at }, { table: "runs", columns: ["run_uuid"], parts: { "1": [rows, "1"] } }, { end: true }]
    .map((line) => JSON.stringify(line))
    .join("\n");

const INSTANCE = {
  DBInstanceStatus: "available",
  LatestRestorableTime: "2026-12-01T05:05:00+00:00",
  CACertificateIdentifier: "rds-ca-rsa2048-g1",
  DBSubnetGroup: { DBSubnetGroupName: "subnets" },
  DBParameterGroups: [{ DBParameterGroupName: "parameters" }],
  VpcSecurityGroups: [{ VpcSecurityGroupId: "sg-1" }],
};

/** Hosts of the database, and of what is restored from it. */
export const HOST = minimal.database.host as string;
const RESTORED = "restored.example.internal";

/** `kubectl` and `aws` that answer from files: a cluster with our CronJob, and an account with its database. */
export class FakeAccount {
  readonly #folder = mkdtempSync(join(tmpdir(), "drill-"));

  private constructor() {
    vi.stubEnv("PATH", `${this.#folder}${delimiter}${process.env["PATH"]}`);
  }

  /** @param restored rows of what is restored; the live database has three. @param host that RDS gives the database. */
  static async with({ restored = 3, host = HOST, fails = false } = {}): Promise<FakeAccount> {
    const account = new FakeAccount();
    const { spec } = named(await tracking(), "tracking-collection").inputs;
    account.#write("cronjob.json", JSON.stringify({ spec }));
    account.#write("live-1", saying("2026-12-01T05:00:00.250Z", 3));
    account.#write("live-2", saying("2026-12-01T05:00:01.250Z", 3));
    account.#write("restored", saying("2026-12-01T05:10:00.000Z", restored));
    for (const [file, address] of [
      ["db.json", host],
      ["drill.json", RESTORED],
    ] as const) {
      account.#write(file, JSON.stringify({ DBInstances: [{ ...INSTANCE, Endpoint: { Address: address } }] }));
    }
    account.#program(
      "kubectl",
      `
case "$*" in
  *"get cronjob"*) cat cronjob.json ;;
  *"create -f"*) n=$(ls job-* 2>/dev/null | wc -l); for file; do :; done; cp "$file" "job-$((n + 1))" ;;
  *"get job"*) echo '{"status":{"${fails ? "failed" : "succeeded"}":1}}' ;;
  *" logs "*) n=$(ls job-* | wc -l); if grep -q ${RESTORED} "job-$n"; then cat restored; else cat "live-$n"; fi ;;
esac`,
    );
    account.#program(
      "aws",
      `
case "$*" in
  *restore-db-instance*) touch restoring; echo '{}' ;;
  *delete-db-instance*) rm restoring; echo '{}' ;;
  *-drill*) if [ -e restoring ]; then cat drill.json; else echo 'An error occurred (DBInstanceNotFound) when calling: no' >&2; exit 1; fi ;;
  *describe-db-instances*) cat db.json ;;
esac`,
    );
    return account;
  }

  /** Jobs that were made. */
  get jobs(): any[] {
    const files = readdirSync(this.#folder).filter((file) => file.startsWith("job-"));
    return files.toSorted().map((file) => JSON.parse(readFileSync(join(this.#folder, file), "utf8")));
  }

  /** Words by which something was changed. */
  get changes(): string[] {
    const calls = join(this.#folder, "calls");
    const all = existsSync(calls) ? readFileSync(calls, "utf8").split("\n") : [];
    return all.flatMap((call) => /(restore-db-instance|delete-db-instance|create -f|delete job)/.exec(call)?.[1] ?? []);
  }

  #program(name: string, text: string): void {
    this.#write(name, `#!/bin/sh\ncd '${this.#folder}'\necho "$*" >> calls${text}\n`);
    chmodSync(join(this.#folder, name), 0o700);
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text);
  }
}
