import { type Change, type Draft, digestOfRecord, type LedgerRecord, type Owner } from "#promotion/ledger/record";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";

export const OWNER: Owner = { who: "Ada <ada@example.com>", host: "desk", boot: "b1", pid: 42, started: "1" } as Owner;

/** Time of a record, so many hours after a fixed moment. */
export const at = (hours: number): string => new Date(Date.parse("2026-11-20T08:00:00Z") + hours * 3_600_000).toISOString();

export const changed = (subject: string, from: string | null, to: string): Change => ({
  subject,
  from,
  to,
  digest: "d".repeat(64),
});

type Loose = { kind: LedgerRecord["kind"]; hours?: number } & Record<string, unknown>;

/** Records of an environment, numbered and chained in the order in which they are given. */
export function chain(records: readonly Loose[], environment: EnvironmentName = "prod"): LedgerRecord[] {
  const whole: LedgerRecord[] = [];
  for (const [index, { hours = index, ...rest }] of records.entries()) {
    const last = whole.at(-1);
    const defaults = rest.kind === "begin" ? { operation: "promote", gates: [], approvals: [], states: {}, program: "p" } : {};
    const draft = { environment, time: at(hours), owner: OWNER, ...defaults, ...rest } as unknown as Draft;
    whole.push({ ...draft, number: index + 1, previous: last === undefined ? null : digestOfRecord(last) } as LedgerRecord);
  }
  return whole;
}

/** A promotion from its beginning to what its measurements said. */
export const promoted = (begin: number, change: Change, hours: number, verdict: "stable" | "thrown-out" = "stable"): Loose[] => [
  { kind: "begin", changes: [change], hours },
  { kind: "done", begin, states: {}, seconds: 1, hours },
  {
    kind: verdict,
    begin,
    subject: change.subject,
    version: change.to,
    hours,
    ...(verdict === "thrown-out" && { why: "5xx 31 %" }),
  },
];
