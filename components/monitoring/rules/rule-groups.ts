import { business, type KpiName } from "./business.ts";
import { conceptDrift } from "./concept-drift.ts";
import { dataDrift } from "./data-drift.ts";
import { gatewayAdapter } from "./gateway-adapter.ts";
import { gpus, releases, serving } from "./infrastructure.ts";
import { meta } from "./meta.ts";
import type { Rule, RuleGroup } from "./rule.ts";

/** A served model, as monitoring knows it: what must be measured of it. Each thing asked for and not measured is an alert. */
export interface MonitoredModel {
  name: string;
  namespace: string;
  /** Whom its alerts concern. */
  team: string;
  /** Its inputs are checked for drift daily. @default false */
  drift?: boolean;
  /** Its online quality is measured. @default false */
  quality?: boolean;
  /** The business indicator by which it is judged. @default - none */
  kpi?: KpiName;
}

/** What the rules of an environment are made from. */
export interface RuleSettings {
  /** Environment; a label of every series and alert. */
  environment: string;
  models: readonly MonitoredModel[];
  /** Where the runbooks lie; `/<alert>` is appended. */
  runbookBaseUrl: string;
  /** Longest time that a release takes, steps and soak together, minutes. */
  releaseMinutes: number;
  /** Time after which an empty GPU node should have been removed, minutes. */
  emptyGpuNodeMinutes: number;
}

/** A group as Prometheus, the operator and promtool all read it. */
export interface CompleteGroup {
  name: string;
  interval?: string;
  rules: Record<string, unknown>[];
}

/** Every rule of an environment, in the order in which they build on each other. */
export function ruleGroups(settings: RuleSettings): CompleteGroup[] {
  const { models, releaseMinutes, emptyGpuNodeMinutes } = settings;
  return [
    ...(models.length > 0 ? [modelInfo(models)] : []),
    gatewayAdapter,
    serving,
    gpus(emptyGpuNodeMinutes),
    releases(releaseMinutes),
    dataDrift,
    conceptDrift,
    business,
    meta,
  ].map((group) => completeGroup(group, settings));
}

/** The same groups as the text of a rule file: JSON is YAML, so that promtool and Prometheus read it as it is. */
export function ruleFile(groups: readonly CompleteGroup[]): string {
  return `${JSON.stringify({ groups }, undefined, 2)}\n`;
}

/** Adds to every rule what all have: the environment, and the address of the runbook. */
export function completeGroup(
  group: RuleGroup,
  { environment, runbookBaseUrl }: Pick<RuleSettings, "environment" | "runbookBaseUrl">,
): CompleteGroup {
  const complete = (rule: Rule): Record<string, unknown> => ({
    ...rule,
    // External labels are not seen by rule expressions: the environment must be a label of the rule.
    labels: { ...rule.labels, environment },
    ...("alert" in rule && { annotations: { ...rule.annotations, runbook_url: `${runbookBaseUrl}/${rule.alert}.md` } }),
  });
  return { ...group, rules: group.rules.map(complete) };
}

/** A constant series a model: `mlops_model_info unless <series>` is the alert on data that never came. */
function modelInfo(models: readonly MonitoredModel[]): RuleGroup {
  return {
    name: "millrace-models",
    rules: models.map(({ name, namespace, team, drift = false, quality = false, kpi = "" }) => ({
      record: "mlops_model_info",
      expr: "vector(1)",
      labels: { namespace, model: name, team, drift: String(drift), quality: String(quality), kpi },
    })),
  };
}
