import { approvalsFrom, sourcesHere } from "#promotion/approvals/sources";
import type { Outer } from "#promotion/facts";
import { ownerHere } from "#promotion/owner";
import { readSettings } from "#promotion/settings";
import type { Target } from "#promotion/target";

/** What gates must know of who asks, when and with whose approval. @param allowReplace URNs that a person allows to be lost. */
export function outerHere(target: Target, allowReplace: readonly string[] = []): Outer {
  const settings = readSettings(target.releases);
  return {
    owner: ownerHere(),
    now: new Date(),
    settings,
    allowReplace,
    approvals: () => approvalsFrom(sourcesHere(process.env), target.environment, settings),
  };
}
