import { describe, expect, it } from "vitest";
import type { Values } from "#components/pods/workload";
import { selects } from "#scripts/charts/facts";
import { namesOf } from "#scripts/charts/values";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { type RecordedStack, stackOf } from "../../harness/stacks.ts";
import { textsIn, valuesIn } from "../invariants/invariant.ts";
import { CHART_NAMES, PLATFORMS, RENDERED, releaseIn } from "./charts.ts";

describe("what other parts take for granted of charts", () => {
  it.each(PLATFORMS)("was recorded with the names of %s: else run `npm run record:charts`", async (_, platform) => {
    const stack = await platform();
    const named = CHART_NAMES.map((name) => [name, namesOf(releaseIn(stack, name).inputs as Parameters<typeof namesOf>[0])]);
    expect(Object.fromEntries(named)).toEqual(Object.fromEntries(CHART_NAMES.map((name) => [name, RENDERED[name].names])));
  });

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

  it.each(PLATFORMS)("service accounts of %s: of AWS identities and of role bindings", async (_, platform) => {
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

  it.each(PLATFORMS)("cluster roles of %s that are bound", async (_, platform) => {
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

  it.each(PLATFORMS)("labels of pods that our own objects of %s select", async (_, platform) => {
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
