import { holdOn } from "../ledger/holder.ts";
import { modelOf } from "../subjects.ts";
import type { Gate } from "./gate.ts";

/** A subject as a person types it: `fraud`, `platform`. */
const wordOf = (subject: string): string => modelOf(subject) ?? subject;

export const hold: Gate = {
  name: "hold",
  summary: "nobody has forbidden changes",
  async check({ environment, candidates, records }) {
    const all = await records(environment);
    const holds = [...new Set(candidates.flatMap(({ subject }) => holdOn(all, subject) ?? []))];
    if (holds.length === 0) {
      return { passed: true, detail: "none" };
    }
    const told = holds.map(
      ({ owner, subject, time, reason }) =>
        `${owner.who} holds ${subject === undefined ? "everything" : wordOf(subject)} since ${time}: ${reason}`,
    );
    const resumes = holds.map(
      ({ subject }) =>
        `npx millrace resume${subject === undefined ? "" : ` ${wordOf(subject)}`} --env ${environment} --reason '<why>'`,
    );
    return {
      passed: false,
      detail: told.join("; "),
      remedy: `ask ${[...new Set(holds.map(({ owner }) => owner.who))].join(", ")}; then ${resumes.join("; ")}`,
    };
  },
};
