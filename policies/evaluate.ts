import type { Day } from "./day.ts";
import type { Exception } from "./exceptions.ts";
import { type Judgement, judge } from "./judge.ts";
import type { Resource } from "./resource.ts";
import { type Environment, isResourceRule, type Rule } from "./rule.ts";
import { type Unseen, unseenAmong } from "./unseen.ts";

export { isByCalendar, type Open, openSentence, sentence, stops, type Violation } from "./judge.ts";

/** What rules say of a stack. */
export interface Verdict extends Judgement {
  environment: Environment;
  /** Exceptions that nothing in these resources needs. */
  unused: Exception[];
  /** Types of these resources that no rule looks at. */
  unseen: Unseen[];
  /** How often a rule looked at something. */
  checks: number;
}

export interface Terms {
  rules: readonly Rule[];
  environment: Environment;
  exceptions: readonly Exception[];
  /** Day on which support and exceptions must last. */
  today: Day;
}

/** Holds the resources of one stack against rules. Pure: the same resources on the same day always have the same verdict. */
export function evaluate(resources: readonly Resource[], { rules, environment, exceptions, today }: Terms): Verdict {
  const verdict: Verdict = {
    environment,
    violations: [],
    excepted: [],
    open: [],
    unused: [],
    unseen: unseenAmong(resources, rules),
    checks: 0,
  };
  const byType = Map.groupBy(resources, ({ type }) => type);
  for (const rule of rules) {
    const level = rule.levels[environment];
    if (level === "off") {
      continue;
    }
    const terms = { level, parameters: rule.parameters?.[environment] ?? {}, exceptions, today };
    for (const subject of isResourceRule(rule) ? rule.types.flatMap((type) => byType.get(type) ?? []) : [resources]) {
      const { violations, excepted, open } = judge(rule, subject, terms);
      verdict.checks += 1;
      verdict.violations = verdict.violations.concat(violations);
      verdict.excepted = verdict.excepted.concat(excepted);
      verdict.open = verdict.open.concat(open);
    }
  }
  const used = new Set(verdict.excepted.map(({ exception }) => exception));
  verdict.unused = exceptions.filter((exception) => !used.has(exception));
  return verdict;
}
