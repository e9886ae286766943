import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const NIGHTLY = "platform-prod/tracking-collection: 'spec";

describeRule("K8S-16", [
  {
    layer: "platform",
    resource: "tracking-collection",
    what: "runs beside each other, by default",
    change: ({ spec }) => delete spec.concurrencyPolicy,
    says: `${NIGHTLY}.concurrencyPolicy' must be Forbid or Replace, got 'Allow'`,
    unknown: "spec.concurrencyPolicy",
  },
  {
    layer: "platform",
    resource: "tracking-collection",
    what: "a job without a deadline",
    change: ({ spec }) => delete spec.jobTemplate.spec.activeDeadlineSeconds,
    says: `${NIGHTLY}.jobTemplate.spec.activeDeadlineSeconds' must be at most 259200, which is 72 hours, got 'nothing'`,
    unknown: "spec.jobTemplate.spec.activeDeadlineSeconds",
  },
  {
    layer: "platform",
    resource: "tracking-migration",
    what: "a job that is tried for ever",
    change: ({ spec }) => (spec.backoffLimit = "100"),
    says: "platform-prod/tracking-migration: 'spec.backoffLimit' must be at most 6, got '100'",
    unknown: "spec.backoffLimit",
  },
]);

describe("K8S-16", () => {
  const job = (spec: object, labels: object = {}) =>
    found("K8S-16", of("kubernetes:batch/v1:Job", "j", { metadata: { labels }, spec: { activeDeadlineSeconds: 600, ...spec } }));

  it("accepts a deadline of the pod, and the default of retries", () => {
    const pod = { template: { spec: { activeDeadlineSeconds: 600 } } };
    expect(job({ activeDeadlineSeconds: undefined, ...pod })).toEqual([]);
    expect(job({})).toEqual([]);
    expect(job({ backoffLimit: 0 })).toEqual([]);
  });

  it("refuses a deadline of a year", () => {
    expect(job({ activeDeadlineSeconds: 31_536_000 })).toEqual(["spec.activeDeadlineSeconds: 31536000"]);
  });

  it("leaves jobs that train to their own rule", () => {
    expect(job({ activeDeadlineSeconds: 604_800 }, { "kueue.x-k8s.io/queue-name": "default" })).toEqual([]);
  });

  it("lets a new run take the place of the old one", () => {
    const jobTemplate = { spec: { activeDeadlineSeconds: 600 } };
    expect(
      found("K8S-16", of("kubernetes:batch/v1:CronJob", "c", { spec: { concurrencyPolicy: "Replace", jobTemplate } })),
    ).toEqual([]);
  });
});
