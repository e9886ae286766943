import { describe, expect, it } from "vitest";
import { CHARTS, type ChartPin } from "#components/versions";
import { KNOWN_CHARTS } from "#policies/kubernetes/chart-values/index";
import { keysOf } from "#policies/kubernetes/chart-values/tree";
import { strangeValues } from "#policies/rules/ctl/values";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

describeRule("CTL-04", [
  {
    layer: "platform",
    resource: "queues-controller",
    what: "a limit under a key that is cut short",
    change: ({ values: { controllerManager } }) => {
      controllerManager.manager.resource = controllerManager.manager.resources;
    },
    says: "platform-prod/queues-controller: 'values.controllerManager.manager.resource' must be a key that kueue 0.18.3 knows there (Did you mean 'resources'?), got 'resource'",
    unknown: "values.controllerManager",
  },
  {
    layer: "platform",
    resource: "certificates-controller",
    what: "a misspelt switch",
    change: ({ values }) => {
      values.installCRD = true;
    },
    says: "platform-prod/certificates-controller: 'values.installCRD' must be a key that cert-manager v1.21.2 knows there (Did you mean 'installCRDs'?), got 'installCRD'",
  },
  {
    layer: "platform",
    resource: "delivery-controller",
    what: "a list where a map belongs",
    change: ({ values }) => {
      values.controller = [values.controller];
    },
    says: "platform-prod/delivery-controller: 'values.controller' must be a map, as argo-rollouts 2.41.0 has it there, got 'a list'",
    unknown: "values.controller",
  },
  {
    layer: "platform",
    resource: "mesh-istiod",
    what: "a registry at the wrong depth",
    change: ({ values }) => {
      values.global.proxy = { hub: "registry.example.com/istio" };
    },
    says: "platform-prod/mesh-istiod: 'values.global.proxy.hub' must be a key that istiod commit eed52ebb66ad of 2026-08-27 knows there (Did you mean 'values.global.hub'?), got 'hub'",
  },
  {
    layer: "platform",
    resource: "queues-controller",
    what: "values of a version that nobody has read",
    change: (inputs) => {
      inputs.version = "0.19.0";
    },
    says: "platform-prod/queues-controller: 'version' must be 0.18.3, whose keys were read: `npm run refresh:charts` reads those of another version, got '0.19.0'",
    unknown: "version",
  },
  {
    layer: "platform",
    resource: "queues-controller",
    what: "values in files, which no rule reads",
    change: (inputs) => {
      inputs.valueYamlFiles = [{ path: "values.yaml" }];
    },
    says: "platform-prod/queues-controller: 'valueYamlFiles' must be left out, because no rule and no mirror reads the files: put them into `values`, got 'values in files'",
  },
]);

const kueue = (values: unknown, version = "0.18.3") =>
  of("kubernetes:helm.sh/v3:Release", "c", { chart: "oci://registry.k8s.io/kueue/charts/kueue", version, values });

const resources = (own: object) => ({ controllerManager: { manager: { resources: own } } });

describe("CTL-04", () => {
  it.each<[unknown, string]>([
    [{ enablePrometheus: "false" }, "values.enablePrometheus: false"],
    [{ controllerManager: { replicas: "two" } }, "values.controllerManager.replicas: two"],
    [{ controllerManager: { tolerations: { key: "a" } } }, "values.controllerManager.tolerations: a map"],
    [{ controllerManager: { nodeSelector: "a=b" } }, "values.controllerManager.nodeSelector: a=b"],
    [
      { controllerManager: { manager: { resources: { request: {} } } } },
      "values.controllerManager.manager.resources.request: request",
    ],
    [{ nameOverride: ["a"] }, "values.nameOverride: a list"],
    [["a"], "values: a list"],
    [resources({ limits: { mem: "768Mi" } }), "values.controllerManager.manager.resources.limits.mem: mem"],
    [resources({ limits: "768Mi" }), "values.controllerManager.manager.resources.limits: 768Mi"],
    [resources({ requests: ["1"] }), "values.controllerManager.manager.resources.requests: a list"],
    [resources({ requests: { cpu: "250 m" } }), "values.controllerManager.manager.resources.requests.cpu: 250 m"],
    [resources({ limits: { memory: "768MB" } }), "values.controllerManager.manager.resources.limits.memory: 768MB"],
    [resources({ limits: { cpu: -1 } }), "values.controllerManager.manager.resources.limits.cpu: -1"],
    [resources({ limits: { cpu: { of: 1 } } }), 'values.controllerManager.manager.resources.limits.cpu: {"of":1}'],
    [{ controllerManager: { replicas: -1 } }, "values.controllerManager.replicas: -1"],
    [{ controllerManager: { replicas: "1.5" } }, "values.controllerManager.replicas: 1.5"],
  ])("refuses %j", (values, fault) => expect(found("CTL-04", kueue(values))).toEqual([fault]));

  it.each<[unknown]>([
    [undefined],
    [{ controllerManager: { manager: null, nodeSelector: { "any.key/at-all": "x" }, replicas: "2" } }],
    [{ controllerManager: { manager: { resources: { limits: { cpu: null, "nvidia.com/gpu": 1 } } } } }],
    [{ "enablePrometheus ": null }],
    [resources({ limits: { cpu: 0.5, "hugepages-2Mi": "1Gi", "ephemeral-storage": "1e9" }, requests: null, claims: [] })],
  ])("accepts %j", (values) => expect(found("CTL-04", kueue(values))).toEqual([]));

  it.each(["v3:Release", "v4:Chart"])("refuses of %s a version that nobody has read, and files, without values too", (type) => {
    const chart = (more: object) => of(`kubernetes:helm.sh/${type}`, "c", { chart: "kueue", version: "0.18.3", ...more });
    expect(found("CTL-04", chart({ version: "0.18.99" }))).toEqual(["version: 0.18.99"]);
    expect(found("CTL-04", chart({ valueYamlFiles: [{ path: "a.yaml" }] }))).toEqual(["valueYamlFiles: values in files"]);
    expect(found("CTL-04", chart({ valueYamlFiles: [] }))).toEqual([]);
  });

  it("judges other programs' charts by the minor version whose keys it knows, and says nothing of others", () => {
    const { elsewhere } = ruleOf("CTL-04");
    const misspelt = { enablePrometeus: true };
    expect(found("CTL-04", kueue(misspelt, "0.18.9"), elsewhere)).toHaveLength(1);
    expect(found("CTL-04", kueue(misspelt, "0.19.0"), elsewhere)).toEqual([]);
    expect(found("CTL-04", of("kubernetes:helm.sh/v4:Chart", "c", { chart: "redis", values: misspelt }), elsewhere)).toEqual([]);
  });
});

/** Values that each chart's own templates take, and that its `values.yaml` does not show, or shows as something else. */
const RIGHT: readonly [chart: string, values: object][] = [
  ["kueue", { metrics: { serviceMonitor: { tlsConfig: { insecureSkipVerify: false, serverName: "a", ca: { secret: {} } } } } }],
  ["kueue", { kueueViz: { backend: { auth: { tokenReviewConfig: { audiences: ["a"] } } } }, global: { any: 1 } }],
  ["gateway", { platform: "eks", profile: "ambient", global: { platform: "eks", profile: "ambient", hub: "a", revision: "r" } }],
  ["gateway", { _internal_defaults_do_not_set: { hub: "a" }, networkGatewayPorts: { own: { port: 1 } } }],
  ["gateway", { autoscaling: { targetMemoryUtilizationPercentage: 80 }, podDisruptionBudget: { minAvailable: 1 } }],
  ["istiod", { revision: "r", profile: "ambient", global: { platform: "eks", pilot: {}, meshConfig: { enableTracing: true } } }],
  ["istiod", { pilot: { env: {} }, global: { proxy: { image: "a" } } }],
  ["base", { defaultRevision: "default", profile: "ambient", global: { platform: "eks", base: { excludedCRDs: ["a"] } } }],
  ["external-secrets", { "bitwarden-sdk-server": { enabled: true, image: { tls: { volumes: [] } }, global: {} } }],
  ["karpenter", { initContainers: [{ name: "a", image: "b" }], serviceMonitor: { endpointConfig: { scheme: "https" } } }],
  ["kube-prometheus-stack", { "kube-state-metrics": { namespaces: ["a", "b"] } }],
  ["kube-prometheus-stack", { "kube-state-metrics": { namespaces: "a,b", affinity: {}, collectors: ["pods"] } }],
  ["kube-prometheus-stack", { grafana: { global: { imageRegistry: "a" } }, global: { imagePullSecrets: [] } }],
  ["kube-prometheus-stack", { "prometheus-windows-exporter": { enabled: false }, windowsMonitoring: { enabled: false } }],
  ["kube-prometheus-stack", { alertmanager: { alertmanagerSpec: { clusterAdvertiseAddress: "10.0.0.1" } } }],
  [
    "kube-prometheus-stack",
    { site: "a", extraManifests: ["name: {{ .Values.site }}-{{ .Values.own.name }}"], own: { name: "b" } },
  ],
  [
    "kube-prometheus-stack",
    { grafana: { extraConfigmapMounts: [], global: { env: "a" }, nodeSelector: { a: "{{ .Values.global.env }}" } } },
  ],
  ["kube-prometheus-stack", { grafana: { dashboards: { own: { a: {} } }, datasources: { "datasources.yaml": {} } } }],
  ["kube-prometheus-stack", { defaultRules: { additionalRuleGroupLabels: { kubernetesResources: { team: "a" } } } }],
  ["kube-prometheus-stack", { grafana: { livenessProbe: { tcpSocket: {} } }, alertmanager: { config: { any: 1 } } }],
  ["kueue", { controllerManager: { nodeSelector: "", tolerations: "" } }],
  ["cert-manager", { webhook: { url: { host: "a" } }, global: { imagePullSecrets: [] } }],
  ["nvidia-device-plugin", { nfd: { enabled: false, master: { tolerations: [] } } }],
];

/** Mistakes next to them. */
const WRONG: readonly [chart: string, values: object, said: string][] = [
  ["kueue", { metrics: { serviceMonitor: { tlsConfg: {} } } }, "Did you mean 'tlsConfig'?"],
  ["kueue", { metrics: { serviceMonitor: { tlsConfig: { insecureSkipVerfy: true } } } }, "Did you mean 'insecureSkipVerify'?"],
  ["kueue", { metrics: { serviceMonitor: { tlsConfig: "none" } } }, "a map, as kueue"],
  ["kueue", { manager: { resources: {} } }, "Did you mean 'values.controllerManager.manager'?"],
  ["kueue", { controllerManager: { image: {} } }, "Did you mean 'values.controllerManager.manager.image'?"],
  ["kueue", { controllerManager: { manager: { image: { host: "a" } } } }, "knows there (tag, repository, pullPolicy)"],
  ["gateway", { plattform: "eks" }, "Did you mean 'platform'?"],
  ["gateway", { global: { plattform: "eks" } }, "Did you mean 'platform'?"],
  ["istiod", { global: { hbu: "a" } }, "Did you mean 'hub'?"],
  [
    "external-secrets",
    { "bitwarden-sdk-server": { image: { tls: { secret: "a" } } } },
    "knows there (secretName, enabled, volumes, volumeMounts)",
  ],
  ["external-secrets", { "bitwarden-sdk-sever": {} }, "Did you mean 'bitwarden-sdk-server'?"],
  ["karpenter", { initContainers: "busybox" }, "a list or a map, as karpenter"],
  ["karpenter", { nodeSelector: "a=b" }, "a map, as karpenter"],
  ["kube-prometheus-stack", { "kube-state-metrics": { namespace: ["a"] } }, "Did you mean 'namespaces'?"],
  ["kube-prometheus-stack", { retention: "10d" }, " and "],
  ["kube-prometheus-stack", { alertmanager: { alertmanagerSpec: { listenLocal: "false" } } }, "true or false without quotes"],
  ["kube-prometheus-stack", { grafana: { sidecar: { dashboards: { lable: "a" } } } }, "Did you mean 'label'?"],
  ["kube-prometheus-stack", { grafana: { sidecar: { datasources: { enable: true } } } }, "Did you mean 'enabled'?"],
  ["kube-prometheus-stack", { prometheusOperator: { livenessProbe: { periodSecond: 1 } } }, "Did you mean 'periodSeconds'?"],
  ["kueue", { controllerManager: { readinessProbe: { httpGet: {} } } }, "knows there ("],
  ["gateway", { cni: {} }, "knows there (env, "],
];

const ofChart = (name: string, values: object) => {
  const pin = Object.values<ChartPin>(CHARTS).find(({ chart }) => chart.split("/").at(-1) === name)!;
  return of("kubernetes:helm.sh/v3:Release", "c", { chart: pin.chart, version: pin.version, values });
};

describe("CTL-04, of what templates take", () => {
  it.each(RIGHT)("accepts of %s %j", (name, values) => expect(found("CTL-04", ofChart(name, values))).toEqual([]));

  it.each(WRONG)("refuses of %s %j", (name, values, said) => {
    const keys = keysOf(KNOWN_CHARTS[name]!);
    expect(strangeValues(values, keys, `${name} 1`)).toEqual([expect.objectContaining({ want: expect.stringContaining(said) })]);
  });

  it("names at most eight keys, where it can guess none", () => {
    const [fault] = strangeValues({ zzzzzzzzzz: 1 }, keysOf(KNOWN_CHARTS["kueue"]!), "kueue 1") as { want: string }[];
    expect(fault!.want).toMatch(/^a key that kueue 1 knows there \(\w+(, \w+){7} and \d+ more\)$/);
  });

  it("names no key of a far place", () => {
    const [fault] = strangeValues({ insecureSkipVerify: true }, keysOf(KNOWN_CHARTS["kueue"]!), "kueue 1") as { want: string }[];
    expect(fault!.want).not.toContain("insecureSkipVerify");
  });
});

describe("what is known of charts", () => {
  it("is there for the version of each chart that is pinned: else run `npm run refresh:charts`", () => {
    const pins = Object.values<ChartPin>(CHARTS).map(({ chart, version }) => [chart.split("/").at(-1), version]);
    expect(Object.entries(KNOWN_CHARTS).map(([name, { version }]) => [name, version])).toEqual(pins);
    expect(Object.values(KNOWN_CHARTS).filter((chart) => keysOf(chart).size === 0)).toEqual([]);
  });

  // A chart can be read only where its version is within reach; what stands for it is named here and in each message.
  it("was read from another version only where it says so", () => {
    const others = Object.entries(KNOWN_CHARTS).filter(([, { version, read }]) => version !== read);
    expect(others.map(([name, { read }]) => `${name} ${read}`)).toEqual([
      "base commit eed52ebb66ad of 2026-08-27",
      "istiod commit eed52ebb66ad of 2026-08-27",
      "gateway commit eed52ebb66ad of 2026-08-27",
      "argo-rollouts 2.41.0",
      "external-secrets 2.9.0",
      "keda commit 1444d00d90d7 of 2026-08-13",
    ]);
  });
});
