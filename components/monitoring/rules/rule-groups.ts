import { matching } from "../../shape.ts";
import { business } from "./business.ts";
import { conceptDrift } from "./concept-drift.ts";
import { controllers } from "./controllers.ts";
import { dataDrift } from "./data-drift.ts";
import { features } from "./features.ts";
import { gatewayAdapter, latencyAdapter } from "./gateway-adapter.ts";
import { gpus } from "./gpus.ts";
import { mesh } from "./mesh.ts";
import { meta, modelMeta } from "./meta.ts";
import type { MonitoredModel } from "./model.ts";
import { releases } from "./releases.ts";
import type { Rule, RuleGroup } from "./rule.ts";
import { serving } from "./serving.ts";
import { streams } from "./streams.ts";

/** What all rules of an environment have in common. */
export interface RuleSettings {
  /** Environment; a label of every series and alert. */
  environment: string;
  /** Where the runbooks lie; `/<alert>.md` is appended. */
  runbookBaseUrl: string;
}

/** Where the runbooks lie: alerts link to `<address>/<alert>.md`. */
export const runbooks = matching(/^https?:\/\/\S+[^/]$/, "a web address without a slash at its end");

/** A group as Prometheus, the operator and promtool all read it. */
export interface CompleteGroup {
  name: string;
  interval?: string;
  rules: Record<string, unknown>[];
}

/**
 * The rules about the platform, which know no model.
 *
 * @param emptyGpuNodeMinutes time after which an empty GPU node should have been removed.
 * @param runs which parts of the platform run that not every environment has: KEDA, the feature store.
 */
export const platformRuleGroups = (
  settings: RuleSettings,
  emptyGpuNodeMinutes: number,
  { scalesByLoad, keepsFeatures }: { scalesByLoad: boolean; keepsFeatures: boolean },
): CompleteGroup[] =>
  [
    gatewayAdapter,
    gpus(emptyGpuNodeMinutes),
    controllers(scalesByLoad),
    mesh,
    streams,
    ...(keepsFeatures ? [features] : []),
    meta,
  ].map((group) => completeGroup(group, settings));

/** The rules about one model, in the order in which they build on each other. They read series of the platform's gateway adapter. */
export const modelRuleGroups = (settings: RuleSettings, model: MonitoredModel): CompleteGroup[] =>
  [modelInfo, latencyAdapter, serving, releases, dataDrift, conceptDrift, business, modelMeta].map((group) =>
    completeGroup(group(model), settings),
  );

/** Groups as the text of a rule file: JSON is YAML, so that promtool and Prometheus read it as it is. */
export function ruleFile(groups: readonly CompleteGroup[]): string {
  return `${JSON.stringify({ groups }, undefined, 2)}\n`;
}

/** Adds to every rule what all have: the environment, and the address of the runbook. */
export function completeGroup(group: RuleGroup, { environment, runbookBaseUrl }: RuleSettings): CompleteGroup {
  const complete = (rule: Rule): Record<string, unknown> => ({
    ...rule,
    // External labels are not seen by rule expressions: the environment must be a label of the rule.
    labels: { ...rule.labels, environment },
    ...("alert" in rule && { annotations: { ...rule.annotations, runbook_url: `${runbookBaseUrl}/${rule.alert}.md` } }),
  });
  return { ...group, rules: group.rules.map(complete) };
}

/** A constant series: `mlops_model_info unless <series>` is the alert on data that never came. */
const modelInfo = ({ name, namespace, team, drift, quality, kpi }: MonitoredModel): RuleGroup => ({
  name: "millrace-model-info",
  rules: [
    {
      record: "mlops_model_info",
      expr: "vector(1)",
      labels: { namespace, model: name, team, drift: String(drift), quality: String(quality), kpi: kpi ?? "" },
    },
  ],
});
