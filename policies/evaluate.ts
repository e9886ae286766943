import { type Day, isDay } from "./day.ts";
import type { Exception } from "./exceptions.ts";
import { type Judgement, judge } from "./judge.ts";
import type { Resource } from "./resource.ts";
import { ENVIRONMENTS, type Environment, isResourceRule, type Rule } from "./rule.ts";
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

/**
 * Holds the resources of one stack against rules. Pure: the same resources on the same day always have the same verdict.
 *
 * @throws {TypeError} where a program that no compiler reads hands over another environment, or what is no day: rules would be silent.
 */
export function evaluate(resources: readonly Resource[], { rules, environment, exceptions, today }: Terms): Verdict {
  refuse(environment, today);
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

function refuse(environment: unknown, today: unknown): void {
  if (!(ENVIRONMENTS as readonly unknown[]).includes(environment)) {
    throw new TypeError(
      `'environment' must be ${ENVIRONMENTS.join(", ")}, got '${String(environment)}': no rule has a level there`,
    );
  }
  if (typeof today !== "string" || !isDay(today)) {
    throw new TypeError(`'today' must be a day such as 2026-11-21, got '${String(today)}': ends of support are compared with it`);
  }
}
