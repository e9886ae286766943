import { type Breach, type Exception, isExpired, matches } from "./exceptions.ts";
import { type Resource, Undecided } from "./resource.ts";
import { type Environment, type Fault, isResourceRule, type Level, type Rule } from "./rule.ts";

/** A fault with its place and its weight. */
export interface Violation {
  rule: Rule;
  level: Exclude<Level, "off">;
  address: string;
  property: string;
  got: string;
  want: string;
  /** An exception that would have allowed it, and has ended. */
  expired?: Exception;
}

/** A rule that could not be decided about a resource: what it must read is known only once something else exists. */
export interface Open {
  rule: Rule;
  level: Exclude<Level, "off">;
  address: string;
  path: string;
}

export interface Verdict {
  environment: Environment;
  violations: Violation[];
  /** Violations that an exception allows for now. */
  excepted: (Violation & { exception: Exception })[];
  open: Open[];
  /** Exceptions that nothing in these resources needs. */
  unused: Exception[];
  /** How often a rule looked at something. */
  checks: number;
}

export interface Terms {
  rules: readonly Rule[];
  environment: Environment;
  exceptions: readonly Exception[];
  /** Day that exceptions are held against, `2026-11-21`. */
  today: string;
}

/** Holds the resources of one stack against rules. Pure: the same resources on the same day always have the same verdict. */
export function evaluate(resources: readonly Resource[], { rules, environment, exceptions, today }: Terms): Verdict {
  const verdict: Verdict = { environment, violations: [], excepted: [], open: [], unused: [], checks: 0 };
  const byType = Map.groupBy(resources, ({ type }) => type);
  const used = new Set<Exception>();
  for (const rule of rules) {
    const level = rule.levels[environment];
    if (level === "off") {
      continue;
    }
    for (const subject of isResourceRule(rule) ? rule.types.flatMap((type) => byType.get(type) ?? []) : [undefined]) {
      verdict.checks += 1;
      const faults = faultsOf(rule, subject ?? resources, rule.parameters?.[environment] ?? {});
      if (faults instanceof Undecided) {
        verdict.open.push({ rule, level, address: addressOf(subject), path: faults.path });
        continue;
      }
      for (const { property, got, want, resource = subject } of faults) {
        const address = addressOf(resource);
        const { valid, expired } = standing(exceptions, { rule: rule.id, address, got }, today);
        const violation: Violation = { rule, level, address, property, got, want };
        if (valid) {
          used.add(valid);
          verdict.excepted.push({ ...violation, exception: valid });
        } else {
          verdict.violations.push({ ...violation, ...(expired && { expired }) });
        }
      }
    }
  }
  verdict.unused = exceptions.filter((exception) => !used.has(exception));
  return verdict;
}

/** Where a fault lies; the stack as a whole, when it lies at no resource in particular. */
export const addressOf = (resource: Resource | undefined): string => resource?.address ?? "the stack";

/** What a rule finds, or the value that it would have to know. */
export function faultsOf(rule: Rule, subject: Resource | readonly Resource[], parameters: unknown): Fault[] | Undecided {
  try {
    return isResourceRule(rule)
      ? rule.check(subject as Resource, parameters)
      : rule.relate(subject as readonly Resource[], parameters);
  } catch (error) {
    if (error instanceof Undecided) {
      return error;
    }
    throw error;
  }
}

/** The exception that allows a rule to be broken there, and else one that did so once. */
export function standing(
  exceptions: readonly Exception[],
  breach: Breach,
  today: string,
): { valid?: Exception | undefined; expired?: Exception | undefined } {
  const fitting = exceptions.filter((exception) => matches(exception, breach));
  return { valid: fitting.find((exception) => !isExpired(exception, today)), expired: fitting[0] };
}

/** One sentence: what, where, what must stand there, what does. */
export const sentence = ({ rule, address, property, got, want, expired }: Violation): string =>
  `${rule.id} ${address}: '${property}' must be ${want}, got '${got}'${expired ? ` (exception ${expired.ticket} ended on ${expired.expires})` : ""}`;
