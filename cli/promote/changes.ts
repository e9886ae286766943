import * as pulumi from "@pulumi/pulumi";
import { changeFor, changesInPointer } from "#promotion/candidates";
import type { Change } from "#promotion/ledger/record";
import { runsNow } from "#promotion/ledger/runs";
import { openIn } from "#promotion/open";
import type { Target } from "#promotion/target";

/**
 * The changes that are wanted: what was begun and not ended goes first.
 *
 * @param what as a person typed it. @default - what the pointer says
 * @throws {pulumi.RunError} when there is nothing to promote from, or the environment has no record yet.
 */
export async function changesWanted(what: string | undefined, { environment, ledger, releases }: Target): Promise<Change[]> {
  const records = await ledger.records(environment);
  if (!records.some(({ kind }) => kind === "done")) {
    throw new pulumi.RunError(
      `the ledger of ${environment} must say what runs there, got no record: bring ${environment} up, then npx millrace promote adopt --to ${environment}`,
    );
  }
  const open = openIn(records).at(-1);
  if (open !== undefined && what === undefined) {
    return [...open.begin.changes];
  }
  const runs = Object.fromEntries([...runsNow(records)].map(([subject, { version }]) => [subject, version]));
  return what === undefined ? changesInPointer(environment, runs, releases) : [changeFor(what, environment, runs, releases)];
}
