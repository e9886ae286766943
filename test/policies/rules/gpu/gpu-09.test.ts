import { describe, expect, it } from "vitest";
import { describeRule, found } from "../../harness.ts";
import { made, training } from "./samples.ts";

describeRule("GPU-09", [
  {
    layer: "workloads",
    what: "a job that names no queue",
    add: { type: "kubernetes:batch/v1:Job", name: "train", inputs: training({}) },
    says: "workloads-prod/train: 'metadata.labels.kueue.x-k8s.io/queue-name' must be the name of a LocalQueue of the namespace, got 'nothing'",
    unknown: "metadata.labels",
  },
  {
    layer: "workloads",
    what: "a server among the jobs",
    add: {
      type: "kubernetes:apps/v1:Deployment",
      name: "notebook",
      inputs: training({ "kueue.x-k8s.io/queue-name": "default" }),
    },
    says: "workloads-prod/notebook: 'kind' must be a Job that names a queue, got 'Deployment'",
    unknown: "spec.template",
  },
]);

describe("GPU-09", () => {
  it("lets a job with a queue, and a job outside of teams, ask for GPUs", () => {
    const queued = training({ "kueue.x-k8s.io/queue-name": "default" });
    const outside = { ...training({}), metadata: { namespace: "benchmarks" } };
    expect(found("GPU-09", [made("batch/v1:Job", "a", queued), made("batch/v1:Job", "b", outside)])).toEqual([]);
  });

  it("knows a team's namespace by its label too", () => {
    const namespace = made("core/v1:Namespace", "lab", { metadata: { name: "lab", labels: { "millrace.dev/team": "risk" } } });
    const job = made("batch/v1:Job", "train", { ...training({}), metadata: { namespace: "lab" } });
    expect(found("GPU-09", [namespace, job])).toEqual(["metadata.labels.kueue.x-k8s.io/queue-name: nothing"]);
  });

  it.each([
    ["kubeflow.org/v1:PyTorchJob", { pytorchReplicaSpecs: { Worker: training({}).spec } }],
    ["ray.io/v1:RayJob", { rayClusterSpec: { workerGroupSpecs: [training({}).spec] } }],
    ["trainer.kubeflow.org/v1alpha1:TrainJob", { trainer: { resourcesPerNode: { requests: { "nvidia.com/gpu": 8 } } } }],
  ])("reads GPUs of %s", (type, spec) => {
    const job = (labels: object, namespace = "team-risk") => [
      made(type, "a", { metadata: { name: "a", namespace, labels }, spec }),
    ];
    expect(found("GPU-09", job({}))).toEqual(["metadata.labels.kueue.x-k8s.io/queue-name: nothing"]);
    expect(found("GPU-09", job({ "kueue.x-k8s.io/queue-name": "default" }))).toEqual([]);
    expect(found("GPU-09", job({}, "elsewhere"))).toEqual([]);
  });
});
