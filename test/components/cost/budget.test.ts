import { describe, expect, it } from "vitest";
import { MonthlyBudget } from "#components/cost/budget";
import { record, refusal } from "../../harness/graph.ts";

describe("MonthlyBudget", () => {
  it("notifies at 50, 80 and 100 %, and when the forecast exceeds the limit", async () => {
    const graph = await record(() => new MonthlyBudget("budget", { limit: 800, contacts: ["a@example.com"] }));
    const notice = (notificationType: string, threshold: number) => ({
      notificationType,
      threshold,
      thresholdType: "PERCENTAGE",
      comparisonOperator: "GREATER_THAN",
      subscriberEmailAddresses: ["a@example.com"],
    });
    expect(graph.filter(({ custom }) => custom).map(({ inputs }) => inputs)).toEqual([
      {
        budgetType: "COST",
        timeUnit: "MONTHLY",
        limitAmount: "800",
        limitUnit: "USD",
        notifications: [notice("ACTUAL", 50), notice("ACTUAL", 80), notice("ACTUAL", 100), notice("FORECASTED", 100)],
      },
    ]);
  });

  it.each([
    [{ limit: 0, contacts: ["a@example.com"] }, "'limit' must be a number of at least 1, got '0'"],
    [{ limit: 800, contacts: [] }, "'contacts' must be a list of 1 to 10 entries, got '0'"],
    [{ limit: 800, contacts: Array(11).fill("a@example.com") }, "'contacts' must be a list of 1 to 10 entries, got '11'"],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new MonthlyBudget("budget", args))).toBe(message);
  });
});
