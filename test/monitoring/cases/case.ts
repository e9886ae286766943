import { rulesPresent } from "#components/monitoring/rules/meta";
import {
  type CompleteGroup,
  completeGroup,
  type RuleSettings,
  ruleFile,
  ruleGroups,
} from "#components/monitoring/rules/rule-groups";

/** One model that asks for everything. */
const settings: RuleSettings = {
  environment: "test",
  models: [{ name: "fraud", namespace: "ml", team: "risk", drift: true, quality: true, kpi: "click-through-rate" }],
  runbookBaseUrl: "https://runbooks.example.test",
  releaseMinutes: 30,
  emptyGpuNodeMinutes: 35,
};

/** The rules under test: those of the environment, and the one that comes with Prometheus itself. */
export const groups: CompleteGroup[] = [...ruleGroups(settings), completeGroup(rulesPresent, settings)];

interface AlertRule {
  alert: string;
  labels: Record<string, string>;
}

export const alertRules = groups.flatMap(({ rules }) => rules).filter((rule) => "alert" in rule) as unknown as AlertRule[];

/** What must hold at a moment: an alert fires with exactly these labels, for each of these subjects, or not at all. */
export interface Expectation {
  at: string;
  alert: string;
  severity: string;
  /** Labels of each alert that fires, beside those that its rule gives. Empty = silent. */
  firing: Record<string, string>[];
}

export interface Sample {
  at: string;
  expr: string;
  labels: string;
  value: number;
}

export interface Case {
  name: string;
  /** Series → values in promtool's notation. */
  series: Record<string, string>;
  expect?: Expectation[];
  samples?: Sample[];
}

/** Cases about the same groups of rules. */
export interface Family {
  name: string;
  /** Groups beside those that all others read. */
  about: string[];
  /** How far apart samples and evaluations are. Prometheus evaluates more often; nothing here depends on it. */
  step: string;
  cases: readonly Case[];
}

export const fires = (alert: string, severity: string, at: string, ...firing: Record<string, string>[]): Expectation => ({
  at,
  alert,
  severity,
  firing,
});
export const silent = (alert: string, severity: string, at: string): Expectation => ({ at, alert, severity, firing: [] });

/** The rules that cases need, and the cases, as files for `promtool test rules`. */
export function promtoolFiles({ cases, about, step }: Family): Record<string, string> {
  const needed = groups.filter(({ name }) => ["models", "gateway-adapter", ...about].includes(name.replace("millrace-", "")));
  return {
    "rules.yml": ruleFile(needed),
    "tests.yml": JSON.stringify({
      rule_files: ["rules.yml"],
      // Steps are longer than Prometheus looks back: without an order one group may read what another wrote a step ago, and find nothing.
      group_eval_order: needed.map(({ name }) => name),
      evaluation_interval: step,
      tests: cases.map(({ name, series, expect = [], samples = [] }) => ({
        name,
        interval: step,
        input_series: Object.entries(series).map(([series, values]) => ({ series, values })),
        promql_expr_test: [
          ...expect.map(expectation),
          ...samples.map(({ at, expr, labels, value }) => ({ expr, eval_time: at, exp_samples: [{ labels, value }] })),
        ],
      })),
    }),
  };
}

function expectation({ at, alert, severity, firing }: Expectation): object {
  const rule = alertRules.find((rule) => rule.alert === alert && rule.labels["severity"] === severity);
  if (rule === undefined) {
    throw new Error(`no alert ${alert} of severity ${severity}`);
  }
  return {
    expr: `ALERTS{alertname="${alert}", severity="${severity}", alertstate="firing"}`,
    eval_time: at,
    exp_samples: firing.map((labels) => ({
      labels: `ALERTS${selector({ alertname: alert, alertstate: "firing", ...rule.labels, ...labels })}`,
      value: 1,
    })),
  };
}

export const selector = (labels: Record<string, string>): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(", ")}}`;
