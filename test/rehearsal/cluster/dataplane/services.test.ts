import { expect, it } from "vitest";
import type { Json, Kube, WatchEvent } from "#rehearsal/cluster/controlplane/kube";
import { followServices } from "#rehearsal/cluster/dataplane/services";

const SERVICE = "kubernetes.io/service-name";
const endpoint = (pod: string, address: string, ready?: boolean): Json => ({
  addresses: [address],
  conditions: ready === undefined ? {} : { ready },
  targetRef: { kind: "Pod", name: pod },
});
const slice = (uid: string, service: string, ...endpoints: Json[]): Json => ({
  metadata: { uid, namespace: "istio-system", labels: { [SERVICE]: service } },
  ports: [
    { name: "grpc-xds", port: 15_010 },
    { name: "http-monitoring", port: 15_014 },
  ],
  endpoints,
});

/** What is told of a Service while the API server tells these things of its slices. */
function told(events: readonly [WatchEvent, Json][]) {
  const asked: string[] = [];
  const changes: string[][] = [];
  const kube: Pick<Kube, "watch"> = {
    watch: async (path, query, onEvent) => {
      asked.push(`${path}?${decodeURIComponent(query)}`);
      events.forEach(([type, object]) => onEvent(type, object));
    },
  };
  const onChange = (pods: { pod: string; address: string; number: number }[]) =>
    changes.push(pods.map(({ pod, address, number }) => `${pod} ${address}:${number}`));
  followServices(kube, [{ service: "istiod", port: "grpc-xds" }], onChange, new AbortController().signal);
  const [first, ...rest] = changes;
  expect(first).toEqual([]);
  return { asked, changes: rest };
}

it("tells the ready pods of a Service's port, of all its slices", () => {
  const one = slice("1", "istiod", endpoint("istiod-1", "10.67.0.1", true), endpoint("istiod-2", "10.67.0.2", false));
  const two = slice("2", "istiod", endpoint("istiod-3", "10.67.0.3"));
  const { asked, changes } = told([["SYNC", { items: [one, two] }]]);
  expect(asked).toEqual(["/apis/discovery.k8s.io/v1/endpointslices?labelSelector=kubernetes.io/service-name in (istiod)"]);
  expect(changes).toEqual([["istiod-1 10.67.0.1:15010", "istiod-3 10.67.0.3:15010"]]);
});

it("follows a pod that is replaced, and does not tell of none when the API server lists anew", () => {
  const before = slice("1", "istiod", endpoint("istiod-1", "10.67.0.1", true));
  const after = slice("1", "istiod", endpoint("istiod-2", "10.67.0.2", true));
  const { changes } = told([
    ["SYNC", { items: [before] }],
    ["ADDED", before],
    ["MODIFIED", after],
    ["SYNC", { items: [after] }],
    ["ADDED", after],
    ["DELETED", after],
  ]);
  const [first, second] = [["istiod-1 10.67.0.1:15010"], ["istiod-2 10.67.0.2:15010"]];
  expect(changes).toEqual([first, first, second, second, second, []]);
});

it("takes a Service without pods", () => {
  const { endpoints: _, ...empty } = slice("1", "istiod");
  expect(told([["SYNC", { items: [{ ...empty, ports: null }] }]]).changes).toEqual([[]]);
});
