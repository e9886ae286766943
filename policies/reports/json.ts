import type { Open, Violation } from "../evaluate.ts";
import type { StackVerdict } from "./sarif.ts";

/** Verdicts as data: rules by id, nothing but facts. */
export function policyJson(verdicts: readonly StackVerdict[]): object {
  const violations = verdicts.flatMap(({ verdict }) => verdict.violations);
  return {
    mandatory: violations.filter(({ level }) => level === "mandatory").length,
    advisory: violations.filter(({ level }) => level === "advisory").length,
    stacks: verdicts.map(({ stack, file, verdict }) => ({
      stack,
      file,
      checks: verdict.checks,
      unseen: verdict.unseen,
      violations: verdict.violations.map(facts),
      excepted: verdict.excepted.map((violation) => ({ ...facts(violation), exception: violation.exception })),
      open: verdict.open.map(({ rule, level, address, path, failure }: Open) => ({
        rule: rule.id,
        level,
        address,
        path,
        ...(failure !== undefined && { failure }),
      })),
    })),
  };
}

const facts = ({ rule, level, address, property, got, want, expired, written }: Violation) => ({
  rule: rule.id,
  title: rule.title,
  severity: rule.severity,
  level,
  address,
  property,
  got,
  want,
  remediation: rule.remediation,
  frameworks: rule.frameworks,
  ...(written !== undefined && { written }),
  ...(expired && { expired }),
});
