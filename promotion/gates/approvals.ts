import { FILES } from "#stacks/inputs/files";
import { approvalsThatCount, type Judged } from "../approvals/judge.ts";
import type { Requirements } from "../requirements.ts";
import { approversOf } from "../settings.ts";
import { nameOf } from "../subjects.ts";
import { few } from "./few.ts";
import type { Candidate, Facts, Finding, Gate } from "./gate.ts";

/** How many people must approve: one more where data may be lost. */
const needed = ({ allowReplace }: Facts, { approvals: { people } }: Requirements): number =>
  people + (allowReplace.length > 0 ? 1 : 0);

/** What counts of what was given, for each change. */
export async function approvalsOf(
  facts: Facts,
  { approvals: { days } }: Requirements,
): Promise<(Judged & { candidate: Candidate })[]> {
  const { allowReplace, environment, now, owner, settings, candidates } = facts;
  const [given, records] = await Promise.all([facts.approvals(), facts.records(environment)]);
  return candidates.map((candidate) => ({
    candidate,
    ...approvalsThatCount(candidate, candidates, given, { allowReplace, environment, now, owner, settings, days, records }),
  }));
}

export const approvals: Gate = {
  name: "approvals",
  summary: "enough people who may have approved exactly this, none of whom made it or asks for it",
  exit: 11,
  concerns: (facts, requirements) => needed(facts, requirements) > 0,
  async check(facts, requirements) {
    const people = needed(facts, requirements);
    const found = await approvalsOf(facts, requirements);
    const { refused, unsettled } = await facts.approvals();
    const lacking = found.filter(({ counted }) => counted.length < people);
    if (lacking.length > 0) {
      return lack(lacking, people, [...unsettled, ...refused], facts);
    }
    const names = found.map(
      ({ candidate, counted }) =>
        `${nameOf(candidate)} by ${counted
          .map(({ by }) => by)
          .sort()
          .join(", ")}`,
    );
    return { passed: true, detail: `${people} of ${people}: ${names.join("; ")}` };
  },
};

function lack(
  lacking: readonly (Judged & { candidate: Candidate })[],
  people: number,
  others: readonly string[],
  { environment, settings }: Facts,
): Finding {
  const texts = lacking.map(({ candidate, counted }) => {
    const by =
      counted.length === 0
        ? ""
        : ` (${counted
            .map((each) => each.by)
            .sort()
            .join(", ")})`;
    return `${nameOf(candidate)} has ${counted.length} of ${people}${by}`;
  });
  const refused = [...new Set([...lacking.flatMap((each) => each.refused), ...others])];
  const remedies = lacking.map(({ candidate }) => {
    const may = approversOf(settings, environment, candidate.subject);
    return may.length === 0
      ? `name approvers of ${candidate.subject} in ${environment} in ${FILES.promotion}`
      : `ask ${may.join(", ")} to approve ${nameOf(candidate)}`;
  });
  return {
    passed: false,
    detail: `${texts.join("; ")}${refused.length > 0 ? `; not counted: ${few(refused)}` : ""}`,
    remedy: remedies.join("; "),
  };
}
