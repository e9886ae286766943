import { expect, it } from "vitest";
import { NODE_PODS } from "#components/gpu/node-pool";
import { RECORDED_CHARTS } from "#components/pods/chart-pods";
import { withoutRequests } from "#components/pods/workload";
import { CHARTS } from "#components/versions";
import { demandOf } from "#plan/capacity/demand";
import { needOf } from "#plan/capacity/quantity";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { planOf } from "../../harness/kept.ts";

it.each(Object.entries(CHARTS))("the pods of %s are recorded at the version that is installed", (name, { version }) => {
  expect(RECORDED_CHARTS[name as keyof typeof CHARTS].version).toBe(version);
});

it.each(ENVIRONMENTS)("every container of %s states requests of CPU and memory", async (environment) => {
  const { workloads, unknown } = demandOf(await planOf(environment));
  expect(unknown).toEqual([]);
  expect(workloads.length).toBeGreaterThan(25);
  expect(workloads.flatMap((each) => withoutRequests(each).map((name) => `${each.namespace}/${each.name}: ${name}`))).toEqual([]);
});

it.each(ENVIRONMENTS)("no container of %s has a limit of CPU, and each has one of memory", async (environment) => {
  const { workloads } = demandOf(await planOf(environment));
  const containers = workloads.flatMap(({ name, pod }) =>
    [...(pod.initContainers ?? []), ...pod.containers].map((each) => ({
      name: `${name}: ${each.name}`,
      limits: each.resources?.limits ?? {},
    })),
  );
  expect(containers.filter(({ limits }) => (limits["cpu"] ?? null) !== null).map(({ name }) => name)).toEqual([]);
  expect(containers.filter(({ limits }) => limits["memory"] === undefined).map(({ name }) => name)).toEqual([]);
});

it.each(ENVIRONMENTS)(
  "pods of the platform of %s have a priority above every team's, and stand on no other nodes than the platform's",
  async (environment) => {
    const { workloads } = demandOf(await planOf(environment));
    const platform = workloads.filter(
      ({ layer, pod }) => layer === "platform" && pod.nodeSelector?.["nvidia.com/gpu.present"] === undefined,
    );
    for (const { name, pod } of platform) {
      expect([name, pod.priorityClassName]).toEqual([
        name,
        expect.stringMatching(/^(system-(cluster|node)-critical|millrace-platform)$/),
      ]);
      expect([name, pod.tolerations?.some(({ key }) => key === undefined || key === "CriticalAddonsOnly")]).toEqual([name, true]);
    }
  },
);

it.each(ENVIRONMENTS)("quotas of %s leave room for what runs on each node", async (environment) => {
  const { workloads } = demandOf(await planOf(environment));
  const needs = workloads.filter(({ kind }) => kind === "DaemonSet").map(({ pod }) => needOf(pod));
  expect(needs.reduce((sum, { cpuMillis }) => sum + cpuMillis, 0)).toBeLessThanOrEqual(NODE_PODS.cpuMillis);
  expect(needs.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0)).toBeLessThanOrEqual(NODE_PODS.memoryMiB);
});
