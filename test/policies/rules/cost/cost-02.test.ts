import { expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const BUDGET = "aws:budgets/budget:Budget";

describeRule("COST-02", [
  {
    what: "a sum that nobody can spend",
    layer: "foundation",
    resource: "budget",
    change: (inputs) => (inputs.limitAmount = "99999999"),
    says: "foundation-prod/budget: 'limitAmount' must be at most 200000, got '99999999'",
    unknown: "limitAmount",
  },
  {
    what: "a budget that tells when it is too late",
    layer: "foundation",
    environment: "staging",
    resource: "budget",
    change: (inputs) => (inputs.notifications = [{ ...inputs.notifications[0], threshold: 101 }]),
    says: "foundation-staging/budget: 'notifications' must be sent before the whole sum is spent, by one of them at least, got 'GREATER_THAN 101'",
    unknown: "notifications",
  },
]);

const notice = { comparisonOperator: "GREATER_THAN", threshold: 80, subscriberEmailAddresses: ["a@example.com"] };
const budget = (limitAmount: unknown, rest: object = {}) =>
  of(BUDGET, "b", { budgetType: "COST", limitAmount, timeUnit: "MONTHLY", notifications: [notice], ...rest });

it.each([
  ["a sum of a year", budget("500000", { timeUnit: "ANNUALLY" }), 0],
  ["a higher sum of a year", budget("2500000", { timeUnit: "ANNUALLY" }), 1],
  ["a sum of a day", budget(10_000, { timeUnit: "DAILY" }), 1],
  ["hours of machines", budget("99999999", { budgetType: "USAGE" }), 0],
  [
    "a notice by its own sum",
    budget("100", { notifications: [{ ...notice, threshold: "90", thresholdType: "ABSOLUTE_VALUE" }] }),
    0,
  ],
  [
    "a late notice by its own sum",
    budget("100", { notifications: [{ ...notice, threshold: 900, thresholdType: "ABSOLUTE_VALUE" }] }),
    1,
  ],
  ["a notice of what was not spent", budget("100", { notifications: [{ ...notice, comparisonOperator: "LESS_THAN" }] }), 1],
  ["an early notice beside a late one", budget("100", { notifications: [{ ...notice, threshold: 500 }, notice] }), 0],
])("COST-02 reads %s", (_, resource, count) => {
  expect(found("COST-02", resource)).toHaveLength(count);
});

it("COST-02 does not know what others may spend", () => {
  expect(found("COST-02", budget("120000"), ruleOf("COST-02").elsewhere)).toEqual([]);
});
