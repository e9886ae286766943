import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";
import { shown } from "#stacks/wording";
import type { Candidate, Facts } from "../gates/gate.ts";
import type { Approval, LedgerRecord } from "../ledger/record.ts";
import { type Account, makersOf, peopleActing, peopleBehind } from "../people.ts";
import { approversOf } from "../settings.ts";
import { nameOf } from "../subjects.ts";
import { type Approvals, type GivenApproval, isOf } from "./approval.ts";

const DAY = 24 * 3_600_000;

/** Clocks of two machines may differ by this. */
const APART = 300_000;

/** What counts of what was given. */
export interface Judged {
  /** The newest approval that counts of each person. */
  counted: Approval[];
  /** Why others do not count, one line each. */
  refused: string[];
}

/** What an approval is judged by. */
export interface Terms extends Pick<Facts, "allowReplace" | "environment" | "now" | "owner" | "settings"> {
  /** Days for which an approval counts. */
  days: number;
  /** Records of the environment. */
  records: readonly LedgerRecord[];
}

/**
 * Approvals of a change that count: of people who may approve it, did not make or sign its release, made no commit of the pull request and
 * do not ask for it; of exactly this change, and of every loss of data that it may bring; not too old; and not used up by an earlier
 * promotion.
 *
 * @throws {Error} when nobody knows who made the release or who asks: then an approval may be their own.
 */
export function approvalsThatCount(
  candidate: Candidate,
  candidates: readonly Candidate[],
  approvals: Approvals,
  terms: Terms,
): Judged {
  const { environment, settings } = terms;
  const own = ownersOf(candidates, approvals, terms);
  const may = approversOf(settings, environment, candidate.subject);
  const usedUp = lastDone(terms.records, environment, candidate);
  const counted = new Map<string, GivenApproval>();
  const refused: string[] = [];
  for (const given of approvals.given.filter(({ approves }) => approves.some(({ subject }) => subject === candidate.subject))) {
    const why = whyNot(given, candidate, { ...terms, own, may, usedUp });
    if (why !== undefined) {
      refused.push(`${given.by}'s (${given.source}) ${why}`);
    } else if ((counted.get(given.by)?.time ?? "") < given.time) {
      counted.set(given.by, given);
    }
  }
  return { counted: [...counted.values()].map(({ by, source, time }) => ({ by, source, time })), refused };
}

interface Judging extends Terms {
  own: ReadonlyMap<string, string>;
  may: readonly string[];
  usedUp: number | undefined;
}

/** Why an approval does not count; nothing where it does. */
function whyNot(
  { by, time, approves }: GivenApproval,
  candidate: Candidate,
  { environment, allowReplace, own, may, usedUp, now, days }: Judging,
): string | undefined {
  const at = Date.parse(time);
  const exactly = approves.filter((each) => isOf(each, environment, candidate));
  if (exactly.length === 0) {
    const other = approves.find(({ subject }) => subject === candidate.subject)!;
    const same = nameOf(other) === nameOf(candidate) && other.environment === environment;
    return `is of ${same ? `another release of the name ${nameOf(other)}` : `${nameOf(other)} in ${other.environment}`}`;
  }
  const lost = allowReplace.find((urn) => !exactly.some((each) => each.allowReplace?.includes(urn)));
  if (lost !== undefined) {
    return `does not allow that data goes with ${lost}`;
  }
  if (own.has(by)) {
    return `does not count: ${by} ${own.get(by)}`;
  }
  if (!may.includes(by)) {
    return `does not count: ${by} is no approver of ${candidate.subject} in ${environment}`;
  }
  if (Number.isNaN(at) || at > now.getTime() + APART) {
    return `is of ${time}, which is still to come`;
  }
  if (now.getTime() - at > days * DAY) {
    return `is older than ${days} days`;
  }
  return usedUp !== undefined && at <= usedUp ? "was used up by an earlier promotion" : undefined;
}

/** People who may not approve, with what they have to do with it. */
function ownersOf(
  candidates: readonly Candidate[],
  { openedBy, committedBy }: Approvals,
  { owner, settings }: Terms,
): Map<string, string> {
  const owners = new Map<string, string>();
  // Somebody else's accounts approve nothing, so nobody needs to know whose they are.
  const bar = (account: Account, what: string): void => peopleBehind(account, settings).forEach((each) => owners.set(each, what));
  const note = (people: readonly string[], who: string, what: string, key = "authors"): void => {
    if (people.length === 0) {
      throw new Error(
        `whoever ${what} may not approve it, and nobody in ${FILES.promotion} is ${shown(who)}: add it to that person (or job) there, as ${key}`,
      );
    }
    people.forEach((each) => owners.set(each, what));
  };
  committedBy.forEach((account) => bar(account, "made a commit of the pull request"));
  for (const candidate of candidates) {
    const { author } = candidate.release;
    makersOf(candidate.release).forEach((account) => bar(account, `signed ${nameOf(candidate)}`));
    note(peopleBehind({ kind: "author", name: author }, settings), author, `released ${nameOf(candidate)}`);
  }
  // A job runs for whoever opened the pull request; the person who merges it may be one of those who approve.
  if (owner.job === undefined || openedBy.length === 0) {
    note(peopleActing(owner.who, settings), owner.who, "asks for the promotion");
  }
  for (const account of openedBy) {
    note(peopleBehind(account, settings), account.name, "opened the pull request", account.kind);
  }
  return owners;
}

/** When this change was last made here: what was approved before is done. */
function lastDone(records: readonly LedgerRecord[], environment: EnvironmentName, candidate: Candidate): number | undefined {
  const done = new Set(records.flatMap((each) => (each.kind === "done" ? [each.begin] : [])));
  const begin = records.findLast(
    (each) =>
      each.kind === "begin" &&
      done.has(each.number) &&
      each.changes.some((change) => isOf({ ...change, environment }, environment, candidate)),
  );
  return begin && Date.parse(begin.time);
}
