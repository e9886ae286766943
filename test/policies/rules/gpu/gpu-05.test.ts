import { describe, expect, it } from "vitest";
import { describeRule, found } from "../../harness.ts";
import { asking, JOB, job, one, queued, without } from "./samples.ts";

const spot = { "karpenter.sh/capacity-type": "spot" };

describeRule("GPU-05", [
  {
    layer: "workloads",
    what: "a job without a deadline",
    add: { type: JOB, name: "train", inputs: without("activeDeadlineSeconds") },
    says: "workloads-prod/train: 'spec.activeDeadlineSeconds' must be set, in seconds, got 'nothing'",
    unknown: "spec.activeDeadlineSeconds",
  },
  {
    layer: "workloads",
    what: "a job that stays when it has ended",
    add: { type: JOB, name: "train", inputs: without("ttlSecondsAfterFinished") },
    says: "workloads-prod/train: 'spec.ttlSecondsAfterFinished' must be set, in seconds, got 'nothing'",
  },
  {
    layer: "workloads",
    what: "Kubernetes' own number of retries",
    add: { type: JOB, name: "train", inputs: without("backoffLimit") },
    says: "workloads-prod/train: 'spec.backoffLimit' must be at most 3, got 'nothing'",
    unknown: "spec.backoffLimit",
  },
  {
    layer: "workloads",
    what: "spot nodes without checkpoints",
    add: { type: JOB, name: "train", inputs: job({}, { nodeSelector: spot, volumes: [{ name: "scratch", emptyDir: {} }] }) },
    says: "workloads-prod/train: 'spec.template.spec.volumes' must be a list with a lasting volume for checkpoints, got 'no lasting volume'",
    unknown: "spec.template.spec.nodeSelector",
  },
]);

describe("GPU-05", () => {
  it("leaves jobs that do not train alone", () => {
    expect(found("GPU-05", one(JOB, { spec: { template: { spec: asking({}) } } }))).toEqual([]);
  });

  it.each([
    [{ backoffLimitPerIndex: 3 }, []],
    [{ backoffLimitPerIndex: 4, backoffLimit: 1 }, ["spec.backoffLimit: 4"]],
  ])("counts the retries of each pod of an indexed Job: %j", (limits, faults) => {
    expect(found("GPU-05", one(JOB, job({ backoffLimit: undefined, ...limits }, {})))).toEqual(faults);
  });

  it("reads jobs of a schedule and of a set where they stand", () => {
    const { spec } = job({});
    const cron = { spec: { jobTemplate: { metadata: queued, spec: { ...spec, backoffLimit: 9 } } } };
    expect(found("GPU-05", one("kubernetes:batch/v1:CronJob", cron))).toEqual(["spec.jobTemplate.spec.backoffLimit: 9"]);
    const set = { metadata: queued, spec: { replicatedJobs: [{ template: { spec: { ...spec, backoffLimit: 9 } } }] } };
    expect(found("GPU-05", one("kubernetes:jobset.x-k8s.io/v1alpha2:JobSet", set))).toEqual([
      "spec.replicatedJobs[0].template.spec.backoffLimit: 9",
      "spec.ttlSecondsAfterFinished: nothing",
    ]);
  });

  it.each([
    ["a volume", { volumes: [{ name: "checkpoints", persistentVolumeClaim: { claimName: "checkpoints" } }] }],
    ["a store", { containers: [{ name: "train", env: [{ name: "CHECKPOINT_URI", value: "s3://runs/1" }] }] }],
  ])("takes %s for checkpoints", (_, pod) => {
    expect(found("GPU-05", one(JOB, job({}, { nodeSelector: spot, ...pod })))).toEqual([]);
  });
});
