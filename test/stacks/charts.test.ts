import { describe, expect, it } from "vitest";
import { CONTROLLERS } from "#components/monitoring/rules/controllers";
import type { Values } from "#components/pods/workload";
import type { Recorded } from "#plan/record";
import { leaves, selects } from "#scripts/charts/facts";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { type RecordedStack, stackOf } from "../harness/stacks.ts";
import { CHART_NAMES, type ChartName, RENDERED, releaseIn } from "./charts.ts";
import { textsIn, valuesIn } from "./invariants/invariant.ts";

const platforms = ENVIRONMENTS.map((environment) => [environment, () => stackOf("platform", environment)] as const);

const KEEP = { "helm.sh/resource-policy": "keep" };

/** How the custom resource definitions of a chart, and with them every object of theirs, survive the end of its release. */
const SURVIVAL: Record<
  ChartName,
  "none" | "the chart always keeps them" | "the release is retained" | ((values: Values) => void)
> = {
  karpenter: "none",
  karpenterCrds: (values) => expect(values["additionalAnnotations"]).toEqual(KEEP),
  kueue: "the release is retained",
  devicePlugin: "none",
  dcgmExporter: "none",
  istioBase: "the chart always keeps them",
  istiod: "none",
  istioGateway: "none",
  argoRollouts: (values) => expect(values["keepCRDs"]).toBe(true),
  prometheusCrds: (values) => expect(values["crds"].annotations).toEqual(KEEP),
  prometheusStack: (values) => expect(values["crds"]).toEqual({ enabled: false }),
  pushgateway: "none",
  certManager: (values) => expect(values["crds"].keep).toBe(true),
  externalSecrets: (values) => expect(values["crds"].annotations).toEqual(KEEP),
};

describe.each(CHART_NAMES)("the definitions of %s", (name) => {
  it("outlive its release", () => {
    const { kept, deleted } = RENDERED[name].crds;
    const survival = SURVIVAL[name];
    expect([name, deleted > 0]).toEqual([name, survival === "the release is retained"]);
    expect(survival === "none" ? kept : 0).toBe(0);
  });

  it.each(platforms)("are held in %s", async (_, platform) => {
    const { inputs, retainOnDelete = false } = releaseIn(await platform(), name);
    const survival = SURVIVAL[name];
    expect([name, retainOnDelete]).toEqual([name, survival === "the release is retained"]);
    if (typeof survival === "function") {
      survival(inputs["values"]);
    }
  });
});

/** Who may read every Secret of the cluster, and why. */
const READS_EVERY_SECRET: Record<string, string> = {
  "cert-manager": "writes certificates wherever one is asked for",
  "cert-manager-cainjector": "takes authorities from the Secrets of certificates",
  "external-secrets": "writes the Secrets that it copies",
  "external-secrets-cert-controller": "writes the certificate of its webhook; the chart has no narrower role",
  istiod: "hands the gateway its certificates",
  "istio-reader-service-account": "for istiods of other clusters; no pod runs under it, and the chart has no switch",
  "argo-rollouts": "for analyses that name Secrets; the chart has no switch",
  "kube-prometheus-stack-operator": "writes the configuration of Prometheus and Alertmanager as Secrets",
};

describe("Secrets of the cluster", () => {
  it("are read by controllers that write them, and by nobody else", () => {
    const readers = CHART_NAMES.flatMap((name) => RENDERED[name].readEverySecret);
    expect(readers.toSorted()).toEqual(Object.keys(READS_EVERY_SECRET).toSorted());
  });

  it.each(platforms)("are out of reach for Grafana and kube-state-metrics of %s", async (_, platform) => {
    const stack = await platform();
    const { grafana, "kube-state-metrics": states } = releaseIn(stack, "prometheusStack").inputs["values"];
    expect(grafana.rbac.namespaced).toBe(true);
    const role = stack.resources.find(
      ({ type, inputs }) =>
        type === "kubernetes:rbac.authorization.k8s.io/v1:Role" && inputs["metadata"].name === grafana.rbac.useExistingRole,
    );
    expect(role?.inputs).toMatchObject({
      metadata: { namespace: "monitoring" },
      rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "watch"] }],
    });
    // A side-car that looks for Secrets where it may not is restarted for ever.
    expect([grafana.sidecar.dashboards, grafana.sidecar.datasources].map(({ resource }) => resource)).toEqual([
      "configmap",
      "configmap",
    ]);
    expect(grafana.sidecar.dashboards.searchNamespace).toBeNull();
    expect(states.collectorsExclude).toEqual(["configmaps", "secrets"]);
  });

  it.each(platforms)("are granted by no value of a chart of %s", async (_, platform) => {
    const stack = await platform();
    expect(CHART_NAMES.flatMap((name) => grantsIn(name, releaseIn(stack, name).inputs["values"]))).toEqual([]);
  });

  it.each<[string, Values]>([
    ["rules", { rbac: { extraRules: [{ apiGroups: [""], resources: ["pods", "secrets"], verbs: ["list"] }] } }],
    ["every resource", { additionalClusterRoleRules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["get"] }] }],
    ["a collector", { collectorsExtra: ["secrets"] }],
    ["the roles of the whole cluster", { grafana: { rbac: { namespaced: false } } }],
    ["side-cars", { sidecar: { alerts: { enabled: true, resource: "both" } } }],
  ])("would be granted by %s", (_, values) => {
    expect(grantsIn("prometheusStack", values)).toHaveLength(1);
  });
});

/** Values that could let a pod of a chart read Secrets of the whole cluster. */
const grantsIn = (name: ChartName, values: Values): string[] =>
  [...valuesIn(values)].flatMap(({ key, value }) => {
    const rules = Array.isArray(value) ? value : [];
    const grants =
      rules.some((rule) => rule?.verbs && ["secrets", "*"].some((each) => rule.resources?.includes(each))) ||
      (/^collectors(Extra)?$/.test(key) && rules.includes("secrets")) ||
      (key === "namespaced" && value === false) ||
      (key === "resource" && (value === "both" || value === "secret"));
    return grants ? [`${name}: ${key}`] : [];
  });

/** What is not scraped, or has an alert of its own. */
const WATCHED_OTHERWISE: Record<string, string> = {
  istiod: "MeshControlPlaneDown",
  "kube-prometheus-stack-prometheus-node-exporter": "TargetDown of the chart: one a node",
  "dcgm-exporter": "GpuMetricsMissing",
  "nvidia-device-plugin": "has no metrics; a node without it has no GPUs to offer, and Karpenter replaces it",
  "nvidia-device-plugin-mps-control-daemon": "runs nowhere: no node asks for MPS",
};

/** Jobs that our own monitors of a stack make, each with what it scrapes. */
function ownJobs({ resources }: RecordedStack): { job: string; namespace: string; found: boolean }[] {
  const services = [
    ...CHART_NAMES.flatMap((name) => Object.entries(RENDERED[name].services).map(([job, { labels }]) => ({ job, labels }))),
    ...resources
      .filter(({ type }) => type === "kubernetes:core/v1:Service")
      .map(({ inputs: { metadata } }: Recorded) => ({ job: metadata.name as string, labels: metadata.labels ?? {} })),
  ];
  const pods = CHART_NAMES.flatMap((name) => Object.values(RENDERED[name].workloads).map(({ labels }) => labels));
  return resources.flatMap(({ type, inputs: { metadata, spec } }) => {
    if (type.endsWith(":PodMonitor")) {
      const found = pods.some((labels) => selects(spec.selector, labels));
      return [{ job: `${metadata.namespace}/${metadata.name}`, namespace: metadata.namespace, found }];
    }
    return type.endsWith(":ServiceMonitor")
      ? services
          .filter(({ labels }) => selects(spec.selector, labels))
          .map(({ job }) => ({ job, namespace: metadata.namespace, found: true }))
      : [];
  });
}

describe("every controller", () => {
  const watched = Object.values(CONTROLLERS).map(({ namespace, job }) => `${namespace}: ${job}`);

  it.each(platforms)("of the charts of %s is scraped under the job that an alert reads, or says why not", async (_, platform) => {
    const stack = await platform();
    const own = ownJobs(stack).map(({ namespace, job }) => `${namespace}: ${job}`);
    const unwatched = CHART_NAMES.flatMap((name) => {
      const { namespace } = releaseIn(stack, name).inputs;
      return Object.entries(RENDERED[name].workloads)
        .filter(([workload]) => !(workload in WATCHED_OTHERWISE))
        .filter(([workload, { jobs = [] }]) => {
          const possible = [...jobs.map((job) => `${namespace}: ${job}`), ...own.filter((job) => job.includes(workload))];
          return !possible.some((job) => watched.includes(job));
        })
        .map(([workload]) => workload);
    });
    expect(unwatched).toEqual([]);
  });

  it.each(platforms)("that an alert of %s reads is scraped", async (_, platform) => {
    const stack = await platform();
    const scraped = [
      ...CHART_NAMES.flatMap((name) =>
        Object.values(RENDERED[name].workloads).flatMap(({ jobs = [] }) =>
          jobs.map((job) => `${releaseIn(stack, name).inputs["namespace"]}: ${job}`),
        ),
      ),
      ...ownJobs(stack).map(({ namespace, job }) => `${namespace}: ${job}`),
    ];
    expect(watched.filter((each) => !scraped.includes(each))).toEqual([]);
    expect(scraped).toContain("istio-system: istiod");
    expect(ownJobs(stack).filter(({ found }) => !found)).toEqual([]);
  });

  it.each(platforms)("of %s has its monitor switched on", async (_, platform) => {
    const stack = await platform();
    const valuesOf = (name: ChartName) => releaseIn(stack, name).inputs["values"];
    expect({
      karpenter: valuesOf("karpenter").serviceMonitor.enabled,
      kueue: valuesOf("kueue").enablePrometheus,
      argoRollouts: valuesOf("argoRollouts").controller.metrics.serviceMonitor.enabled,
      certManager: valuesOf("certManager").prometheus.servicemonitor.enabled,
      externalSecrets: valuesOf("externalSecrets").serviceMonitor.enabled,
      pushgateway: valuesOf("pushgateway").serviceMonitor.enabled,
      dcgmExporter: valuesOf("dcgmExporter").serviceMonitor.enabled,
    }).toEqual({
      karpenter: true,
      kueue: true,
      argoRollouts: true,
      certManager: true,
      externalSecrets: true,
      pushgateway: true,
      dcgmExporter: true,
    });
  });

  it.each(platforms)("of %s with a monitor comes after the kind of monitors", async (_, platform) => {
    const stack = await platform();
    const monitored = CHART_NAMES.filter((name) =>
      [...valuesIn(releaseIn(stack, name).inputs["values"])].some(({ key }) => /serviceMonitor|enablePrometheus/i.test(key)),
    );
    expect(monitored).toContain("certManager");
    for (const name of monitored) {
      expect([name, waitsFor(stack, releaseIn(stack, name).name, "monitoring-crds")]).toEqual([name, true]);
    }
  });
});

/** Whether a resource waits for another, directly or not. */
function waitsFor({ resources }: RecordedStack, name: string, other: string, seen = new Set<string>()): boolean {
  if (name === other) {
    return true;
  }
  seen.add(name);
  const next = resources.filter((resource) => resource.name === name).flatMap(({ dependencies }) => dependencies);
  return next.some((each) => !seen.has(each) && waitsFor({ resources } as RecordedStack, each, other, seen));
}

describe("what other parts take for granted of charts", () => {
  const accounts = (stack: RecordedStack) =>
    new Set([
      ...CHART_NAMES.flatMap((name) => {
        const { namespace } = releaseIn(stack, name).inputs;
        return RENDERED[name].accounts.map((account) => `${namespace}/${account}`);
      }),
      ...stack.resources
        .filter(({ type }) => type === "kubernetes:core/v1:ServiceAccount")
        .map(({ inputs: { metadata } }) => `${metadata.namespace}/${metadata.name}`),
    ]);

  it.each(platforms)("service accounts of %s: of AWS identities and of role bindings", async (_, platform) => {
    const stack = await platform();
    const identities = stack.resources
      .filter(({ type }) => type === "aws:eks/podIdentityAssociation:PodIdentityAssociation")
      .map(({ inputs }) => `${inputs["namespace"]}/${inputs["serviceAccount"]}`);
    const bound = stack.resources
      .flatMap(({ inputs }) => inputs["subjects"] ?? [])
      .filter(({ kind }: Values) => kind === "ServiceAccount")
      .map(({ namespace, name }: Values) => `${namespace}/${name}`);
    expect(identities.length).toBeGreaterThanOrEqual(2);
    expect(bound.length).toBeGreaterThanOrEqual(1);
    const all = accounts(stack);
    expect([...identities, ...bound].filter((each) => !all.has(each))).toEqual([]);
  });

  it.each(platforms)("cluster roles of %s that are bound", async (_, platform) => {
    const { resources } = await platform();
    const roles = new Set([
      ...CHART_NAMES.flatMap((name) => RENDERED[name].roles),
      ...resources.filter(({ type }) => type.endsWith(":ClusterRole")).map(({ inputs: { metadata } }) => metadata.name),
    ]);
    const bound = resources
      .filter(({ type }) => type.endsWith(":ClusterRoleBinding"))
      .map(({ inputs: { roleRef } }) => roleRef.name);
    expect(bound).toContain("kueue-metrics-reader");
    expect(bound.filter((name) => !roles.has(name))).toEqual([]);
  });

  it.each(ENVIRONMENTS)("Services and ports of %s, wherever an address names them", async (environment) => {
    const platform = await stackOf("platform", environment);
    const workloads = await stackOf("workloads", environment);
    const all = [...platform.resources, ...workloads.resources];
    const services = new Map<string, number[]>([
      ...CHART_NAMES.flatMap((name) => {
        const { namespace } = releaseIn(platform, name).inputs;
        return Object.entries(RENDERED[name].services).map(([service, { ports }]): [string, number[]] => [
          `${service}.${namespace}`,
          ports,
        ]);
      }),
      ...all
        .filter(({ type }) => type === "kubernetes:core/v1:Service")
        .map(({ inputs: { metadata, spec } }): [string, number[]] => [
          `${metadata.name}.${metadata.namespace}`,
          spec.ports.map(({ port }: Values) => port),
        ]),
    ]);
    const named = all.flatMap(({ inputs }) => addressesIn(inputs));
    expect(new Set(named.map(({ service }) => service)).size).toBeGreaterThan(3);
    const wrong = named.filter(({ service, port }) => !(services.get(service) ?? []).some((each) => (port ?? each) === each));
    expect(wrong).toEqual([]);
  });

  it.each(platforms)("labels of pods that our own objects of %s select", async (_, platform) => {
    const { resources } = await platform();
    const pods = CHART_NAMES.flatMap((name) => Object.values(RENDERED[name].workloads).map(({ labels }) => labels));
    const selectors = resources
      .filter(
        ({ type, name }) =>
          /:(Gateway|PodMonitor)$/.test(type) || (type.endsWith(":NetworkPolicy") && name === "pushgateway-traffic"),
      )
      .map(({ name, inputs: { spec } }) => ({
        name,
        labels: spec.podSelector?.matchLabels ?? spec.selector.matchLabels ?? spec.selector,
      }));
    expect(selectors.length).toBeGreaterThanOrEqual(3);
    const lost = selectors.filter(({ labels }) => !pods.some((pod) => selects({ matchLabels: labels }, pod)));
    expect(lost).toEqual([]);
  });
});

/** Addresses of Services inside the cluster, with the port where one stands beside them. */
function addressesIn(inputs: Record<string, unknown>): { service: string; port?: number }[] {
  const written = textsIn(inputs).flatMap((text) =>
    [...text.matchAll(/\b([a-z0-9-]+\.[a-z0-9-]+)\.svc\.cluster\.local(?::(\d+))?/g)].map(([, service = "", port]) => ({
      service,
      ...(port !== undefined && { port: Number(port) }),
    })),
  );
  const routed = [...valuesIn(inputs)].flatMap(({ value }) => {
    const { host, port } = (value ?? {}) as { host?: unknown; port?: { number?: number } };
    const [, service] = /^([a-z0-9-]+\.[a-z0-9-]+)\.svc\.cluster\.local$/.exec(String(host)) ?? [];
    return service !== undefined && port?.number !== undefined ? [{ service, port: port.number }] : [];
  });
  return [...written, ...routed];
}

describe("where Helm merges maps and replaces texts and lists", () => {
  /** Keys of the chart's own configuration that ours does not have, on purpose. */
  const LEFT_OUT: Record<string, string[]> = {};

  it.each(platforms)("a configuration of %s says every key that the chart's own says", async (_, platform) => {
    const stack = await platform();
    const replaced = CHART_NAMES.flatMap((name) =>
      Object.entries(RENDERED[name].replaced).map(([path, keys]) => ({ name, path, keys })),
    );
    expect(replaced.map(({ path }) => path)).toEqual(["managerConfig.controllerManagerConfigYaml"]);
    for (const { name, path, keys } of replaced) {
      const text = path.split(".").reduce((value, key) => value[key], releaseIn(stack, name).inputs["values"]);
      const ours = new Set(leaves(JSON.parse(text)));
      expect([path, keys.filter((key) => !ours.has(key))]).toEqual([path, LEFT_OUT[path] ?? []]);
    }
  });

  it("the items of a chart's lists that go are tolerations of nodes that are not here, and ports that are said again", () => {
    const dropped = CHART_NAMES.flatMap((name) => Object.keys(RENDERED[name].dropped).map((path) => `${name}: ${path}`));
    expect(dropped).toEqual([
      "karpenter: tolerations",
      "devicePlugin: tolerations",
      "dcgmExporter: tolerations",
      "istioGateway: service.ports",
    ]);
  });

  it("what stays of a chart's maps is known", () => {
    const inherited = CHART_NAMES.flatMap((name) =>
      Object.entries(RENDERED[name].inherited).map(([path, value]) => `${name}: ${path} ${value}`),
    );
    // Rules of the chart about what EKS does not hide.
    expect(inherited.filter((each) => !/^prometheusStack: defaultRules\.rules\.\w+ true$/.test(each))).toEqual([
      'istioGateway: labels.istio.io/dataplane-mode "none"',
      'istioGateway: podAnnotations.prometheus.io/port "15020"',
      'istioGateway: podAnnotations.prometheus.io/scrape "true"',
      'istioGateway: podAnnotations.prometheus.io/path "/stats/prometheus"',
      'istioGateway: podAnnotations.inject.istio.io/templates "gateway"',
      'istioGateway: podAnnotations.sidecar.istio.io/inject "true"',
      'prometheusStack: alertmanager.podDisruptionBudget.unhealthyPodEvictionPolicy "AlwaysAllow"',
      'prometheusStack: prometheus.podDisruptionBudget.unhealthyPodEvictionPolicy "AlwaysAllow"',
      'certManager: cainjector.nodeSelector.kubernetes.io/os "linux"',
      'certManager: nodeSelector.kubernetes.io/os "linux"',
      'certManager: startupapicheck.nodeSelector.kubernetes.io/os "linux"',
      'certManager: webhook.nodeSelector.kubernetes.io/os "linux"',
    ]);
    expect(inherited.filter((each) => /kubeScheduler|kubeControllerManager|etcd|kubeProxy|windows/.test(each))).toEqual([]);
  });
});

/** How the pods of a workload with more than one of them agree on who works. */
const ELECTION: Record<string, "by argument" | "by default of the program" | "by its configuration" | "every pod answers"> = {
  karpenter: "by default of the program",
  "kueue-controller-manager": "by its configuration",
  "argo-rollouts": "by argument",
  "cert-manager": "by default of the program",
  "cert-manager-cainjector": "by default of the program",
  "cert-manager-webhook": "every pod answers",
  "external-secrets": "by argument",
  "external-secrets-webhook": "every pod answers",
};

describe("controllers with more than one replica", () => {
  it("elect a leader, or say how else their pods agree", () => {
    const several = CHART_NAMES.flatMap((name) => Object.entries(RENDERED[name].workloads)).flatMap(([name, { election }]) =>
      election === undefined ? [] : [{ name, elects: election.some((text) => /leader-elect(=true|ion=true)?$/.test(text)) }],
    );
    expect(several.map(({ name }) => name).toSorted()).toEqual(Object.keys(ELECTION).toSorted());
    expect(several.filter(({ elects }) => elects).map(({ name }) => name)).toEqual(
      Object.keys(ELECTION).filter((name) => ELECTION[name] === "by argument"),
    );
  });

  it.each(platforms)(
    "do so in %s: External Secrets with one certificate controller, Kueue by its configuration",
    async (_, platform) => {
      const stack = await platform();
      const values = (name: ChartName) => releaseIn(stack, name).inputs["values"];
      const { replicaCount, leaderElect, certController } = values("externalSecrets");
      expect(leaderElect).toBe(replicaCount > 1);
      // The chart of this version gives it no election.
      expect(certController.replicaCount).toBe(1);
      expect(certController.podDisruptionBudget).toBeUndefined();
      const kueue = JSON.parse(values("kueue").managerConfig.controllerManagerConfigYaml);
      expect(kueue.leaderElection.leaderElect).toBe(true);
    },
  );
});
