import { describe, expect, it } from "vitest";
import { faultsOf } from "#policies/evaluate";
import { type Resource, readable } from "#policies/resource";
import type { Rule } from "#policies/rule";
import { CANARY } from "#policies/rules/canary";
import { raisesOf } from "#policies/rules/canary-steps";
import { describeRule } from "../conformance.ts";

const stepsOf = (inputs: any): any[] => inputs.spec.strategy.canary.steps;
const release = { layer: "workloads", resource: "fraud-rollout" } as const;
const STEPS = "workloads-prod/fraud-rollout: 'spec.strategy.canary.steps";

describeRule("CAN-01", [
  {
    ...release,
    what: "pods that follow a weight of 0",
    change: (inputs) => (stepsOf(inputs)[1] = { setCanaryScale: { matchTrafficWeight: true } }),
    says: `${STEPS}[1].setCanaryScale.matchTrafficWeight' must be behind the first setWeight, got 'true at weight 0'`,
    unknown: "spec.strategy.canary.steps",
  },
]);

describeRule("CAN-02", [
  {
    ...release,
    what: "a raise right after another",
    change: (inputs) => stepsOf(inputs).splice(4, 2),
    says: `${STEPS}[5].setWeight' must be behind an analysis of the weight before, got '5 to 20 unmeasured'`,
    unknown: "spec.strategy.canary.steps",
  },
  {
    ...release,
    what: "a raise that only a watch that begins later would see",
    change: (inputs) => {
      stepsOf(inputs).splice(5, 1);
      inputs.spec.strategy.canary.analysis.startingStep = 6;
    },
    says: `${STEPS}[6].setWeight' must be behind an analysis of the weight before, got '5 to 20 unmeasured'`,
    unknown: "spec.strategy.canary.analysis.startingStep",
  },
  {
    ...release,
    what: "a raise behind a dry run",
    change: (inputs) => {
      delete inputs.spec.strategy.canary.analysis;
      stepsOf(inputs)[9].analysis.dryRun = [{ metricName: ".*" }];
    },
    says: `${STEPS}[10].setWeight' must be behind an analysis of the weight before, got '20 to 50 unmeasured'`,
  },
  {
    ...release,
    what: "a promotion without any step",
    change: (inputs) => (inputs.spec.strategy.canary.steps = []),
    says: `${STEPS}' must be behind an analysis of the weight before, got '0 to 100 unmeasured'`,
  },
]);

describeRule("CAN-03", [
  {
    layer: "workloads",
    what: "a gate that waits for a measurement nearly for ever",
    resource: "fraud-gate",
    change: (inputs) => (inputs.spec.metrics[0].inconclusiveLimit = 1000),
    says: "workloads-prod/fraud-gate: 'spec.metrics[0].inconclusiveLimit' must be at most 60, got '1000'",
    unknown: "spec.metrics.0.inconclusiveLimit",
  },
  {
    layer: "workloads",
    what: "a gate that passes on a row of empty answers",
    resource: "fraud-share",
    change: (inputs) => delete inputs.spec.metrics[0].consecutiveSuccessLimit,
    says: "workloads-prod/fraud-share: 'spec.metrics[0].inconclusiveLimit' must be less than 'count', or beside consecutiveSuccessLimit: 1, got '10'",
  },
  {
    layer: "workloads",
    what: "a watch that never gives up a failing version",
    resource: "fraud-watch",
    change: (inputs) => (inputs.spec.metrics[1].failureLimit = -1),
    says: "workloads-prod/fraud-watch: 'spec.metrics[1].failureLimit' must be from 0 to 3, got '-1'",
    unknown: "spec.metrics.1.failureLimit",
  },
  {
    layer: "workloads",
    what: "a watch that does without its Prometheus",
    resource: "fraud-watch",
    change: (inputs) => (inputs.spec.metrics[0].consecutiveErrorLimit = 500),
    says: "workloads-prod/fraud-watch: 'spec.metrics[0].consecutiveErrorLimit' must be from 0 to 12, got '500'",
  },
]);

describeRule("CAN-04", [
  {
    ...release,
    what: "a last raise that does not look at the gateway",
    change: (inputs) => stepsOf(inputs).splice(13, 1),
    says: `${STEPS}[13].setWeight' must be behind an analysis of the share that is served, got '100 unseen'`,
    unknown: "spec.strategy.canary.steps",
  },
  {
    ...release,
    what: "an end that does not look at the gateway",
    change: (inputs) => stepsOf(inputs).pop(),
    says: `${STEPS}' must be ended by an analysis of the share that is served, got '100, then unseen'`,
  },
]);

describeRule("CAN-05", [
  {
    ...release,
    what: "old pods that are gone when somebody wants to go back",
    change: (inputs) => delete inputs.spec.strategy.canary.scaleDownDelaySeconds,
    says: "workloads-prod/fraud-rollout: 'spec.strategy.canary.scaleDownDelaySeconds' must be from 600 to 3600, got '30'",
    unknown: "spec.strategy.canary.scaleDownDelaySeconds",
  },
  {
    ...release,
    what: "old pods that keep their GPUs for a day",
    change: (inputs) => (inputs.spec.strategy.canary.scaleDownDelaySeconds = 86_400),
    says: "workloads-prod/fraud-rollout: 'spec.strategy.canary.scaleDownDelaySeconds' must be from 600 to 3600, got '86400'",
  },
  {
    ...release,
    what: "pods of an aborted version that stay for ever",
    change: (inputs) => (inputs.spec.strategy.canary.abortScaleDownDelaySeconds = 0),
    says: "workloads-prod/fraud-rollout: 'spec.strategy.canary.abortScaleDownDelaySeconds' must be from 10 to 60, got '0'",
  },
]);

describeRule("CAN-06", [
  {
    layer: "workloads",
    what: "a route that Pulumi sets back",
    resource: "fraud-split",
    change: (_, route) => route.ignoreChanges.splice(0),
    says: "workloads-prod/fraud-split: 'ignoreChanges' must be a list with 'spec.http' as a whole, got 'nothing'",
  },
  {
    layer: "workloads",
    what: "an element of the list of routes",
    resource: "fraud-split",
    change: (_, route) => route.ignoreChanges.splice(0, 1, "spec.http[0].route[0].weight"),
    says: "workloads-prod/fraud-split: 'ignoreChanges' must be a list with 'spec.http' as a whole, got 'spec.http[0].route[0].weight'",
  },
  {
    layer: "workloads",
    what: "an element of the list beside the list",
    resource: "fraud-split",
    change: (_, route) => route.ignoreChanges.push("spec.http[0].route"),
    says: "workloads-prod/fraud-split: 'ignoreChanges' must be a list with 'spec.http' as a whole, got 'spec.http, spec.http[0].route'",
  },
  {
    layer: "workloads",
    what: "a forced write of the route",
    resource: "fraud-split",
    change: ({ metadata }) => (metadata.annotations = { "pulumi.com/patchForce": "true" }),
    says: "workloads-prod/fraud-split: 'metadata.annotations.pulumi.com/patchForce' must be left out, got 'true'",
    unknown: "metadata.annotations",
  },
  {
    layer: "workloads",
    what: "a selector that Pulumi sets back",
    resource: "fraud-canary",
    change: (_, service) => service.ignoreChanges.splice(0),
    says: "workloads-prod/fraud-canary: 'ignoreChanges' must be a list with 'spec.selector' as a whole, got 'nothing'",
  },
]);

describeRule("CAN-07", [
  {
    ...release,
    what: "a release that hangs on a version that never becomes ready",
    change: (inputs) => delete inputs.spec.progressDeadlineAbort,
    says: "workloads-prod/fraud-rollout: 'spec.progressDeadlineAbort' must be true, got 'false'",
    unknown: "spec.progressDeadlineAbort",
  },
  {
    ...release,
    what: "a deadline of a day",
    change: (inputs) => (inputs.spec.progressDeadlineSeconds = 86_400),
    says: "workloads-prod/fraud-rollout: 'spec.progressDeadlineSeconds' must be at most 3600, got '86400'",
  },
  {
    ...release,
    what: "a way back through every step",
    change: (inputs) => delete inputs.spec.rollbackWindow,
    says: "workloads-prod/fraud-rollout: 'spec.rollbackWindow.revisions' must be at least 1, got '0'",
  },
  {
    ...release,
    what: "aborted ReplicaSets that switch the deadline off for long",
    change: (inputs) => delete inputs.spec.revisionHistoryLimit,
    says: "workloads-prod/fraud-rollout: 'spec.revisionHistoryLimit' must be from 3 to 5, got '10'",
  },
]);

/** A canary with two Services and no steps of its own. */
const rollout = (canary: object): Resource =>
  made("argoproj.io/v1alpha1:Rollout", "release", {
    strategy: { canary: { canaryService: "m-canary", stableService: "m-stable", trafficRouting: { istio: {} }, ...canary } },
  });

const template = (name: string, spec: object): Resource => made("argoproj.io/v1alpha1:AnalysisTemplate", name, spec);

function made(kind: string, name: string, spec: object): Resource {
  const inputs = readable({ metadata: { name, namespace: "models" }, spec });
  const base = { protect: false, parent: "", dependencies: [], ignoreChanges: [], provider: {} };
  return { ...base, type: `kubernetes:${kind}`, name, address: `s/${name}`, inputs };
}

const faults = (id: string, ...resources: Resource[]): string[] => {
  const rule = CANARY.find((each) => each.id === id) as Rule;
  const found = faultsOf(rule, "check" in rule ? resources[0]! : resources, rule.parameters?.prod ?? {});
  return Array.isArray(found) ? found.map(({ property, got }) => `${property}: ${got}`) : [found.message];
};

const gate = (templateName: string, args?: object[]) => ({ analysis: { templates: [{ templateName }], ...(args && { args }) } });

describe("releases of other shapes", () => {
  it("reads raises, the promotion behind the last step too", () => {
    expect(raisesOf([{ setWeight: 0 }, { setWeight: 20 }, { pause: {} }, { setWeight: 10 }, { setWeight: 50 }])).toEqual([
      { at: 1, from: 0, to: 20, before: -1 },
      { at: 4, from: 10, to: 50, before: 1 },
      { at: 5, from: 50, to: 100, before: 4 },
    ]);
  });

  it("lets a watch that has begun count, and the pause that it is given", () => {
    const steps = [{ setWeight: 10 }, { pause: { duration: "5m" } }];
    const analysis = { templates: [{ templateName: "watch" }] };
    expect(faults("CAN-02", rollout({ steps, analysis }))).toEqual([]);
    expect(faults("CAN-02", rollout({ steps }))).toEqual(["spec.strategy.canary.steps: 10 to 100 unmeasured"]);
  });

  it("bounds a watch without gates by the shortest pause between raises", () => {
    const steps = [{ setWeight: 10 }, { pause: { duration: "5m" } }, { setWeight: 50 }, { pause: { duration: 120 } }];
    const release = rollout({ steps, analysis: { templates: [{ templateName: "watch" }] } });
    const watch = (inconclusiveLimit: number) => template("watch", { metrics: [{ interval: "30s", inconclusiveLimit }] });
    expect(faults("CAN-03", release, watch(4))).toEqual([]);
    expect(faults("CAN-03", release, watch(5))).toEqual(["spec.metrics[0].inconclusiveLimit: 5"]);
  });

  it("sees a watch that was unbounded for its gates' sake once a gate is gone", () => {
    const watch = template("watch", { metrics: [{ interval: "30s", inconclusiveLimit: 1_000_000 }] });
    const steps = [{ setWeight: 10 }, { pause: { duration: "1m" } }, gate("gate"), { setWeight: 100 }];
    const analysis = { templates: [{ templateName: "watch" }] };
    expect(faults("CAN-03", rollout({ steps, analysis }), watch)).toEqual([]);
    expect(faults("CAN-03", rollout({ steps: steps.toSpliced(2, 1), analysis }), watch)).toEqual([
      "spec.metrics[0].inconclusiveLimit: 1000000",
    ]);
  });

  it("knows a share by both Services in one query, through arguments too", () => {
    const share = (query: string) => template("share", { metrics: [{ provider: { prometheus: { query } } }] });
    const args = [
      { name: "new", value: "m-canary" },
      { name: "old", value: "m-stable" },
    ];
    const steps = [{ setWeight: 10 }, gate("share", args), { setWeight: 100 }, gate("share", args)];
    expect(faults("CAN-04", rollout({ steps }), share("a{{args.new}}/b{{ args.old }}"))).toEqual([]);
    expect(faults("CAN-04", rollout({ steps }), share("a{{args.new}}"))).toEqual([
      "spec.strategy.canary.steps[2].setWeight: 100 unseen",
      "spec.strategy.canary.steps: 100, then unseen",
    ]);
  });

  it("leaves other strategies alone", () => {
    const blueGreen = made("argoproj.io/v1alpha1:Rollout", "release", { strategy: { blueGreen: {} } });
    expect(["CAN-01", "CAN-02", "CAN-04", "CAN-05", "CAN-06"].flatMap((id) => faults(id, blueGreen))).toEqual([]);
  });
});
