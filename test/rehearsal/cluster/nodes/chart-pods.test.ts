import { expect, test } from "vitest";
import { podsOfRelease } from "#components/pods/chart-pods";
import { CHARTS } from "#components/versions";
import { addonWorkloads, standInsOf } from "#rehearsal/cluster/nodes/chart-pods";

const release = { chart: CHARTS.pushgateway.chart, namespace: "monitoring" };
const placed = { nodeSelector: { "millrace.dev/pool": "system" }, priorityClassName: "millrace-platform" };
const resources = { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: null, memory: "128Mi" } };

test("a stand-in asks of the scheduler what the chart's pod asks", () => {
  const persistentVolume = { enabled: true, size: "2Gi" };
  const [claim, deployment] = podsOfRelease({ ...release, values: { ...placed, resources, persistentVolume } })!.flatMap(
    standInsOf,
  );
  expect(claim).toMatchObject({ kind: "PersistentVolumeClaim", spec: { resources: { requests: { storage: "2Gi" } } } });
  const { spec } = deployment?.["spec"].template ?? {};
  expect(spec).toMatchObject({ ...placed, volumes: [{ persistentVolumeClaim: { claimName: "prometheus-pushgateway" } }] });
  // A limit that the values take away is no limit.
  expect(spec.containers[0].resources).toEqual({ requests: resources.requests, limits: { memory: "128Mi" } });
});

test("a job of a chart has no stand-in", () => {
  const kinds = podsOfRelease({ chart: CHARTS.certManager.chart, values: {} })!
    .flatMap(standInsOf)
    .map(({ kind }) => kind);
  expect(kinds).toEqual(["Deployment", "Deployment", "Deployment"]);
});

test("every add-on has its pods", () => {
  expect(addonWorkloads().map(({ name }) => name)).toEqual(
    expect.arrayContaining(["aws-node", "kube-proxy", "coredns", "ebs-csi-controller", "ebs-csi-node", "metrics-server"]),
  );
});
