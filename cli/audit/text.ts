// How records look on a screen. Whatever a record holds was typed by somebody: it is printed, and not obeyed.

import type { Change, LedgerRecord } from "#promotion/ledger/record";
import { modelOf } from "#promotion/subjects";
import { models } from "#stacks/inputs/models";
import { printable, shown, suggestion } from "#stacks/wording";
import { BadInput } from "../bad-input.ts";

/** A subject as people name it: `fraud`, `platform`. */
export const nameOf = (subject: string): string => printable(subject.replace(/^models\//, ""));

/** The subject that people name so. */
export const subjectOf = (name: string): string => (name === "platform" ? name : `models/${name}`);

/** Models that somebody may ask about: those of today, and those that the records speak of. */
export const modelsIn = (records: readonly LedgerRecord[]): string[] => {
  const subjects = records.flatMap((record) =>
    record.kind === "begin" ? record.changes.map(({ subject }) => subject) : "subject" in record ? (record.subject ?? []) : [],
  );
  return [...new Set([...Object.keys(models), ...subjects.flatMap((subject) => modelOf(subject) ?? [])])];
};

/** @param place where the name stands. @throws {BadInput} when no model can be called so. */
export function modelNamed(name: string, place = "'--model'"): string {
  if (!/^[a-z][a-z0-9-]*$/.test(name) || name === "platform") {
    const hint =
      name === "platform"
        ? ": '--platform' is the platform"
        : name.includes("@")
          ? `: npx millrace audit who ${name} asks about one version`
          : suggestion(name, Object.keys(models));
    throw new BadInput(`${place} must be the name of a model, got ${shown(name)}${hint}`);
  }
  return subjectOf(name);
}

export const changeText = ({ subject, from, to }: Change): string =>
  `${nameOf(subject)} ${from === null ? "" : `${printable(from)} → `}${printable(to)}`;

/** A time without its fractions of a second. */
export const timeText = (time: string): string => time.replace(/\.\d+Z$/, "Z");

/** What a record says, in a line. */
export function sayingOf(record: LedgerRecord): string {
  switch (record.kind) {
    case "begin": {
      const reason = record.reason === undefined ? "" : `: ${record.reason}`;
      return printable(`${record.operation} ${record.changes.map(changeText).join(", ")}${reason}`);
    }
    case "taken-over":
      return printable(`goes on with ${record.begin}: ${record.why}`);
    case "done":
      return `${record.begin} is up, after ${Math.round(record.seconds)} s`;
    case "failed":
      return printable(`${record.begin}, with ${record.layers.join(", ") || "no layer"} up: ${record.why}`);
    case "stable":
      return printable(`${nameOf(record.subject)} ${record.version}`);
    case "thrown-out":
      return printable(`${nameOf(record.subject)} ${record.version}: ${record.why}`);
    case "continued":
    case "aborted":
      return printable(`${nameOf(record.subject)} ${record.version}: ${record.reason}`);
    case "hold":
    case "resume":
      return printable(`${record.subject === undefined ? "everything" : nameOf(record.subject)}: ${record.reason}`);
  }
}
