import { rulesPresent } from "#components/monitoring/rules/meta";
import { LIMIT_DEFAULTS, type MonitoredModel } from "#components/monitoring/rules/model";
import {
  type CompleteGroup,
  completeGroup,
  modelRuleGroups,
  platformRuleGroups,
  type RuleSettings,
  ruleFile,
} from "#components/monitoring/rules/rule-groups";
import { selector } from "../emitted.ts";

export { selector };

export const settings: RuleSettings = { environment: "test", runbookBaseUrl: "https://runbooks.example.test" };

/** A model that asks for everything and states no limit. */
export const fraud: MonitoredModel = {
  name: "fraud",
  namespace: "ml",
  team: "risk",
  limits: LIMIT_DEFAULTS,
  drift: true,
  quality: true,
  kpi: "click-through-rate",
  releaseMinutes: 30,
};

/** A slower model of the same namespace, with limits of its own, that asks for nothing. */
export const churn: MonitoredModel = {
  name: "churn",
  namespace: "ml",
  team: "risk",
  limits: { latencyTargetMs: 500, maxErrorShare: 0.02, maxSlowShare: 0.1 },
  drift: false,
  quality: false,
  releaseMinutes: 30,
};

/** The rules about the platform, with the one that comes with Prometheus itself. */
export const platformGroups: CompleteGroup[] = [
  ...platformRuleGroups(settings, 35, { scalesByLoad: true, keepsFeatures: true }),
  completeGroup(rulesPresent, settings),
];

/** The rules under test: those of the platform and those of one model. */
export const groups: CompleteGroup[] = [...platformGroups, ...modelRuleGroups(settings, fraud)];

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
  /** The alert must not have fired at any time before either. */
  ever?: true;
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
  /** A matter of single steps: nothing else may happen in it. */
  exact?: true;
}

/** Cases about the same groups of rules. */
export interface Family {
  name: string;
  /** Groups that are evaluated, besides the model's own info. */
  about: string[];
  /** Models whose rules are evaluated. @default - fraud alone */
  models?: readonly MonitoredModel[];
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
/** The alert has not fired until then. */
export const never = (alert: string, severity: string, at: string): Expectation => ({
  at,
  alert,
  severity,
  firing: [],
  ever: true,
});
export const silent = (alert: string, severity: string, at: string): Expectation => ({ at, alert, severity, firing: [] });

/** Groups that count requests: rules about traffic read them, and evaluating them for days takes long. */
export const REQUESTS = ["gateway-adapter", "latency-adapter"];

/** The rules that cases need, one file for the platform and one for each model, and the cases, as files for `promtool test rules`. */
export function promtoolFiles({ cases, about, step, models = [fraud] }: Family): Record<string, string> {
  // Without intervals of their own: a week of evaluations every 15 seconds takes seconds.
  const needed = (groups: CompleteGroup[]) =>
    groups
      .filter(({ name }) => ["model-info", ...about].includes(name.replace("millrace-", "")))
      .map(({ name, rules }) => ({ name, rules }));
  const files: Record<string, CompleteGroup[]> = {
    "platform.yml": needed(platformGroups),
    ...Object.fromEntries(models.map((model) => [`${model.name}.yml`, needed(modelRuleGroups(settings, model))])),
  };
  return {
    ...Object.fromEntries(Object.entries(files).map(([file, groups]) => [file, ruleFile(groups)])),
    "tests.yml": JSON.stringify({
      rule_files: Object.keys(files),
      // Steps are longer than Prometheus looks back: without an order one group may read what another wrote a step ago, and find nothing.
      group_eval_order: [...new Set(Object.values(files).flatMap((groups) => groups.map(({ name }) => name)))],
      evaluation_interval: step,
      tests: cases.map(({ name, series, expect = [], samples = [] }) => ({
        name,
        interval: step,
        input_series: Object.entries(series).map(([series, values]) => ({ series, values })),
        promql_expr_test: [
          ...expect.map((one) => expectation(one, name)),
          ...samples.map(({ at, expr, labels, value }) => ({ expr, eval_time: at, exp_samples: [{ labels, value }] })),
        ],
      })),
    }),
  };
}

function expectation({ at, alert, severity, firing, ever }: Expectation, name: string): object {
  const rule = alertRules.find((rule) => rule.alert === alert && rule.labels["severity"] === severity);
  if (rule === undefined) {
    throw new Error(`no alert ${alert} of severity ${severity}`);
  }
  const alerts = `ALERTS{alertname="${alert}", severity="${severity}", alertstate="firing"}`;
  return {
    // Promtool shows the expression of what fails, and not the name of its case.
    expr: `${ever ? `max_over_time(${alerts}[30d])` : alerts} # ${name}`,
    eval_time: at,
    exp_samples: firing.map((labels) => ({
      labels: `ALERTS${selector({ alertname: alert, alertstate: "firing", ...rule.labels, ...labels })}`,
      value: 1,
    })),
  };
}
