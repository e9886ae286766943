import { createHash } from "node:crypto";
import { openSentence, sentence, type Verdict, type Violation } from "../evaluate.ts";
import type { Rule } from "../rule.ts";
import { unseenLine } from "../unseen.ts";

/** A verdict with the stack that it is about, and the file in which a person would fix. */
export interface StackVerdict {
  stack: string;
  file: string;
  verdict: Verdict;
}

/** GitHub sorts alerts by this number: 9 and more is critical, 7 high, 4 medium ("SARIF support for code scanning"). */
const SECURITY_SEVERITY = { critical: "9.5", high: "8.0", medium: "5.5", low: "2.0" } as const;

/**
 * Verdicts as SARIF 2.1.0, which code scanning reads. What an exception allows is there too, as a note that is suppressed,
 * and what could not be decided, as a notification.
 *
 * @param page address of the page on a rule.
 */
export function sarif(verdicts: readonly StackVerdict[], rules: readonly Rule[], page: (rule: Rule) => string): object {
  const environments = [...new Set(verdicts.map(({ verdict }) => verdict.environment))];
  const fingerprint = fingerprints();
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "millrace", rules: rules.map((rule) => descriptor(rule, page(rule))) } },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: [
              ...verdicts.flatMap(undecided),
              ...unseenLine(verdicts.flatMap(({ verdict }) => verdict.unseen)).map((text) => ({
                level: "note",
                message: { text },
              })),
            ],
          },
        ],
        // An upload takes the place of the last one of its category, so each environment has one of its own.
        automationDetails: { id: `millrace/${environments.join("-")}/` },
        results: verdicts.flatMap(({ file, verdict }) =>
          alertsOf(verdict).map(({ rule, address, property, text, ...rest }) => ({
            ruleId: rule.id,
            message: { text },
            locations: [
              {
                physicalLocation: { artifactLocation: { uri: file }, region: { startLine: 1 } },
                logicalLocations: [{ fullyQualifiedName: address, kind: "resource" }],
              },
            ],
            partialFingerprints: { primaryLocationLineHash: fingerprint({ rule, address, property }) },
            ...rest,
          })),
        ),
      },
    ],
  };
}

/** What could not be decided. It is no alert: nobody could close it before the deployment. */
const undecided = ({ file, verdict }: StackVerdict): object[] =>
  verdict.open
    .filter(({ failure }) => failure === undefined)
    .map((each) => ({
      level: "note",
      message: { text: openSentence(each) },
      associatedRule: { id: each.rule.id },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: file } },
          logicalLocations: [{ fullyQualifiedName: each.address, kind: "resource" }],
        },
      ],
    }));

/** What code scanning shows once. */
interface Alert {
  rule: Rule;
  address: string;
  property: string;
  text: string;
  level: "error" | "warning" | "note";
  suppressions?: object[];
}

const weight = (level: Violation["level"]): Alert["level"] => (level === "mandatory" ? "error" : "warning");

/** Violations, those that are excepted, and rules that failed. */
function alertsOf({ violations, excepted, open }: Verdict): Alert[] {
  const alert = (violation: Violation, level: Alert["level"]): Alert => {
    const { rule, address, property } = violation;
    return { rule, address, property, text: `${sentence(violation)}. ${rule.remediation}`, level };
  };
  return [
    ...violations.map((violation) => alert(violation, weight(violation.level))),
    ...excepted.map((violation) => ({
      ...alert(violation, "note"),
      suppressions: [{ kind: "external", status: "accepted", justification: violation.exception.reason }],
    })),
    ...open
      .filter(({ failure }) => failure !== undefined)
      .map((each): Alert => {
        const { rule, address, path: property, level } = each;
        return { rule, address, property, text: openSentence(each), level: weight(level) };
      }),
  ];
}

/**
 * One alert a fault, whatever else changes in the file: GitHub takes two results of a rule with the same hash for one alert, and
 * would make the hash from the line, which is the same for all. Faults of one property are counted, as GitHub's own are.
 */
function fingerprints(): (place: Pick<Violation, "rule" | "address" | "property">) => string {
  const counts = new Map<string, number>();
  return ({ rule, address, property }) => {
    const hash = createHash("sha256").update(`${rule.id}:${address}:${property}`).digest("hex").slice(0, 16);
    const count = (counts.get(hash) ?? 0) + 1;
    counts.set(hash, count);
    return `${hash}:${count}`;
  };
}

const descriptor = ({ id, title, severity, frameworks, remediation }: Rule, helpUri: string): object => ({
  id,
  shortDescription: { text: title },
  help: { text: remediation },
  // The format allows none that is relative.
  ...(URL.canParse(helpUri) && { helpUri }),
  properties: { tags: ["security", ...frameworks], "security-severity": SECURITY_SEVERITY[severity] },
});
