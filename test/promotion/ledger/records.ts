import { createHash } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { FreeDraft } from "#promotion/ledger/ledger";
import type { Draft, LedgerRecord, Owner, RecordOf, Verdict } from "#promotion/ledger/record";
import type { Entry, Store } from "#promotion/ledger/store";

export const ADA: Owner = { who: "Ada <ada@example.com>", host: "ada-laptop", boot: "b", pid: 7, started: "1" };
export const BOB: Owner = { ...ADA, who: "Bob <bob@example.com>", host: "bob-laptop", pid: 8 };

/** The hour of 20 November at which something happens. */
export const hour = (at: number): string => new Date(Date.UTC(2026, 10, 20, at)).toISOString().replace(".000Z", "Z");

const DIGEST = "d".repeat(64);

/** Digest of a release of this name. */
export const digestOf = (to: string): string => createHash("sha256").update(to).digest("hex");

type Begin = Extract<Draft, { kind: "begin" }>;
type Change = Begin["changes"][number];

export const fraud = (from: string | null, to: string): Change => ({ subject: "models/fraud", from, to, digest: digestOf(to) });
export const platform = (from: string | null, to: string): Change => ({ subject: "platform", from, to, digest: digestOf(to) });

/** Gates that have passed, or the one that says something else. */
export const gatesWith = (other?: Verdict): Verdict[] =>
  ["hold", "signature", "soak", "approvals"].map((gate) =>
    other?.gate === gate ? other : { gate, state: "passed", detail: "as it must be" },
  );

/** A `begin` in prod. */
export const begin = (time: string, changes: Change[], more: Partial<Begin> = {}): Begin => ({
  kind: "begin",
  environment: "prod",
  time,
  owner: ADA,
  operation: "promote",
  changes,
  gates: gatesWith(),
  approvals: [],
  states: {},
  program: "3f2a91c",
  ...more,
});

const event = { environment: "prod", owner: ADA } as const;
export const done = (time: string, of: number): FreeDraft => ({
  ...event,
  kind: "done",
  time,
  begin: of,
  states: {},
  seconds: 85,
});
export const failed = (time: string, of: number, layers: RecordOf<"failed">["layers"]): FreeDraft => ({
  ...event,
  kind: "failed",
  time,
  begin: of,
  layers,
  why: "AccessDenied",
});
export const stable = (time: string, of: number, version: string): FreeDraft => ({
  ...event,
  kind: "stable",
  time,
  begin: of,
  subject: "models/fraud",
  version,
});
export const thrown = (time: string, of: number, version: string): FreeDraft => ({
  ...event,
  kind: "thrown-out",
  time,
  begin: of,
  subject: "models/fraud",
  version,
  why: "31 % errors",
});
export const takenOver = (time: string, of: number, owner: Owner): Draft => ({
  ...event,
  kind: "taken-over",
  time,
  begin: of,
  owner,
  why: "Process 7 of ada-laptop has ended.",
});
export const word = (time: string, kind: "hold" | "resume", subject?: string): FreeDraft => ({
  ...event,
  kind,
  time,
  reason: "an incident",
  ...(subject !== undefined && { subject }),
});

/** Drafts as a chain would have them, without a ledger: digests are made up. */
export const chained = (...drafts: Draft[]): LedgerRecord[] =>
  drafts.map((draft, at) => ({ ...draft, number: at + 1, previous: at === 0 ? null : DIGEST }) as LedgerRecord);

/** A store in memory. */
export function memoryStore(texts = new Map<string, Uint8Array>()): Store {
  return {
    list: async (prefix) => [...texts.keys()].filter((key) => key.startsWith(prefix)).map((key): Entry => ({ key })),
    read: async (key) => texts.get(key),
    putNew: async (key, text) => !texts.has(key) && texts.set(key, Buffer.from(text)) !== undefined,
  };
}

/** A new folder for a ledger, and its address. */
export function ledgerFolder(): { folder: string; url: string } {
  const folder = join(mkdtempSync(join(tmpdir(), "ledger-")), "ledger");
  return { folder, url: pathToFileURL(folder).href };
}
