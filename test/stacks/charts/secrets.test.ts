import { describe, expect, it } from "vitest";
import type { Values } from "#components/pods/workload";
import { valuesIn } from "../invariants/invariant.ts";
import { CHART_NAMES, type ChartName, PLATFORMS, RENDERED, releaseIn } from "./charts.ts";

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

  it.each(PLATFORMS)("are out of reach for Grafana and kube-state-metrics of %s", async (_, platform) => {
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

  it.each(PLATFORMS)("are granted by no value of a chart of %s", async (_, platform) => {
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
