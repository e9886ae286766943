import { type Day, daysBetween } from "./day.ts";
import { type Breach, type Exception, isExpired, matches } from "./exceptions.ts";
import { attempt, type Fault, type Finding, Unreadable, WARNING_DAYS } from "./findings.ts";
import { type Resource, Undecided } from "./resource.ts";
import { isResourceRule, type Level, type Rule } from "./rule.ts";

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
  /** Last day on which the value is or was right. @default - it is wrong on every day */
  ends?: Day;
  /** Where the engine has the resource. Absent in a plan. */
  urn?: string;
  /** Where a person wrote the value, in a program that knows: `fraud.canary.weights in stacks/inputs/models.ts`. */
  written?: string;
}

/** A rule that could not be decided about a resource. */
export interface Open {
  rule: Rule;
  level: Exclude<Level, "off">;
  address: string;
  /** The value that is known only once something else exists; empty where the rule itself failed. */
  path: string;
  /** Why the rule failed, where it did. Nobody knows then whether the resource keeps it, so it weighs like a violation. */
  failure?: string;
  /** Where the engine has the resource. Absent in a plan. */
  urn?: string;
}

/** What a rule says of one subject. */
export interface Judgement {
  violations: Violation[];
  /** Violations that an exception allows for now. */
  excepted: (Violation & { exception: Exception })[];
  open: Open[];
}

/** What a finding is compared with. */
export interface Terms {
  level: Exclude<Level, "off">;
  parameters: object;
  exceptions: readonly Exception[];
  /** Day on which support and exceptions must last. */
  today: Day;
}

/**
 * Checks one rule on one resource, or on all resources of a stack for a rule about relations. The plan and the engine's pack both use
 * it.
 */
export function judge(rule: Rule, subject: Resource | readonly Resource[], terms: Terms): Judgement {
  const { level, exceptions, today } = terms;
  const own = "inputs" in subject ? subject : undefined;
  const judgement: Judgement = { violations: [], excepted: [], open: [] };
  const seen = new Set<string>();
  for (const finding of findingsOf(rule, subject, terms.parameters)) {
    if (finding instanceof Undecided || finding instanceof Unreadable) {
      const open = openAt(finding, rule, level, own, subject);
      const key = `${open.address} ${open.path} ${open.failure ?? ""}`;
      if (!seen.has(key)) {
        seen.add(key);
        judgement.open.push(open);
      }
      continue;
    }
    if (finding.ends !== undefined && daysBetween(today, finding.ends) > WARNING_DAYS) {
      continue;
    }
    const isWarning = finding.ends !== undefined && today <= finding.ends;
    const violation = violationOf(finding, rule, isWarning ? "advisory" : level, own);
    const { valid, expired } = standing(exceptions, { rule: rule.id, address: violation.address, got: violation.got }, today);
    if (valid) {
      judgement.excepted.push({ ...violation, exception: valid });
    } else {
      judgement.violations.push({ ...violation, ...(expired && { expired }) });
    }
  }
  return judgement;
}

/** What a rule says of a subject. Never throws. */
export function findingsOf(rule: Rule, subject: Resource | readonly Resource[], parameters: object): readonly Finding[] {
  return attempt(() =>
    isResourceRule(rule) ? rule.check(subject as Resource, parameters) : rule.relate(subject as readonly Resource[], parameters),
  );
}

/** Where a fault lies; the stack as a whole, when it lies at no resource in particular. */
const addressOf = (resource: Resource | undefined): string => resource?.address ?? "the stack";

function violationOf({ resource, ...fault }: Fault, rule: Rule, level: Terms["level"], own?: Resource): Violation {
  const at = resource ?? own;
  return { rule, level, address: addressOf(at), ...fault, ...(at?.urn !== undefined && { urn: at.urn }) };
}

function openAt(
  finding: Undecided | Unreadable,
  rule: Rule,
  level: Terms["level"],
  own: Resource | undefined,
  subject: Resource | readonly Resource[],
): Open {
  const address = finding.address ?? addressOf(own);
  const at = own ?? (subject as readonly Resource[]).find((each) => each.address === address);
  return {
    rule,
    level,
    address,
    path: finding instanceof Undecided ? finding.path : "",
    ...(finding instanceof Unreadable && { failure: finding.message }),
    ...(at?.urn !== undefined && { urn: at.urn }),
  };
}

/** The exception that allows a rule to be broken there, and else one that did so once. */
function standing(
  exceptions: readonly Exception[],
  breach: Breach,
  today: Day,
): { valid?: Exception | undefined; expired?: Exception | undefined } {
  const fitting = exceptions.filter((exception) => matches(exception, breach));
  return { valid: fitting.find((exception) => !isExpired(exception, today)), expired: fitting[0] };
}

/** One sentence: the rule, the place, the wanted value, the value found, and where a person wrote it. */
export const sentence = ({ rule, address, property, got, want, ends, expired, written }: Violation): string =>
  `${rule.id} ${address}: '${property}' must be ${want}, got '${got}'${written ? ` (written as ${written})` : ""}${ends ? ` (until ${ends})` : ""}${expired ? ` (exception ${expired.ticket} ended on ${expired.expires})` : ""}`;

/** One sentence: what could not be decided, where, and why. */
export const openSentence = ({ rule, address, path, failure }: Open): string =>
  `${rule.id} ${address}: ${failure ?? `'${path}' is not known yet`}`;

/** Whether only the calendar made a violation: the same resources kept the rule before a support or an exception ended. */
export const isByCalendar = ({ ends, expired }: Violation): boolean => ends !== undefined || expired !== undefined;

/** Whether something stops a change: a mandatory rule that is broken, or that failed. */
export const stops = ({ violations, open }: Pick<Judgement, "violations" | "open">): boolean =>
  [...violations, ...open.filter(({ failure }) => failure !== undefined)].some(({ level }) => level === "mandatory");
