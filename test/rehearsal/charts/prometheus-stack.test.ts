import { beforeAll, describe, expect, it } from "vitest";
import type { Values } from "#components/pods/workload";
import { stackObjects } from "#rehearsal/charts/prometheus-stack";
import type { Json, KubeObject } from "#rehearsal/cluster/controlplane/kube";
import { factsOf, type Manifest } from "#scripts/charts/facts";
import { stackOf } from "../../harness/stacks.ts";
import { RENDERED, releaseIn } from "../../stacks/charts/charts.ts";

const rbac = "rbac.authorization.k8s.io";
const named = (apiVersion: string, kind: string, name: string, rest: object = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "default", labels: { "app.kubernetes.io/version": "0" } },
  ...rest,
});
const accountOf = (name: string, ...rules: object[]) => [
  named("v1", "ServiceAccount", name, { automountServiceAccountToken: false }),
  named(`${rbac}/v1`, "ClusterRole", name, { rules }),
  named(`${rbac}/v1`, "ClusterRoleBinding", name, {
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name },
    subjects: [{ kind: "ServiceAccount", name, namespace: "default" }],
  }),
];

/** What the project's examples hold, in short. */
const INSTALL = [
  ...accountOf("prometheus-operator", { apiGroups: [""], resources: ["configmaps", "secrets"], verbs: ["*"] }),
  ...accountOf("prometheus", { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }),
  ...accountOf("prometheus-agent"),
  named(`${rbac}/v1`, "ClusterRole", "prometheus-crd-view"),
  named("monitoring.coreos.com/v1", "Prometheus", "prometheus", { spec: { replicas: 2 } }),
  named("v1", "Service", "prometheus-operator", { spec: { ports: [{ name: "http", port: 8080 }], selector: { a: "b" } } }),
  named("monitoring.coreos.com/v1", "ServiceMonitor", "prometheus-operator", {
    spec: { endpoints: [{ honorLabels: true, port: "http" }], selector: { matchLabels: { a: "b" } } },
  }),
  named("apps/v1", "Deployment", "prometheus-operator", {
    spec: {
      replicas: 1,
      selector: { matchLabels: { a: "b" } },
      template: {
        metadata: { labels: { a: "b" } },
        spec: {
          securityContext: { runAsUser: 65_534 },
          containers: [
            {
              name: "prometheus-operator",
              image: "quay.io/prometheus-operator/prometheus-operator:latest",
              args: ["--kubelet-service=kube-system/kubelet"],
              env: [{ name: "GOGC", value: "30" }],
              ports: [{ containerPort: 8080, name: "http" }],
              resources: { limits: { cpu: "200m" } },
            },
          ],
        },
      },
    },
  }),
];

const made = (values: Values): Manifest[] =>
  JSON.parse(
    JSON.stringify(stackObjects(INSTALL, values))
      .replaceAll("{{ .Release.Name }}", "kube-prometheus-stack")
      .replaceAll("{{ .Release.Namespace }}", "monitoring"),
  );
const only = (objects: readonly Manifest[], kind: string, name: string): Json =>
  objects.find((each) => each.kind === kind && each.metadata.name === `kube-prometheus-stack-${name}`) as Json;

describe("a chart of Prometheus that is made of its operator's manifests", () => {
  let ours: Values;
  beforeAll(async () => {
    ours = releaseIn(await stackOf("platform", "prod"), "prometheusStack").inputs["values"];
  });

  it("has of operator, Prometheus and Alertmanager with our values what Helm has rendered of the real chart", () => {
    const { workloads, accounts, services, roles, readEverySecret, images } = RENDERED.prometheusStack;
    const rest = { read: "", name: "kube-prometheus-stack", namespace: "monitoring", values: ours, defaults: {} };
    const facts = factsOf({ ...rest, manifests: made(ours) });
    const operator = "kube-prometheus-stack-operator";
    expect(facts.workloads[operator]).toEqual(workloads[operator]);
    for (const [name, { labels, ports }] of Object.entries(facts.services)) {
      // The chart's certificate for the operator would be cert-manager's: here it answers in plain text.
      const expected = name === operator ? { ...services[name], ports: [8080] } : services[name];
      expect([name, { labels, ports }]).toEqual([name, expected]);
    }
    expect(accounts).toEqual(expect.arrayContaining(facts.accounts));
    expect(roles).toEqual(expect.arrayContaining(facts.roles));
    expect(facts.readEverySecret).toEqual(readEverySecret);
    expect(images).toEqual(expect.arrayContaining(facts.images.filter((image) => !image.startsWith("rehearsal.invalid/"))));
  });

  it("runs the operator with the size and place of the values and the arguments of the chart", () => {
    const { spec } = only(made(ours), "Deployment", "operator");
    const { containers, ...pod } = spec.template.spec;
    const { nodeSelector, tolerations, priorityClassName } = ours["prometheusOperator"];
    expect(pod).toMatchObject({
      nodeSelector,
      tolerations,
      priorityClassName,
      securityContext: { runAsUser: 65_534 },
      serviceAccountName: "kube-prometheus-stack-operator",
    });
    expect(containers[0]).toMatchObject({
      env: [{ name: "GOGC", value: "30" }],
      args: expect.arrayContaining([
        "--kubelet-service=kube-system/kube-prometheus-stack-kubelet",
        "--config-reloader-cpu-request=10m",
        "--config-reloader-cpu-limit=0",
        "--config-reloader-memory-limit=64Mi",
      ]),
      resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
    });
    expect(containers[0].resources.limits).not.toHaveProperty("cpu");
  });

  it("asks for the Prometheus of the values, which picks up every monitor and rule, and for its rules", () => {
    const objects = made(ours);
    const { spec } = only(objects, "Prometheus", "prometheus");
    expect(spec).toMatchObject({
      replicas: 2,
      retention: "35d",
      retentionSize: "160GiB",
      externalLabels: { environment: "prod" },
      serviceMonitorSelector: {},
      podMonitorSelector: {},
      ruleSelector: {},
      ruleNamespaceSelector: {},
      storage: { volumeClaimTemplate: { spec: { resources: { requests: { storage: "200Gi" } } } } },
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: expect.any(Array) } },
      alerting: { alertmanagers: [{ namespace: "monitoring", name: "kube-prometheus-stack-alertmanager" }] },
    });
    expect(only(objects, "Alertmanager", "alertmanager").spec).toMatchObject({
      replicas: 3,
      configSecret: "alertmanager-routes",
    });
    expect(only(objects, "PrometheusRule", "millrace-watching").spec.groups).toEqual(
      ours["additionalPrometheusRulesMap"]["millrace-watching"].groups,
    );
    expect(only(objects, "PodDisruptionBudget", "prometheus").spec.minAvailable).toBe(1);
  });

  it("passes over what has not the label of the release, as the chart does, where the values do not say otherwise", () => {
    const { spec } = only(made({ fullnameOverride: "kube-prometheus-stack" }), "Prometheus", "prometheus");
    expect(spec.ruleSelector).toEqual({ matchLabels: { release: "kube-prometheus-stack" } });
    expect(spec).toMatchObject({ replicas: 1, retention: "10d" });
  });

  it("takes its images from the registries that the values name", () => {
    const image = { registry: "example.com/mirror" };
    const mirrored = {
      ...ours,
      prometheusOperator: { ...ours["prometheusOperator"], image, prometheusConfigReloader: { image } },
      prometheus: { prometheusSpec: { image } },
      alertmanager: { alertmanagerSpec: { image } },
    };
    const names = JSON.stringify(made(mirrored)).match(/[\w./-]+\/prometheus(-operator)?\/[\w-]+/g) ?? [];
    expect([...new Set(names)].sort()).toEqual(
      [
        "prometheus-operator/prometheus-config-reloader",
        "prometheus-operator/prometheus-operator",
        "prometheus/alertmanager",
        "prometheus/prometheus",
      ].map((name) => `example.com/mirror/${name}`),
    );
  });

  it("has stand-ins for the pods of the charts inside it, and nothing of the project's examples", () => {
    const objects = made(ours);
    const standIns = objects.filter(({ metadata }) => metadata.labels?.["millrace.dev/rehearsal"] === "stand-in");
    expect(standIns.map(({ metadata }) => metadata.name).sort()).toEqual([
      "grafana",
      "kube-state-metrics",
      "prometheus-node-exporter",
    ]);
    expect(objects.filter(({ metadata }) => /agent|crd-view/.test(metadata.name))).toEqual([]);
  });
});
