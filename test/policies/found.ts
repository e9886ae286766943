import { RULES } from "#policies/catalogue";
import { faultsOf } from "#policies/evaluate";
import { type Resource, Undecided } from "#policies/resource";

/**
 * What a rule finds in one resource, or in several together: `<property>: <value>`.
 *
 * @param parameters of the rule. @default - those of prod
 */
export function found(id: string, subject: Resource | Resource[], parameters?: object): string[] {
  const rule = RULES.find((each) => each.id === id)!;
  const faults = faultsOf(rule, subject, parameters ?? rule.parameters?.prod);
  return faults instanceof Undecided ? [`open: ${faults.path}`] : faults.map(({ property, got }) => `${property}: ${got}`);
}
