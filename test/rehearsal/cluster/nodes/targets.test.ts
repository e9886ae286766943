import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { nameOf, newPod, pathOf } from "#rehearsal/cluster/nodes/known-pod";
import { writeTargets } from "#rehearsal/cluster/nodes/targets";

const folder = mkdtempSync(join(tmpdir(), "millrace-targets-"));
afterAll(() => rmSync(folder, { recursive: true }));

const metadata = { name: "fraud-7-x", namespace: "models-risk", labels: { "rollouts-pod-template-hash": "7" } };

it("writes where Prometheus finds pods, with the labels of its discovery, and leaves no draft", () => {
  const file = join(folder, "targets.json");
  const bare = { metadata: { name: "mlflow-0", namespace: "mlflow" } };
  writeTargets(file, [
    { pod: { metadata }, ip: "10.66.1.1", port: 8080, path: "/metrics" },
    { pod: bare, ip: "10.66.1.2", port: 9090, path: "/m" },
  ]);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual([
    {
      targets: ["10.66.1.1:8080"],
      labels: { __metrics_path__: "/metrics", namespace: "models-risk", pod: "fraud-7-x", pod_template_hash: "7" },
    },
    {
      targets: ["10.66.1.2:9090"],
      labels: { __metrics_path__: "/m", namespace: "mlflow", pod: "mlflow-0", pod_template_hash: "" },
    },
  ]);
  expect(readdirSync(folder)).toEqual(["targets.json"]);
});

it("has a pod that has just been bound, by its name", () => {
  const pod = newPod({ metadata }, "10.66.1.1", { kind: "ready" });
  expect(pod).toMatchObject({ ip: "10.66.1.1", nodeIp: "10.66.0.1", leaving: false, lastReady: false, unsaid: false });
  expect([nameOf(pod), pathOf(pod.pod)]).toEqual(["models-risk/fraud-7-x", "/api/v1/namespaces/models-risk/pods/fraud-7-x"]);
});
