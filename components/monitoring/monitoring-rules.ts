import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { DNS_LABEL, DNS_LABEL_RULE } from "../naming.ts";
import { check } from "../validation.ts";
import { API } from "../versions.ts";
import { KPIS } from "./rules/business.ts";
import { type CompleteGroup, type MonitoredModel, type RuleSettings, ruleGroups } from "./rules/rule-groups.ts";

export interface MonitoringRulesArgs {
  /** Name of the environment; a label of every series and alert. */
  environment: string;

  /** Models whose numbers must arrive; what stays away is an alert. */
  models: readonly MonitoredModel[];

  /** Namespace of the rules. */
  namespace: pulumi.Input<string>;

  /** Where the runbooks lie; alerts link to `<runbookBaseUrl>/<alert>.md`. */
  runbookBaseUrl: string;

  /** Time after which an empty GPU node should have been removed: its pool's `consolidateAfter` and 5 minutes. @default 35 */
  emptyGpuNodeMinutes?: number;

  /** Longest time that a release takes, steps and soak together, minutes. @default 90 */
  releaseMinutes?: number;
}

/**
 * The rules of an environment, one `PrometheusRule` a group: series computed from what the gateway counts and jobs push, and alerts
 * on latency, errors, drift, lost quality, business indicators, and on numbers that do not arrive.
 *
 * Wants the Prometheus operator's CRDs to exist.
 *
 * @throws {pulumi.ResourceError} when a model is named twice or cannot be named so, its indicator is unknown, the runbooks' address
 *   is none, or a time is not a whole positive number.
 */
export class MonitoringRules extends Component {
  /** The same groups as plain data, for whoever else evaluates or checks rules. */
  readonly groups: readonly CompleteGroup[];

  constructor(name: string, args: MonitoringRulesArgs, opts?: ComponentOptions) {
    super("monitoring:MonitoringRules", name, args, opts);
    const settings = { emptyGpuNodeMinutes: 35, releaseMinutes: 90, ...args };
    validate(settings, this);

    const child = { parent: this };
    this.groups = ruleGroups(settings);
    for (const group of this.groups) {
      new k8s.apiextensions.CustomResource(
        `${name}-${group.name.replace("millrace-", "")}`,
        {
          apiVersion: API.monitoring,
          kind: "PrometheusRule",
          metadata: { name: group.name, namespace: args.namespace },
          spec: { groups: [group] },
        },
        child,
      );
    }

    this.registerOutputs({});
  }
}

function validate({ models, runbookBaseUrl, emptyGpuNodeMinutes, releaseMinutes }: RuleSettings, rules: pulumi.Resource): void {
  for (const { name, namespace, kpi } of models) {
    check.matches("models.name", name, DNS_LABEL, DNS_LABEL_RULE, rules);
    check.matches("models.namespace", namespace, DNS_LABEL, DNS_LABEL_RULE, rules);
    check.oneOf("models.kpi", kpi, Object.keys(KPIS), rules);
  }
  const names = models.map(({ name, namespace }) => `${namespace}/${name}`);
  check.distinct("models", names, rules);
  check.matches("runbookBaseUrl", runbookBaseUrl, /^https?:\/\/\S+[^/]$/, "a web address without a slash at its end", rules);
  check.wholeNumber("emptyGpuNodeMinutes", emptyGpuNodeMinutes, { min: 1 }, rules);
  check.wholeNumber("releaseMinutes", releaseMinutes, { min: 1 }, rules);
}
