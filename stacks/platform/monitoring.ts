import type * as pulumi from "@pulumi/pulumi";
import { Dashboards } from "#components/monitoring/dashboards";
import { MonitoringRules } from "#components/monitoring/monitoring-rules";
import { PrometheusStack } from "#components/monitoring/prometheus-stack";
import { Pushgateway } from "#components/monitoring/pushgateway";
import { modelsNamespace } from "#components/teams/team";
import type { Context } from "../context.ts";
import { models } from "../inputs/models.ts";

/** Where an alert's page lies. */
const runbooks = ({ settings }: Context): string => `https://github.com/${settings.owners.repository}/blob/main/docs/runbooks`;

/** Prometheus with its friends, the rules of every served model, and the dashboards. */
export function monitoringOf(context: Context, opts: pulumi.ComponentResourceOptions): PrometheusStack {
  const { profile, settings } = context;
  const { prometheusReplicas, alertmanagerReplicas, retentionDays, storageGiB } = profile.monitoring;
  const stack = new PrometheusStack(
    "monitoring",
    {
      environment: profile.name,
      runbookBaseUrl: runbooks(context),
      webhook: settings.alertWebhook!,
      prometheusReplicas,
      alertmanagerReplicas,
      retentionDays,
      storageGiB,
    },
    opts,
  );
  new Pushgateway("pushgateway", { namespace: stack.namespace }, { ...opts, dependsOn: stack.crds });
  new MonitoringRules(
    "rules",
    {
      environment: profile.name,
      models: Object.entries(models).map(([name, { team }]) => ({ name, team, namespace: modelsNamespace(team) })),
      namespace: stack.namespace,
      runbookBaseUrl: runbooks(context),
      ...patienceOf(context),
    },
    { ...opts, dependsOn: stack.crds },
  );
  new Dashboards("dashboards", { namespace: stack.namespace }, opts);
  return stack;
}

/** How long things may take in this environment before somebody is told, minutes. */
function patienceOf({ profile: { gpu, serving } }: Context): { emptyGpuNodeMinutes: number; releaseMinutes: number } {
  const idle = Object.values(gpu).map(({ consolidation }) => (consolidation.when === "empty" ? consolidation.afterSeconds : 0));
  // Three shares, the soak, and half as much again for loading models and for measurements that have to wait for requests.
  const release = 1.5 * (3 * serving.stepSeconds + serving.soakSeconds);
  return { emptyGpuNodeMinutes: Math.max(...idle) / 60 + 5, releaseMinutes: Math.ceil(release / 60) + 10 };
}
