import type { LedgerRecord } from "../ledger/record.ts";
import type { Gate } from "./gate.ts";

type Told = Extract<LedgerRecord, { kind: "hold" | "resume" }>;

/** What a person has said last of a subject, of it alone or of all. */
const lastSaid = (records: readonly LedgerRecord[], subject: string): Told | undefined =>
  records
    .filter((each): each is Told => each.kind === "hold" || each.kind === "resume")
    .findLast((each) => each.subject === undefined || each.subject === subject);

export const hold: Gate = {
  name: "hold",
  summary: "nobody has forbidden changes",
  async check({ environment, candidates, records }) {
    const all = await records(environment);
    const held = candidates.flatMap(({ subject }) => {
      const said = lastSaid(all, subject);
      return said?.kind === "hold" ? [{ subject: said.subject, said }] : [];
    });
    if (held.length === 0) {
      return { passed: true, detail: "none" };
    }
    const holds = [...new Map(held.map(({ subject, said }) => [said, subject ?? "everything"]))];
    return {
      passed: false,
      detail: holds.map(([{ owner, time, reason }, what]) => `${owner.who} holds ${what} since ${time}: ${reason}`).join("; "),
      remedy: `ask ${[...new Set(holds.map(([{ owner }]) => owner.who))].join(", ")}; then npx millrace resume ${environment}`,
    };
  },
};
