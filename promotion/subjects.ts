import type { Change } from "./ledger/record.ts";

/** Whether a pattern (`platform`, `models`, `models/<model>`) means a subject: `models` means each of them. */
export const covers = (pattern: string, subject: string): boolean =>
  pattern === subject || (pattern === "models" && subject.startsWith("models/"));

/** A subject without the folder: `fraud`, `platform`. */
const shortName = (subject: string): string => subject.replace(/^models\//, "");

/** What is to run, in words: `fraud 4`, `platform 2026.11.21-1`. */
export const nameOf = ({ subject, to }: Pick<Change, "subject" | "to">): string => `${shortName(subject)} ${to}`;

/** What is to run, as part of a path: `models-fraud-4`, `platform-2026.11.21-1`. */
export const slugOf = ({ subject, to }: Pick<Change, "subject" | "to">): string => `${subject.replace("/", "-")}-${to}`;
