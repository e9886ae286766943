import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const KEDA = "kubernetes:keda.sh/v1alpha1:";
const metadata = { name: "fraud", namespace: "models-risk" };
const scaled = (trigger: object) => ({ metadata, spec: { triggers: [{ type: "prometheus", ...trigger }] } });

describeRule("SEC-11", [
  {
    layer: "workloads",
    what: "a scaler that asks with a secret of the platform",
    add: {
      type: `${KEDA}ScaledObject`,
      name: "s",
      inputs: scaled({ authenticationRef: { name: "grafana", kind: "ClusterTriggerAuthentication" } }),
    },
    says: "workloads-prod/s: 'spec.triggers[0].authenticationRef.kind' must be TriggerAuthentication: its Secret lies in the namespace of what is scaled, got 'ClusterTriggerAuthentication'",
    unknown: "spec.triggers.0.authenticationRef.kind",
  },
  {
    layer: "workloads",
    what: "a scaler that believes whoever answers",
    add: { type: `${KEDA}ScaledObject`, name: "s", inputs: scaled({ metadata: { unsafeSsl: "true" } }) },
    says: "workloads-prod/s: 'spec.triggers[0].metadata.unsafeSsl' must be left out: anybody could answer, got 'true'",
    unknown: "spec.triggers.0.metadata.unsafeSsl",
  },
  {
    layer: "platform",
    what: "a secret with which every scaler may ask",
    add: { type: `${KEDA}ClusterTriggerAuthentication`, name: "a", inputs: { metadata: { name: "a" }, spec: {} } },
    says: "platform-prod/a: 'kind' must be TriggerAuthentication: its Secret lies in the namespace of what is scaled, got 'ClusterTriggerAuthentication'",
  },
]);

describe("SEC-11", () => {
  it("accepts no secret, and one of the same namespace", () => {
    for (const trigger of [
      {},
      { authenticationRef: { name: "own" } },
      { authenticationRef: { name: "own", kind: "TriggerAuthentication" } },
    ]) {
      expect(found("SEC-11", of(`${KEDA}ScaledObject`, "s", scaled(trigger)))).toEqual([]);
    }
  });

  it("looks at each trigger of a ScaledJob too", () => {
    const triggers = [{ type: "cpu" }, { authenticationRef: { kind: "ClusterTriggerAuthentication" } }];
    expect(found("SEC-11", of(`${KEDA}ScaledJob`, "s", { metadata, spec: { triggers } }))).toEqual([
      "spec.triggers[1].authenticationRef.kind: ClusterTriggerAuthentication",
    ]);
  });
});
