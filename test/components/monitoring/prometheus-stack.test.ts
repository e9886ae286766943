import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { PrometheusStack, type PrometheusStackArgs } from "#components/monitoring/prometheus-stack";
import { record, refusal } from "../../harness/graph.ts";

const WEBHOOK = "https://alerts.example.test/secret-token";
const SECRET_MARK = "4dabf18193072939515e22adb298388d";
const minimal = (): PrometheusStackArgs => ({
  environment: "dev",
  runbookBaseUrl: "https://runbooks.example.test",
  webhook: pulumi.secret(WEBHOOK),
});
const stack = (args: Partial<PrometheusStackArgs> = {}, preview = false) =>
  record(() => new PrometheusStack("monitoring", { ...minimal(), ...args }), { preview });
const child = async (role: string, args?: Partial<PrometheusStackArgs>) =>
  (await stack(args)).find(({ name }) => name === `monitoring-${role}`)?.inputs as any;

describe("PrometheusStack", () => {
  it("is secrets and a role, then the stack", async () => {
    const children = (await stack()).filter(({ parent }) => parent === "monitoring").sort((a, b) => a.name.localeCompare(b.name));
    expect(children.map(({ type, name }) => [type, name])).toEqual([
      ["kubernetes:core/v1:Secret", "monitoring-alert-routes"],
      ["kubernetes:core/v1:Secret", "monitoring-grafana-admin"],
      ["kubernetes:rbac.authorization.k8s.io/v1:Role", "monitoring-grafana-dashboards"],
      ["random:index/randomPassword:RandomPassword", "monitoring-grafana-password"],
      ["kubernetes:core/v1:Namespace", "monitoring-namespace"],
      ["kubernetes:helm.sh/v3:Release", "monitoring-stack"],
    ]);
    expect(children[5]?.dependencies).toEqual(
      expect.arrayContaining(["monitoring-grafana-dashboards", "monitoring-alert-routes", "monitoring-grafana-admin"]),
    );
    expect(children[4]?.inputs["metadata"].labels).toEqual({
      "pod-security.kubernetes.io/enforce": "privileged",
      "millrace.dev/filled-by": "chart",
    });
  });

  it("does not install the CRDs a second time", async () => {
    expect((await child("stack")).values.crds).toEqual({ enabled: false });
  });

  it("lets Grafana read ConfigMaps of its own namespace, and kube-state-metrics no Secret", async () => {
    const { grafana, "kube-state-metrics": states } = (await child("stack")).values;
    const { metadata, rules } = await child("grafana-dashboards");
    expect(grafana.rbac).toEqual({ namespaced: true, useExistingRole: metadata.name });
    expect([metadata.namespace, rules]).toEqual([
      "monitoring",
      [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "watch"] }],
    ]);
    expect(grafana.sidecar).toMatchObject({
      dashboards: { resource: "configmap", searchNamespace: null },
      datasources: { resource: "configmap" },
    });
    expect(states.collectorsExclude).toEqual(["configmaps", "secrets"]);
  });

  it("remembers long enough to compare weeks, on a volume", async () => {
    const { prometheusSpec } = (await child("stack")).values.prometheus;
    expect(prometheusSpec).toMatchObject({
      replicas: 1,
      retention: "35d",
      retentionSize: "80GiB",
      externalLabels: { environment: "dev" },
      storageSpec: {
        volumeClaimTemplate: {
          spec: { storageClassName: "gp3", accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "100Gi" } } },
        },
      },
    });
  });

  it("picks up every rule and monitor, whatever its labels", async () => {
    const { prometheusSpec } = (await child("stack")).values.prometheus;
    expect(Object.entries(prometheusSpec).filter(([key]) => key.endsWith("SelectorNilUsesHelmValues"))).toEqual([
      ["podMonitorSelectorNilUsesHelmValues", false],
      ["probeSelectorNilUsesHelmValues", false],
      ["ruleSelectorNilUsesHelmValues", false],
      ["scrapeConfigSelectorNilUsesHelmValues", false],
      ["serviceMonitorSelectorNilUsesHelmValues", false],
    ]);
  });

  it("asks nothing of what EKS runs out of sight", async () => {
    const { values } = await child("stack");
    for (const part of ["kubeControllerManager", "kubeScheduler", "kubeEtcd", "kubeProxy"]) {
      expect(values[part]).toEqual({ enabled: false });
    }
    expect(values.defaultRules.rules).toEqual({
      etcd: false,
      kubeControllerManager: false,
      kubeProxy: false,
      kubeSchedulerAlerting: false,
      kubeSchedulerRecording: false,
      windows: false,
    });
  });

  it("brings the alert that watches over the other rules", async () => {
    const { groups } = (await child("stack")).values.additionalPrometheusRulesMap["millrace-watching"];
    expect(groups).toMatchObject([
      {
        name: "millrace-rules-present",
        rules: [
          {
            alert: "RulesNotLoaded",
            labels: { environment: "dev", severity: "critical" },
            annotations: { runbook_url: "https://runbooks.example.test/RulesNotLoaded.md" },
          },
        ],
      },
    ]);
  });

  it("keeps addresses and passwords secret", async () => {
    const graph = await stack();
    for (const name of ["monitoring-alert-routes", "monitoring-grafana-admin"]) {
      expect(graph.find((resource) => resource.name === name)?.inputs["stringData"]).toHaveProperty(SECRET_MARK);
    }
    const elsewhere = graph.filter(({ name }) => name !== "monitoring-alert-routes" && name !== "monitoring");
    expect(JSON.stringify(elsewhere)).not.toContain("secret-token");
  });

  it("takes Alertmanager's configuration and Grafana's password from those secrets", async () => {
    const { values } = await child("stack");
    expect(values.alertmanager.alertmanagerSpec).toMatchObject({
      replicas: 1,
      useExistingSecret: true,
      configSecret: "alertmanager-routes",
    });
    expect(values.grafana).toMatchObject({
      admin: { existingSecret: "grafana-admin", userKey: "admin-user", passwordKey: "admin-password" },
      sidecar: { dashboards: { folderAnnotation: "grafana_folder" } },
    });
    expect(values.prometheusOperator.admissionWebhooks).toEqual({ certManager: { enabled: true } });
  });

  it("spreads replicas, and moves one at a time", async () => {
    const { prometheus, alertmanager } = (
      await child("stack", {
        prometheusReplicas: 2,
        alertmanagerReplicas: 3,
        retentionDays: 15,
        storageGiB: 50,
        storageClass: "fast",
      })
    ).values;
    expect(prometheus).toMatchObject({
      podDisruptionBudget: { enabled: true },
      prometheusSpec: {
        replicas: 2,
        podAntiAffinity: "hard",
        retention: "15d",
        retentionSize: "40GiB",
        storageSpec: { volumeClaimTemplate: { spec: { storageClassName: "fast" } } },
      },
    });
    expect(alertmanager).toMatchObject({
      podDisruptionBudget: { enabled: true },
      alertmanagerSpec: { replicas: 3, podAntiAffinity: "hard" },
    });
  });

  it("says where Prometheus answers", async () => {
    let url: pulumi.Output<string> | undefined;
    await record(() => {
      url = new PrometheusStack("monitoring", minimal()).prometheusUrl;
    });
    expect(await new Promise((resolve) => url?.apply(resolve))).toBe(
      "http://kube-prometheus-stack-prometheus.monitoring.svc.cluster.local:9090",
    );
    expect((await child("stack")).values.fullnameOverride).toBe("kube-prometheus-stack");
  });

  it("registers the same resources in preview and up", async () => {
    const names = async (preview: boolean) => (await stack({}, preview)).map(({ type, name }) => `${type} ${name}`).sort();
    expect(await names(true)).toEqual(await names(false));
  });

  it.each<[Partial<PrometheusStackArgs>, string]>([
    [{ prometheusReplicas: 0 }, "'prometheusReplicas' must be a whole number of at least 1, got '0'"],
    [{ alertmanagerReplicas: 0 }, "'alertmanagerReplicas' must be a whole number of at least 1, got '0'"],
    [{ retentionDays: 14 }, "'retentionDays' must be a whole number of at least 15, got '14'"],
    [{ storageGiB: 5 }, "'storageGiB' must be a whole number of at least 10, got '5'"],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new PrometheusStack("monitoring", { ...minimal(), ...args }))).toBe(message);
  });
});
