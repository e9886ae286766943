import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const QUOTA = "workloads-prod/risk-models-quota: 'spec.hard.";

describeRule("K8S-19", [
  {
    layer: "workloads",
    resource: "risk-models-quota",
    what: "fewer pods than a scaler may add",
    change: ({ spec }) => (spec.hard.pods = "3"),
    says: `${QUOTA}pods' must be at least 12, for 12 pods of 'fraud', got '3'`,
    unknown: "spec.hard",
  },
  {
    layer: "workloads",
    resource: "risk-models-quota",
    what: "less CPU than its pods ask for",
    change: ({ spec }) => (spec.hard["requests.cpu"] = "5500m"),
    says: `${QUOTA}requests.cpu' must be at least 6, for 12 pods of 'fraud', got '5500m'`,
  },
]);

describe("K8S-19", () => {
  const metadata = { name: "a", namespace: "a" };
  const resources = { requests: { cpu: "1" }, limits: { memory: "1Gi" } };
  const stack = (hard: object, more: object = {}, most: object = { maxReplicaCount: 10 }) => [
    of("kubernetes:apps/v1:Deployment", "d", { metadata, spec: { template: { spec: { containers: [{ resources }] } } } }),
    of("kubernetes:keda.sh/v1alpha1:ScaledObject", "s", {
      metadata,
      spec: { scaleTargetRef: { name: "a" }, ...most },
    }),
    of("kubernetes:core/v1:ResourceQuota", "q", { metadata, spec: { hard, ...more } }),
  ];

  it.each([{ cpu: 10 }, { "limits.memory": "10Gi" }, { pods: "10" }, { "services.nodeports": 0 }, { cpu: "many" }])(
    "accepts a quota of %j",
    (hard) => expect(found("K8S-19", stack(hard))).toEqual([]),
  );

  it.each([{ cpu: 9 }, { "limits.memory": "9Gi" }, { "requests.memory": "9Gi" }, { "count/pods": 9 }])(
    "refuses a quota of %j",
    (hard) => expect(found("K8S-19", stack(hard))).toHaveLength(1),
  );

  it("knows that KEDA stops at 100 where nobody says otherwise", () => {
    expect(found("K8S-19", stack({ pods: 100 }, {}, {}))).toEqual([]);
    expect(found("K8S-19", stack({ pods: 99 }, {}, {}))).toEqual(["spec.hard.pods: 99"]);
  });

  it("leaves out quotas of some pods", () => {
    expect(found("K8S-19", stack({ pods: 0 }, { scopes: ["BestEffort"] }))).toEqual([]);
  });
});
