import { approvalsHere } from "#promotion/approvals/here";
import type { Outer } from "#promotion/facts";
import type { Change } from "#promotion/ledger/record";
import { ownerHere } from "#promotion/owner";
import { readSettings } from "#promotion/settings";
import type { Target } from "#promotion/target";

/** What gates must know of who asks, when and with whose approval. @param allowReplace URNs that a person allows to be lost. */
export function outerHere(
  { environment, releases }: Target,
  changes: readonly Change[],
  allowReplace: readonly string[] = [],
): Outer {
  const settings = readSettings(releases);
  return {
    owner: ownerHere(),
    now: new Date(),
    settings,
    allowReplace,
    approvals: () => approvalsHere({ environment, changes, settings, releases }),
  };
}
