// What is promoted: a model, or the platform.

import { LAYERS, type Layer } from "#stacks/contracts";
import type { Change } from "./ledger/record.ts";

/** Subject of the platform's releases. */
export const PLATFORM = "platform";

/** Subject of a model's releases, as the ledger and the rights of signers name it. */
export const subjectOf = (model: string): string => `models/${model}`;

/** Layers that changes concern, in the order in which they come up: what they bring runs once all of these are up. */
export const layersOf = (changes: readonly Pick<Change, "subject">[]): readonly Layer[] =>
  changes.some(({ subject }) => subject === PLATFORM) ? LAYERS : ["workloads"];

/** Model of a subject; nothing of the platform's. */
export const modelOf = (subject: string): string | undefined =>
  subject === PLATFORM ? undefined : subject.slice("models/".length);

/** Whether a pattern (`platform`, `models`, `models/<model>`) means a subject: `models` means each of them. */
export const covers = (pattern: string, subject: string): boolean =>
  pattern === subject || (pattern === "models" && subject.startsWith("models/"));

/** What is to run, in words: `fraud 4`, `platform 2026.11.21-1`. */
export const nameOf = ({ subject, to }: Pick<Change, "subject" | "to">): string => `${modelOf(subject) ?? subject} ${to}`;

/** What is to run, as part of a path: `models-fraud-4`, `platform-2026.11.21-1`. */
export const slugOf = ({ subject, to }: Pick<Change, "subject" | "to">): string => `${subject.replace("/", "-")}-${to}`;
