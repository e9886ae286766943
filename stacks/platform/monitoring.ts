import type { ComponentOptions } from "#components/component";
import type { SignOn } from "#components/monitoring/grafana";
import { MonitoringRules } from "#components/monitoring/monitoring-rules";
import { PrometheusStack } from "#components/monitoring/prometheus-stack";
import { Pushgateway } from "#components/monitoring/pushgateway";
import { ON_SYSTEM_NODES } from "#components/placement";
import type { ExternalSecrets } from "#components/secrets/external-secrets";
import type { Context } from "../context.ts";
import type { Settings } from "../inputs/settings.ts";
import { PAGES, runbooksOf } from "../names.ts";
import { dashboardRole } from "../rights.ts";

/** Prometheus, Alertmanager and Grafana, the push gateway, and the rules about the platform. */
export function monitoringOf(context: Context, secrets: ExternalSecrets, opts: ComponentOptions): PrometheusStack {
  const { profile, settings } = context;
  const { prometheusReplicas, alertmanagerReplicas, retentionDays, storageGiB } = profile.monitoring;
  const common = { environment: profile.name, runbookBaseUrl: runbooksOf(context) };
  const stack = new PrometheusStack(
    "monitoring",
    {
      ...common,
      webhook: settings.alertWebhook!,
      ...(settings.heartbeat && { heartbeat: settings.heartbeat }),
      grafanaHost: PAGES.dashboards,
      ...(settings.signOn && { signOn: signOnOf(context, settings.signOn, secrets) }),
      prometheusReplicas,
      alertmanagerReplicas,
      retentionDays,
      storageGiB,
      placement: ON_SYSTEM_NODES,
    },
    opts,
  );
  new Pushgateway("pushgateway", { namespace: stack.namespace, placement: ON_SYSTEM_NODES }, opts);
  new MonitoringRules(
    "rules",
    {
      ...common,
      namespace: stack.namespace,
      emptyGpuNodeMinutes: emptyGpuNodeMinutes(context),
      ...(profile.serving.byLoad && { scalesByLoad: true }),
      ...(settings.featuresImage && { keepsFeatures: true }),
    },
    opts,
  );
  return stack;
}

const signOnOf = ({ profile }: Context, signOn: NonNullable<Settings["signOn"]>, { storeName }: ExternalSecrets): SignOn => ({
  ...signOn,
  secretStore: storeName,
  role: signOn.role ?? dashboardRole(profile.name),
});

/** Time that Karpenter waits before it removes an empty node, and five minutes to do it. */
function emptyGpuNodeMinutes({ profile: { gpu } }: Context): number {
  const idle = Object.values(gpu).map(({ consolidation }) => (consolidation.when === "empty" ? consolidation.afterSeconds : 0));
  return Math.max(...idle) / 60 + 5;
}
