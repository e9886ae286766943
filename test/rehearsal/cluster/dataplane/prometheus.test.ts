import { expect, it } from "vitest";
import type { Kube } from "#rehearsal/cluster/controlplane/kube";
import { followPrometheus } from "#rehearsal/cluster/dataplane/prometheus";

const slice = (namespace: string, ...addresses: string[]) => ({
  metadata: { uid: namespace, namespace, labels: { "kubernetes.io/service-name": "stack-prometheus" } },
  ports: [
    { name: "http-web", port: 9090 },
    { name: "reloader-web", port: 8080 },
  ],
  endpoints: addresses.map((address) => ({ addresses: [address] })),
});

it("the product's address of Prometheus leads to a pod of its Service, and to the next one when that is gone", () => {
  const told: object[] = [];
  const watch: Kube["watch"] = async (_path, _query, onEvent) => {
    onEvent("SYNC", { items: [slice("elsewhere", "10.67.0.9"), slice("monitoring")] });
    onEvent("MODIFIED", slice("monitoring", "10.67.0.1", "10.67.0.2"));
    onEvent("MODIFIED", slice("monitoring"));
    onEvent("MODIFIED", slice("monitoring", "10.67.0.3"));
  };
  const url = new URL("http://stack-prometheus.monitoring.svc.cluster.local:9090");
  followPrometheus({ watch }, { set: (names) => told.push(names) }, url, new AbortController().signal);
  expect(told).toEqual([{ [url.hostname]: "10.67.0.1" }, { [url.hostname]: "10.67.0.3" }]);
});
