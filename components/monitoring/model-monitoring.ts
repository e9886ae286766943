import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { latencyBound } from "../mesh/gateway-telemetry.ts";
import { fields, flag, input, label, number, oneOf, optional, text, wholeNumber } from "../shape.ts";
import { given } from "../validation.ts";
import { API } from "../versions.ts";
import { modelDashboard } from "./dashboards/model.ts";
import { KPIS, type KpiName } from "./rules/kpis.ts";
import { LIMIT_DEFAULTS, type ModelLimits, type MonitoredModel } from "./rules/model.ts";
import { type CompleteGroup, modelRuleGroups, runbooks } from "./rules/rule-groups.ts";

export interface ModelMonitoringArgs {
  /** Name of the environment; a label of every series and alert. */
  environment: string;

  /** Name of the model: of its `ModelServing`. */
  model: string;

  /** Namespace that its servers run in; its rules lie there too. */
  namespace: string;

  /** Namespace of Grafana, where its dashboard lies: Grafana reads no other. */
  dashboardNamespace: pulumi.Input<string>;

  /** Where the runbooks lie; alerts link to `<runbookBaseUrl>/<alert>.md`. */
  runbookBaseUrl: string;

  /** Team that its alerts concern. */
  team: string;

  /** The inputs of the model are checked for drift daily; an alert fires when they are not. @default false */
  drift?: boolean;

  /** Business indicator by which the model is judged; an alert fires when it is not measured. @default - no indicator is demanded */
  kpi?: KpiName;

  /** Limits of the model, the same that its releases are measured by. @default - the limits of `Analysis` */
  limits?: Partial<ModelLimits>;

  /** The online quality of the model is measured; an alert fires when it is not. @default false */
  quality?: boolean;

  /** Longest time that a release takes, steps and soak together, minutes. @default 90 */
  releaseMinutes?: number;
}

/**
 * What watches one model: its rules, by its own limits, and its dashboard. Prometheus finds rules wherever they lie.
 *
 * The rules read series that `MonitoringRules` records. Wants the Prometheus operator's CRDs and both namespaces to exist.
 *
 * @throws {pulumi.ResourceError} when a name is not a DNS label, the indicator is unknown, a limit is out of range, the latency target
 *   is not a bound of the gateway's histogram, the runbooks' address is not a web address, or the time is not a whole positive number.
 */
export class ModelMonitoring extends Component {
  static override readonly shape = fields<ModelMonitoringArgs>({
    environment: text,
    model: label,
    namespace: label,
    dashboardNamespace: input(text),
    runbookBaseUrl: runbooks,
    team: label,
    drift: optional(flag),
    kpi: optional(oneOf(...(Object.keys(KPIS) as KpiName[]))),
    limits: optional(
      fields<Partial<ModelLimits>>({
        latencyTargetMs: optional(latencyBound),
        maxErrorShare: optional(number({ min: 0, max: 1 })),
        maxSlowShare: optional(number({ min: 0, max: 1 })),
      }),
    ),
    quality: optional(flag),
    releaseMinutes: optional(wholeNumber({ min: 1 })),
  });

  /** The rules as plain data, for whoever else evaluates or checks them. */
  readonly groups: readonly CompleteGroup[];

  constructor(name: string, args: ModelMonitoringArgs, opts?: ComponentOptions) {
    super("monitoring:ModelMonitoring", name, args, opts);
    const model = modelOf(args);

    const child = { parent: this };
    this.groups = modelRuleGroups(args, model);
    new k8s.apiextensions.CustomResource(
      `${name}-rules`,
      {
        apiVersion: API.monitoring,
        kind: "PrometheusRule",
        metadata: { name: model.name, namespace: model.namespace },
        spec: { groups: this.groups },
      },
      child,
    );
    new k8s.core.v1.ConfigMap(`${name}-dashboard`, dashboardMap(model, args.dashboardNamespace), child);

    this.registerOutputs({});
  }
}

function modelOf({
  model,
  namespace,
  team,
  limits,
  drift = false,
  quality = false,
  kpi,
  releaseMinutes = 90,
}: ModelMonitoringArgs): MonitoredModel {
  return {
    name: model,
    namespace,
    team,
    limits: { ...LIMIT_DEFAULTS, ...given(limits) },
    drift,
    quality,
    ...(kpi !== undefined && { kpi }),
    releaseMinutes,
  };
}

/** Grafana's sidecar finds a dashboard by its label, and writes it into a file of the key's name: two models may share neither. */
const dashboardMap = (model: MonitoredModel, namespace: pulumi.Input<string>) => ({
  metadata: {
    name: `dashboard-${model.namespace}-${model.name}`,
    namespace,
    labels: { grafana_dashboard: "1" },
    annotations: { grafana_folder: "Millrace" },
  },
  data: { [`${model.namespace}-${model.name}.json`]: JSON.stringify(modelDashboard(model)) },
});
