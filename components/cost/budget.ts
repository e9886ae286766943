import * as aws from "@pulumi/aws";
import { Component, type ComponentOptions } from "../component.ts";
import { fields, listOf, number, text } from "../shape.ts";
import { check } from "../validation.ts";

export interface MonthlyBudgetArgs {
  /** What the account may cost, US dollars a month. */
  limit: number;

  /** E-mail addresses that are told, 1 to 10. */
  contacts: readonly string[];
}

/** Shares of the limit at which people are told, percent: of what was spent, and of what the month will come to. */
export const NOTICES = { ACTUAL: [50, 80, 100], FORECASTED: [100] } as const;

/**
 * A budget over the whole account, per month. It tells; it stops nothing: the ceiling on what can be spent is the limit of each GPU pool.
 *
 * @throws {pulumi.ResourceError} when the limit is not a positive number or there are not 1 to 10 contacts.
 */
export class MonthlyBudget extends Component {
  static override readonly shape = fields<MonthlyBudgetArgs>({
    limit: number({ min: 1 }),
    contacts: listOf(text),
  });

  constructor(name: string, args: MonthlyBudgetArgs, opts?: ComponentOptions) {
    super("cost:MonthlyBudget", name, args, opts);
    // AWS Budgets API reference, Subscriber.
    check.length("contacts", args.contacts, { min: 1, max: 10 }, this);

    new aws.budgets.Budget(
      name,
      {
        budgetType: "COST",
        timeUnit: "MONTHLY",
        limitAmount: String(args.limit),
        limitUnit: "USD",
        notifications: notifications(args.contacts),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

function notifications(contacts: readonly string[]): aws.types.input.budgets.BudgetNotification[] {
  return Object.entries(NOTICES).flatMap(([notificationType, thresholds]) =>
    thresholds.map((threshold) => ({
      notificationType,
      threshold,
      thresholdType: "PERCENTAGE",
      comparisonOperator: "GREATER_THAN",
      subscriberEmailAddresses: [...contacts],
    })),
  );
}
