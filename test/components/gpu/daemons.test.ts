import { describe, expect, it } from "vitest";
import { DcgmExporter } from "#components/gpu/dcgm-exporter";
import { DevicePlugin } from "#components/gpu/device-plugin";
import { CHARTS } from "#components/versions";
import { record } from "../../harness/graph.ts";
import { EMITTED } from "../../monitoring/emitted.ts";

const release = async (program: () => unknown) =>
  (await record(() => void program())).filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");
const everyGpuNode = {
  nodeSelector: { "nvidia.com/gpu.present": "true" },
  tolerations: [{ key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" }],
};

describe.each([
  ["DevicePlugin", CHARTS.devicePlugin, "nvidia-device-plugin", () => new DevicePlugin("daemon")],
  ["DcgmExporter", CHARTS.dcgmExporter, "dcgm-exporter", () => new DcgmExporter("daemon", { monitorLabels: { release: "p" } })],
])("%s", (_, pin, name, program) => {
  it("is one pinned release that runs on GPU nodes and on no other", async () => {
    const releases = await release(program);
    expect(releases.map((one) => one.name)).toEqual(["daemon"]);
    expect(releases[0]?.inputs).toMatchObject({
      name,
      namespace: "kube-system",
      chart: pin.chart,
      version: pin.version,
      repositoryOpts: { repo: pin.repository },
      values: everyGpuNode,
    });
  });
});

describe("DcgmExporter", () => {
  it("reads off a GPU what the recorded text shows, which is all that rules and dashboards read", async () => {
    const [exporter] = await release(() => new DcgmExporter("daemon", { monitorLabels: {} }));
    const values = exporter?.inputs["values"];
    const lines = (values.customMetrics as string).trim().split("\n");
    expect(lines.filter((line) => !/^DCGM_(FI_(DEV|PROF)|EXP)_[A-Z_]+, (gauge|counter), .+$/.test(line))).toEqual([]);
    const shown = EMITTED.filter((series) => series.exporter === "dcgm-exporter").map(({ metric }) => metric);
    expect(lines.map((line) => line.split(",")[0])).toEqual(expect.arrayContaining(shown));
    expect(values.extraEnv).toEqual([{ name: "DCGM_EXPORTER_XID_COUNT_WINDOW_SIZE", value: "900000" }]);
  });

  it("keeps the labels of the pod that holds the GPU, and names the node", async () => {
    const [exporter] = await release(() => new DcgmExporter("daemon", { monitorLabels: { release: "p" } }));
    expect(exporter?.inputs["values"].serviceMonitor).toEqual({
      enabled: true,
      interval: "15s",
      honorLabels: true,
      additionalLabels: { release: "p" },
      relabelings: [{ action: "replace", sourceLabels: ["__meta_kubernetes_pod_node_name"], targetLabel: "node" }],
    });
  });
});

describe("DevicePlugin", () => {
  it("sets the value that the chart requires", async () => {
    const [plugin] = await release(() => new DevicePlugin("daemon"));
    expect(plugin?.inputs["values"].gdrcopyEnabled).toBe(false);
  });
});
