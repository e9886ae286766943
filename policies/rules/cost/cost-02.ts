import { type Fault, together, unless } from "../../findings.ts";
import { bags, list, number, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";

/** Most that a budget allows in a month, in its own currency. */
const most = (monthly: number): { monthly: number } => ({ monthly });

/** Months of a period. */
const MONTHS: Readonly<Record<string, number>> = { DAILY: 12 / 365, MONTHLY: 1, QUARTERLY: 3, ANNUALLY: 12 };

export const COST_02 = rule({
  id: "COST-02",
  title: "A budget has a sum that somebody could spend, and tells of it before it is spent",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation:
    'Set `limitAmount` to what a month costs, and give one of `notifications` `comparisonOperator: "GREATER_THAN"` and a threshold of at most 100 percent. The parameter `monthly` is the most that a budget may allow.',
  peers: ["prowler"],
  parameters: { dev: most(20_000), staging: most(50_000), prod: most(200_000) },
  // What another program may cost is not known here.
  elsewhere: most(1_000_000),
  types: ["aws:budgets/budget:Budget"],
  check: (budget, { monthly }) =>
    together(
      () => tooHigh(budget, monthly),
      () => tooLate(budget),
    ),
});

function tooHigh({ inputs }: Resource, monthly: number): Fault[] {
  const limit = number(inputs, "limitAmount");
  const months = MONTHS[text(inputs, "timeUnit") ?? ""] ?? 1;
  return unless((text(inputs, "budgetType") ?? "COST") !== "COST" || limit === undefined || limit <= monthly * months, {
    property: "limitAmount",
    got: String(limit),
    want: `at most ${Math.round(monthly * months)}`,
  });
}

/** A budget that tells nobody at all is a matter of COST-01. */
function tooLate({ inputs }: Resource): Fault[] {
  const sent = bags(inputs, "notifications").filter((each) =>
    ["subscriberEmailAddresses", "subscriberSnsTopicArns"].some((to) => list(each, to).length > 0),
  );
  const limit = number(inputs, "limitAmount") ?? Number.POSITIVE_INFINITY;
  const isEarly = sent.some((each) => {
    const isShare = (text(each, "thresholdType") ?? "PERCENTAGE") === "PERCENTAGE";
    const threshold = number(each, "threshold") ?? Number.NaN;
    return (text(each, "comparisonOperator") ?? "") === "GREATER_THAN" && threshold <= (isShare ? 100 : limit);
  });
  return unless(sent.length === 0 || isEarly, {
    property: "notifications",
    got: sent
      .map((each) => `${text(each, "comparisonOperator") ?? "nothing"} ${text(each, "threshold") ?? "nothing"}`)
      .join(", "),
    want: "sent before the whole sum is spent, by one of them at least",
  });
}
