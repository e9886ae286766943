import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const FRAUD = "workloads-prod/fraud";

describeRule("K8S-07", [
  {
    what: "an autoscaler that goes down to one",
    layer: "workloads",
    resource: "fraud-autoscaler",
    change: ({ spec }) => (spec.minReplicas = 1),
    says: `${FRAUD}-autoscaler: 'spec.minReplicas' must be at least 2, got '1'`,
    unknown: "spec.minReplicas",
  },
  {
    what: "one replica, which is what a service has whose autoscaler means another",
    layer: "workloads",
    resource: "fraud-autoscaler",
    change: ({ spec }) => (spec.scaleTargetRef.name = "another"),
    says: `${FRAUD}-rollout: 'spec.replicas' must be at least 2, got '1'`,
    unknown: "spec.scaleTargetRef.name",
  },
  {
    what: "model servers in one zone",
    layer: "workloads",
    resource: "fraud-rollout",
    change: ({ spec }) => (spec.template.spec.topologySpreadConstraints[0].topologyKey = "kubernetes.io/hostname"),
    says: `${FRAUD}-rollout: 'spec.template.spec.topologySpreadConstraints' must be a spread over topology.kubernetes.io/zone, got 'kubernetes.io/hostname'`,
    unknown: "spec.template.spec.topologySpreadConstraints",
  },
  {
    what: "model servers that get requests before they can answer",
    layer: "workloads",
    resource: "fraud-rollout",
    change: ({ spec }) => delete spec.template.spec.containers[0].readinessProbe,
    says: `${FRAUD}-rollout: 'spec.template.spec.containers[0].readinessProbe' must be a probe, got 'nothing'`,
    unknown: "spec.template.spec.containers.0.readinessProbe",
  },
  {
    what: "model servers that hang for ever",
    layer: "workloads",
    environment: "staging",
    resource: "fraud-rollout",
    change: ({ spec }) => delete spec.template.spec.containers[0].livenessProbe,
    says: "workloads-staging/fraud-rollout: 'spec.template.spec.containers[0].livenessProbe' must be a probe, got 'nothing'",
    unknown: "spec.template.spec.containers.0",
  },
  {
    what: "model servers that a short pause kills",
    layer: "workloads",
    resource: "fraud-rollout",
    change: ({ spec }) =>
      Object.assign(spec.template.spec.containers[0].livenessProbe, { failureThreshold: 1, periodSeconds: 2 }),
    says: `${FRAUD}-rollout: 'spec.template.spec.containers[0].livenessProbe.failureThreshold' must be at least 3 s, or a short pause kills the server, got '1 times 2 s'`,
    unknown: "spec.template.spec.containers.0",
  },
  {
    what: "a budget that lets nothing go",
    layer: "workloads",
    resource: "fraud-budget",
    change: ({ spec }) => (spec.maxUnavailable = 0),
    says: `${FRAUD}-budget: 'spec.maxUnavailable' must be a number that lets one replica be evicted, so that its node can be drained, got '0'`,
    unknown: "spec.maxUnavailable",
  },
  {
    what: "a budget that keeps as many as there are",
    layer: "workloads",
    resource: "fraud-budget",
    change: ({ spec }) => {
      delete spec.maxUnavailable;
      spec.minAvailable = 3;
    },
    says: `${FRAUD}-budget: 'spec.minAvailable' must be a number that lets one replica be evicted, so that its node can be drained, got '3'`,
  },
  {
    what: "a budget that keeps all",
    layer: "workloads",
    resource: "fraud-budget",
    change: ({ spec }) => {
      delete spec.maxUnavailable;
      spec.minAvailable = "100%";
    },
    says: `${FRAUD}-budget: 'spec.minAvailable' must be a number that lets one replica be evicted, so that its node can be drained, got '100%'`,
  },
  {
    what: "a budget for other pods",
    layer: "workloads",
    resource: "fraud-budget",
    change: ({ spec }) => (spec.selector.matchLabels = { app: "another" }),
    says: `${FRAUD}-rollout: 'spec.selector.matchLabels' must be labels that a PodDisruptionBudget of the same namespace selects, got 'app=fraud'`,
    unknown: "spec.selector.matchLabels.app",
  },
  {
    what: "a tracking server in one zone, in prod",
    layer: "platform",
    resource: "tracking-server",
    change: ({ spec }) => spec.template.spec.topologySpreadConstraints.shift(),
    says: "platform-prod/tracking-server: 'spec.template.spec.topologySpreadConstraints' must be a spread over topology.kubernetes.io/zone, got 'kubernetes.io/hostname'",
  },
]);

describe("K8S-07, updates and spreads", () => {
  const labels = { app: "m" };
  const container = {
    ports: [{ name: "http", containerPort: 8080 }],
    readinessProbe: { httpGet: { port: "http" } },
    livenessProbe: { httpGet: { port: 8080 } },
    lifecycle: { preStop: { sleep: { seconds: 10 } } },
  };
  const server = (spec: object, pod: object = {}) => [
    of("kubernetes:apps/v1:Deployment", "m", {
      metadata: { name: "m", namespace: "mlflow" },
      spec: {
        replicas: 3,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            topologySpreadConstraints: [{ topologyKey: "topology.kubernetes.io/zone", labelSelector: { matchLabels: labels } }],
            containers: [container],
            ...pod,
          },
        },
        ...spec,
      },
    }),
  ];
  const called = (selector: object) =>
    of("kubernetes:core/v1:Service", "m", { metadata: { name: "m", namespace: "mlflow" }, spec: { selector } });
  const budget = (spec: object) =>
    of("kubernetes:policy/v1:PodDisruptionBudget", "b", {
      metadata: { name: "b", namespace: "mlflow" },
      spec: { selector: { matchLabels: labels }, ...spec },
    });
  const said = (spec: object, pod?: object, allowed: object = { maxUnavailable: 1 }, selector: object = labels) =>
    found("K8S-07", [...server(spec, pod), budget(allowed), called(selector)]);

  it("refuses updates that take half of a service away", () => {
    expect(said({ strategy: { type: "Recreate" } })).toEqual(["spec.strategy.type: Recreate"]);
    expect(said({ strategy: { rollingUpdate: { maxUnavailable: "50%" } } })).toHaveLength(1);
    expect(said({ strategy: { rollingUpdate: { maxUnavailable: 2 } } })).toHaveLength(1);
    for (const maxUnavailable of [0, 1, "1", "25%"]) {
      expect(said({ strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable } } })).toEqual([]);
    }
  });

  it("refuses a budget of all or of none", () => {
    for (const allowed of [{ maxUnavailable: "100%" }, { maxUnavailable: 0 }, { minAvailable: "100%" }, { minAvailable: 3 }]) {
      expect(said({}, {}, allowed)).toHaveLength(1);
    }
    for (const allowed of [{ maxUnavailable: "34%" }, { minAvailable: 2 }, { minAvailable: "50%" }]) {
      expect(said({}, {}, allowed)).toEqual([]);
    }
  });

  it("refuses a spread of other pods, and takes a rule of affinity for one", () => {
    const zone = "topology.kubernetes.io/zone";
    const other = { topologySpreadConstraints: [{ topologyKey: zone, labelSelector: { matchLabels: { app: "other" } } }] };
    expect(said({}, other)).toHaveLength(1);
    const term = { topologyKey: zone, labelSelector: { matchLabels: labels } };
    const apart = {
      podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }] },
    };
    expect(said({}, { topologySpreadConstraints: [], affinity: apart })).toEqual([]);
  });

  it("refuses a spread that lets all replicas lie in one zone", () => {
    const spread = (maxSkew: unknown, topologyKey = "topology.kubernetes.io/zone") =>
      said({}, { topologySpreadConstraints: [{ topologyKey, maxSkew }, { topologyKey: "topology.kubernetes.io/zone" }] });
    expect(spread(100)).toEqual(["spec.template.spec.topologySpreadConstraints[0].maxSkew: 100"]);
    expect(spread("3")).toHaveLength(1);
    expect(spread(2)).toEqual([]);
    expect(spread(100, "kubernetes.io/hostname")).toEqual([]);
  });

  it.each([
    ["a port by a name that nobody has", { readinessProbe: { httpGet: { port: "metrics" } } }],
    ["a port that the pod does not have", { livenessProbe: { tcpSocket: { port: 9999 } } }],
    ["another machine", { readinessProbe: { httpGet: { port: "http", host: "example.com" } } }],
    ["nobody", { readinessProbe: { exec: { command: ["/bin/true"] } } }],
    ["nobody, by a script", { readinessProbe: { exec: { command: ["sh", "-c", "exit 0"] } } }],
    ["nobody in the end", { livenessProbe: { exec: { command: ["bash", "-ec", "curl -f localhost:8080 || true"] } } }],
    ["a server for an hour", { readinessProbe: { httpGet: { port: "http" }, periodSeconds: 60, failureThreshold: 60 } }],
  ])("refuses a probe that asks %s", (_, changed) => {
    expect(said({}, { containers: [{ ...container, ...changed }] })).toHaveLength(1);
  });

  it.each([
    [
      "a script with a pipe",
      { readinessProbe: { exec: { command: ["sh", "-c", "echo ruok | nc localhost 8080 | grep imok"] } } },
    ],
    ["a program of the image", { readinessProbe: { exec: { command: ["/app/ready", "--port=8080"] } } }],
    ["a port of a sidecar", { livenessProbe: { httpGet: { port: 9464 } } }],
    ["a model that loads for long", { startupProbe: { httpGet: { port: "http" }, periodSeconds: 5, failureThreshold: 360 } }],
  ])("accepts %s", (_, changed) => {
    const sidecar = { ports: [{ containerPort: 9464 }] };
    expect(said({}, { containers: [{ ...container, ...changed }, sidecar] })).toEqual([]);
  });

  it("lets end at once what no Service leads to, as nobody sends it requests", () => {
    const atOnce = { containers: [{ ...container, lifecycle: undefined }] };
    expect(said({}, atOnce, { maxUnavailable: 1 }, { app: "other" })).toEqual([]);
    expect(said({}, atOnce, { maxUnavailable: 1 }, { app: "m" })).toHaveLength(1);
    expect(said({}, { containers: [container], topologySpreadConstraints: [] }, {}, { app: "other" })).toHaveLength(1);
  });

  it("refuses an end in the middle of requests", () => {
    expect(said({}, { containers: [{ ...container, lifecycle: undefined }] })).toHaveLength(1);
    expect(said({}, { terminationGracePeriodSeconds: "0" })).toEqual(["spec.template.spec.terminationGracePeriodSeconds: 0"]);
    const slow = { ...container, lifecycle: { preStop: { exec: { command: ["sh", "-c", "sleep 30"] } } } };
    expect(said({}, { containers: [slow], terminationGracePeriodSeconds: 20 })).toHaveLength(1);
    expect(said({}, { containers: [slow], terminationGracePeriodSeconds: 60 })).toEqual([]);
  });
});
