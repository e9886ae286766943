import { demandAdopted } from "#promotion/adopted";
import { changeFor, changesInPointer, subjectNamed } from "#promotion/candidates";
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
  if (what !== undefined) {
    // A misspelt word is one, whatever the ledger says.
    subjectNamed(what, releases);
  }
  const records = await ledger.records(environment);
  demandAdopted(environment, records);
  const open = openIn(records).at(-1);
  if (open !== undefined && what === undefined) {
    return [...open.begin.changes];
  }
  const runs = Object.fromEntries([...runsNow(records)].map(([subject, { version }]) => [subject, version]));
  return what === undefined ? changesInPointer(environment, runs, releases) : [changeFor(what, environment, runs, releases)];
}
