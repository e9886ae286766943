import type { Verdict, Violation } from "#policies/evaluate";
import type { Exception } from "#policies/exceptions";
import { shown } from "#policies/read";
import { levels, rule, stackRule } from "#policies/rule";

/** The day of every test. */
export const TODAY = "2026-11-21";

/** Looks at one resource, and has a parameter by environment. */
export const colourRule = rule({
  id: "TST-01",
  title: "Buckets are <blue> & nothing else",
  severity: "critical",
  levels: levels("–/A/M"),
  frameworks: ["CIS 1.1", "FSBP S3.1"],
  remediation: 'Set `colour: "blue"`.',
  types: ["aws:s3/bucket:Bucket"],
  parameters: { dev: { colour: "red" }, staging: { colour: "blue" }, prod: { colour: "blue" } },
  check: ({ inputs }, { colour }) =>
    inputs["colour"] === colour ? [] : [{ property: "colour", got: shown(inputs["colour"]), want: colour }],
});

/** Looks at all resources together. */
export const crowdRule = stackRule({
  id: "TST-02",
  title: "Nobody is alone",
  severity: "low",
  levels: levels("A/A/A"),
  frameworks: [],
  remediation: "Bring a friend.",
  relate: (resources) =>
    resources.length === 1 ? [{ property: "name", got: shown(resources[0]?.inputs["name"]), want: "in company" }] : [],
});

export const exception = (rest: Partial<Exception> = {}): Exception => ({
  rule: "TST-01",
  resource: "foundation-prod/*",
  reason: "the colour is being repainted",
  ticket: "MIL-7",
  owner: "painters",
  granted: "2026-11-01",
  expires: "2026-12-03",
  ...rest,
});

export const violation = (rest: Partial<Violation> = {}): Violation => ({
  rule: colourRule,
  level: "mandatory",
  address: "foundation-prod/data",
  property: "colour",
  got: "green",
  want: "blue",
  ...rest,
});

export const verdict = (rest: Partial<Verdict> = {}): Verdict => ({
  environment: "prod",
  violations: [],
  excepted: [],
  open: [],
  unused: [],
  unseen: [],
  checks: 1,
  ...rest,
});

/** Of two stacks: one violation of each level, one that is excepted, one that is open. */
export const verdicts = (rest: Partial<Verdict> = {}) => [
  {
    stack: "foundation-prod",
    file: "stacks/foundation/foundation.ts",
    verdict: verdict({
      violations: [
        violation({ rule: crowdRule, level: "advisory", address: "the stack", property: "name", want: "in company" }),
        violation(),
      ],
      ...rest,
    }),
  },
  {
    stack: "platform-prod",
    file: "stacks/platform/platform.ts",
    verdict: verdict({
      excepted: [{ ...violation({ address: "platform-prod/old" }), exception: exception({ resource: "platform-prod/old" }) }],
      open: [{ rule: colourRule, level: "mandatory", address: "platform-prod/new", path: "colour" }],
    }),
  },
];
