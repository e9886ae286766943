// What makes sense in a beginning: what was asked before it, and that it leads from what runs to something else.

import { printable, shown } from "#stacks/wording";
import { faredIn } from "../gates/soak-time.ts";
import { PLATFORM } from "../subjects.ts";
import { DAYS_WITHOUT_APPROVAL } from "../times.ts";
import type { Change, LedgerRecord, RecordOf } from "./record.ts";
import { runsNow, stableIn } from "./runs.ts";
import { SKEW } from "./skew.ts";

type Begin = RecordOf<"begin">;

const DAY = 24 * 3_600_000;

/** Most days for which an approval may count anywhere, and one for the time that gates take. */
const APPROVAL_DAYS = 91;

/** Gates of which every promotion has a verdict, whatever the environment asks for. */
const ALWAYS_ASKED = ["signature", "approvals"];

/** Gates are asked before anything begins; not for what was up before there was a ledger, nor for a model that goes back. */
export function gatesProblems({ gates, number, operation, changes, reason, environment }: Begin): string[] {
  const names = gates.map(({ gate }) => gate);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  const lacking = ALWAYS_ASKED.filter((name) => !names.includes(name));
  const isAsked = operation === "promote" ? number > 1 || gates.length > 0 : changes.some(({ subject }) => subject === PLATFORM);
  const isFree = environment !== "dev" && gates.every(({ state }) => state === "not required");
  return [
    ...(twice === undefined ? [] : [`gates must name each gate once, got ${shown(twice)} twice`]),
    ...(!isAsked || gates.length > 0 ? [] : ["gates must say what was asked, got none"]),
    ...(operation === "promote" && gates.length > 0 && lacking.length > 0
      ? [`gates must have a verdict of ${lacking.join(" and of ")}, got ${shown(names.join(", "))}`]
      : []),
    ...(operation === "promote" && gates.length > 0 && isFree
      ? [`gates must have one that is asked in ${environment}, got only such that are not required`]
      : []),
    ...(operation === "promote" || reason !== undefined ? [] : ["reason must say why, for a rollback, got nothing"]),
  ];
}

/** Approvals are of people, each of whom approves a change once, and come before what they approve. */
export function approvalsProblems({ approvals, changes, time }: Begin): string[] {
  return approvals.flatMap((approval, at) => {
    const age = Date.parse(time) - Date.parse(approval.time);
    const before = approvals.slice(0, at).filter(({ by }) => by === approval.by).length;
    return [
      ...(age < -SKEW ? [`approvals[${at}].time must be before what it approves, ${time}, got '${approval.time}'`] : []),
      ...(age > APPROVAL_DAYS * DAY
        ? [`approvals[${at}].time must be within 90 days of what it approves, ${time}, got '${approval.time}'`]
        : []),
      ...(before < changes.length
        ? []
        : [`approvals[${at}].by must be another person for each approval of one change, got ${shown(approval.by)} again`]),
    ];
  });
}

/** What the records before a beginning say. */
export interface Before {
  records: readonly LedgerRecord[];
  /** Changes that were begun and have not ended, oldest first. */
  open: readonly Change[];
}

/** A promotion leads from what runs, a rollback from what was begun, to something else; a rollback to what was good not long ago. */
export function wayProblems(begin: Begin, { records, open }: Before): string[] {
  const { operation, changes, time } = begin;
  const runs = runsNow(records);
  const isThere = ({ subject, to, digest }: Change): boolean =>
    runs.get(subject)?.version === to && runs.get(subject)?.digest === digest;
  return [
    ...(operation === "promote" && changes.every(isThere)
      ? ["changes must bring something that does not run there, got none"]
      : []),
    ...changes.flatMap((change, at) => {
      const { subject, from, to } = change;
      const left = open.findLast((each) => each.subject === subject)?.to ?? runs.get(subject)?.version ?? null;
      const isOut = faredIn(records, { ...change, to: from ?? "" }, new Date(time)).thrownOut !== undefined;
      // What was planned before a measurement threw a version out leads from that version.
      const isFrom = from === left || (operation === "promote" && from !== null && isOut);
      return [
        ...(isFrom ? [] : [`changes[${at}].from must be ${said(left)}, which is there before, got ${said(from)}`]),
        ...(operation === "promote" ? outProblems(begin, change, at, records) : backProblems(begin, change, at, records)),
        ...(operation === "rollback" && from === to
          ? [`changes[${at}].to must be another release than from, got ${shown(to)}`]
          : []),
      ];
    }),
  ];
}

/** The gate of soak lets nothing pass that was thrown out; where it only advises, a person has read it. */
function outProblems({ gates, time }: Begin, change: Change, at: number, records: readonly LedgerRecord[]): string[] {
  const isWaived = gates.some(({ gate, state }) => gate === "soak" && (state === "advised" || state === "not required"));
  const out = faredIn(records, change, new Date(time)).thrownOut;
  return out === undefined || isWaived
    ? []
    : [`changes[${at}].to must be a release that no measurement threw out, got ${shown(change.to)}: ${printable(out.why)}`];
}

function backProblems({ time }: Begin, { subject, to }: Change, at: number, records: readonly LedgerRecord[]): string[] {
  const good = stableIn(records, subject).find(({ version }) => version === to);
  if (good === undefined) {
    return [`changes[${at}].to must be a release that was stable before, for a rollback, got ${shown(to)}`];
  }
  // A day for the time that a person and the gates take.
  const isOld = Date.parse(time) - Date.parse(good.until ?? time) > (DAYS_WITHOUT_APPROVAL + 1) * DAY;
  return isOld
    ? [
        `changes[${at}].to must be a release that was there within ${DAYS_WITHOUT_APPROVAL} days, for a rollback, got ${shown(to)}, which was there until ${good.until}`,
      ]
    : [];
}

const said = (version: string | null): string => (version === null ? "null" : shown(version));
