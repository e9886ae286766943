import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { fields, flag, input, optional, text, wholeNumber } from "../shape.ts";
import { API } from "../versions.ts";
import { type CompleteGroup, platformRuleGroups, runbooks } from "./rules/rule-groups.ts";

export interface MonitoringRulesArgs {
  /** Name of the environment; a label of every series and alert. */
  environment: string;

  /** Namespace of the rules. */
  namespace: pulumi.Input<string>;

  /** Where the runbooks lie; alerts link to `<runbookBaseUrl>/<alert>.md`. */
  runbookBaseUrl: string;

  /** Time after which an empty GPU node should have been removed: its pool's `consolidateAfter` and 5 minutes. @default 35 */
  emptyGpuNodeMinutes?: number;

  /** Whether KEDA runs (`Keda`), whose silence is heard then. @default false */
  scalesByLoad?: boolean;

  /** Whether the feature store runs (`FeatureStore`), whose views are watched then. @default false */
  keepsFeatures?: boolean;
}

/**
 * The rules about the platform, one `PrometheusRule` a group: series computed from what the gateway counts, and alerts on GPUs, on
 * controllers, on the mesh, and on monitoring itself. Those about a model come with `ModelMonitoring`.
 *
 * Wants the Prometheus operator's CRDs to exist.
 *
 * @throws {pulumi.ResourceError} when the runbooks' address is not a web address or the time is not a whole positive number.
 */
export class MonitoringRules extends Component {
  static override readonly shape = fields<MonitoringRulesArgs>({
    environment: text,
    namespace: input(text),
    runbookBaseUrl: runbooks,
    emptyGpuNodeMinutes: optional(wholeNumber({ min: 1 })),
    scalesByLoad: optional(flag),
    keepsFeatures: optional(flag),
  });

  /** The same groups as plain data, for whoever else evaluates or checks rules. */
  readonly groups: readonly CompleteGroup[];

  constructor(name: string, args: MonitoringRulesArgs, opts?: ComponentOptions) {
    super("monitoring:MonitoringRules", name, args, opts);
    const { emptyGpuNodeMinutes = 35, scalesByLoad = false, keepsFeatures = false } = args;

    this.groups = platformRuleGroups(args, emptyGpuNodeMinutes, { scalesByLoad, keepsFeatures });
    for (const group of this.groups) {
      new k8s.apiextensions.CustomResource(
        `${name}-${group.name.replace("millrace-", "")}`,
        {
          apiVersion: API.monitoring,
          kind: "PrometheusRule",
          metadata: { name: group.name, namespace: args.namespace },
          spec: { groups: [group] },
        },
        { parent: this },
      );
    }

    this.registerOutputs({});
  }
}
