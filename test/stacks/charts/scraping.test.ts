import { describe, expect, it } from "vitest";
import { CONTROLLERS } from "#components/monitoring/rules/controllers";
import type { Recorded } from "#plan/record";
import { selects } from "#scripts/charts/facts";
import type { RecordedStack } from "../../harness/stacks.ts";
import { valuesIn } from "../invariants/invariant.ts";
import { CHART_NAMES, type ChartName, PLATFORMS, RENDERED, releaseIn } from "./charts.ts";

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

  it.each(PLATFORMS)("of the charts of %s is scraped under the job that an alert reads, or says why not", async (_, platform) => {
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

  it.each(PLATFORMS)("that an alert of %s reads is scraped", async (_, platform) => {
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

  it.each(PLATFORMS)("of %s has its monitor switched on", async (_, platform) => {
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

  it.each(PLATFORMS)("of %s with a monitor comes after the kind of monitors", async (_, platform) => {
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
