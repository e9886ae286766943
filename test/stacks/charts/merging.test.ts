import { describe, expect, it } from "vitest";
import { leaves } from "#scripts/charts/values";
import { CHART_NAMES, PLATFORMS, RENDERED, releaseIn } from "./charts.ts";

describe("where Helm merges maps and replaces texts and lists", () => {
  /** Keys of the chart's own configuration that ours does not have, on purpose. */
  const LEFT_OUT: Record<string, string[]> = {};

  it.each(PLATFORMS)("a configuration of %s says every key that the chart's own says", async (_, platform) => {
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
