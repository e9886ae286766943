import { describe, expect, it } from "vitest";
import { LABELS } from "#components/labels";
import { PUSH_PORT } from "#components/monitoring/pushgateway";
import type { Values } from "#components/pods/workload";
import { PORT as TRACKING_PORT } from "#components/tracking/configuration";
import { METRICS_PORT } from "#components/tracking/metrics";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { type RecordedStack, stackOf } from "../harness/stacks.ts";
import { RENDERED } from "./charts/charts.ts";
import { mayCall, type Pod, type Policy } from "./traffic.ts";

const [PROMETHEUS, ALERTMANAGER, GRAFANA, DNS] = [9_090, 9_093, 3_000, 53];

/** Who calls whom on which port, and whether both sides let it. */
const CALLS: [from: string, to: string, port: number | "server", may: boolean][] = [
  ["job", "mlflow", TRACKING_PORT, true],
  ["job", "mlflow", METRICS_PORT, false],
  ["job", "pushgateway", PUSH_PORT, true],
  ["job", "prometheus", PROMETHEUS, false],
  ["job", "prometheus", PUSH_PORT, false],
  ["job", "alertmanager", ALERTMANAGER, false],
  ["job", "grafana", GRAFANA, false],
  ["job", "neighbour", 29_500, true],
  ["job", "other team", 29_500, false],
  ["job", "model", "server", false],
  ["job", "dns", DNS, true],
  ["gateway", "model", "server", true],
  ["gateway", "mlflow", TRACKING_PORT, true],
  ["gateway", "mlflow", METRICS_PORT, false],
  ["gateway", "grafana", GRAFANA, true],
  ["gateway", "pushgateway", PUSH_PORT, false],
  ["gateway", "job", 29_500, false],
  ["prometheus", "model", "server", true],
  ["prometheus", "mlflow", METRICS_PORT, true],
  ["prometheus", "pushgateway", PUSH_PORT, true],
  ["argo-rollouts", "prometheus", PROMETHEUS, true],
  ["argo-rollouts", "pushgateway", PUSH_PORT, false],
  ["mlflow", "neighbour of mlflow", TRACKING_PORT, true],
  ["mlflow", "dns", DNS, true],
  ["model", "dns", DNS, true],
  ["model", "mlflow", TRACKING_PORT, false],
  ["model", "pushgateway", PUSH_PORT, false],
  ["model", "prometheus", PROMETHEUS, false],
];

describe.each(ENVIRONMENTS)("in %s", (environment) => {
  it.each(CALLS)("%s → %s on port %s: %s", async (from, to, port, may) => {
    const { policies, pods, serverPort } = await network(environment);
    const called = port === "server" ? serverPort : port;
    expect(mayCall(policies, pods(from), pods(to), called)).toBe(may);
  });
});

describe("a call is refused when", () => {
  it.each<[string, (policies: Policy[]) => Policy[]]>([
    ["the caller may not send it", (policies) => policies.filter(({ spec }) => spec["egress"] === undefined)],
    [
      "the called may not take it",
      (policies) => policies.map(({ namespace, spec }) => ({ namespace, spec: { ...spec, ingress: [] } })),
    ],
    [
      "another port is open",
      (policies) =>
        policies.map(({ namespace, spec }) => ({ namespace, spec: JSON.parse(JSON.stringify(spec).replaceAll("9091", "9090")) })),
    ],
  ])("%s", async (_, change) => {
    const { policies, pods } = await network("dev");
    expect(mayCall(policies, pods("job"), pods("pushgateway"), PUSH_PORT)).toBe(true);
    expect(mayCall(change(policies), pods("job"), pods("pushgateway"), PUSH_PORT)).toBe(false);
  });
});

async function network(environment: EnvironmentName) {
  const layers = [await stackOf("platform", environment), await stackOf("workloads", environment)];
  const resources = layers.flatMap((layer) => layer.resources);
  const policies = ofType(layers, "networking.k8s.io/v1:NetworkPolicy").map(
    ({ metadata, spec }): Policy => ({ namespace: metadata.namespace, spec }),
  );
  const namespaces = ofType(layers, "core/v1:Namespace").map(({ metadata }) => metadata);
  const jobs = namespaces.filter(({ labels }) => labels[LABELS.team] !== undefined).map(({ name }) => name as string);
  const { metadata, spec } = ofType(layers, "argoproj.io/v1alpha1:Rollout")[0]!;
  const pod = (namespace: string, labels: Record<string, string>): Pod => {
    const own = namespaces.find(({ name }) => name === namespace)?.labels ?? {};
    return { namespace, labels, namespaceLabels: { ...own, "kubernetes.io/metadata.name": namespace } };
  };
  const server = resources.find(({ name }) => name === "tracking-server")!.inputs["spec"].template.metadata.labels;
  const all: Record<string, Pod> = {
    job: pod(jobs[0]!, { "job-name": "train" }),
    neighbour: pod(jobs[0]!, { "job-name": "worker" }),
    "other team": pod(jobs[1] ?? "team-other", { "job-name": "train" }),
    model: pod(metadata.namespace, spec.template.metadata.labels),
    mlflow: pod("mlflow", server),
    "neighbour of mlflow": pod("mlflow", server),
    pushgateway: pod("monitoring", RENDERED.pushgateway.workloads["prometheus-pushgateway"]!.labels),
    grafana: pod("monitoring", RENDERED.prometheusStack.workloads["kube-prometheus-stack-grafana"]!.labels),
    // The operator makes their pods.
    prometheus: pod("monitoring", { "app.kubernetes.io/name": "prometheus" }),
    alertmanager: pod("monitoring", { "app.kubernetes.io/name": "alertmanager" }),
    gateway: pod("istio-ingress", RENDERED.istioGateway.workloads["ingress"]!.labels),
    "argo-rollouts": pod("argo-rollouts", RENDERED.argoRollouts.workloads["argo-rollouts"]!.labels),
    dns: pod("kube-system", { "k8s-app": "kube-dns" }),
  };
  return {
    policies,
    pods: (name: string) => all[name]!,
    serverPort: spec.template.spec.containers[0].ports[0].containerPort as number,
  };
}

const ofType = (layers: RecordedStack[], type: string): Values[] =>
  layers.flatMap(({ resources }) => resources.filter((each) => each.type === `kubernetes:${type}`).map(({ inputs }) => inputs));
