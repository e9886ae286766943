import type { LedgerRecord } from "../ledger/record.ts";
import { nameOf } from "../subjects.ts";
import type { Candidate, Facts, Gate } from "./gate.ts";

export const signature: Gate = {
  name: "signature",
  summary: "somebody who may has signed the release, and it is the one that ran in the environment before",
  async check(facts) {
    const found = await Promise.all(facts.candidates.map((each) => ofRelease(each, facts)));
    const problems = found.flatMap(({ problems: own }) => own);
    return problems.length === 0
      ? { passed: true, detail: found.map(({ signed }) => signed).join("; ") }
      : {
          passed: false,
          detail: problems.join("; "),
          remedy: "npx millrace release verify says what is wrong with a release; create and sign another one",
        };
  },
};

async function ofRelease(
  candidate: Candidate,
  { before, records, signer }: Facts,
): Promise<{ signed: string; problems: string[] }> {
  const [signed, chain] = await Promise.all([
    signer(candidate).then(
      (by) => ({ by }),
      (error: unknown) => ({ why: error instanceof Error ? error.message : String(error) }),
    ),
    before === undefined ? undefined : records(before),
  ]);
  const name = nameOf(candidate);
  const ran = chain && digestsThatRan(chain, candidate);
  return {
    signed: `${name} by ${"by" in signed ? signed.by : "nobody"}`,
    problems: [
      ...("why" in signed ? [`${name}: ${signed.why}`] : []),
      ...(ran === undefined || ran.at(-1) === candidate.digest
        ? []
        : ran.length === 0
          ? [`${name} has not run in ${before}, so nothing shows that it is the same release`]
          : [`${name} must be the release that ran in ${before}, with digest ${ran.at(-1)}, got ${candidate.digest}`]),
    ],
  };
}

/** Digests of the releases of this name that came up, oldest first. */
function digestsThatRan(records: readonly LedgerRecord[], { subject, to }: Candidate): string[] {
  const up = new Set(records.flatMap((each) => (each.kind === "done" ? [each.begin] : [])));
  return records.flatMap((each) =>
    each.kind === "begin" && up.has(each.number)
      ? each.changes.filter((change) => change.subject === subject && change.to === to).map(({ digest }) => digest)
      : [],
  );
}
