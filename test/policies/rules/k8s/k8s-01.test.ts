import { describe, expect, it } from "vitest";
import { POD_SECURITY as ENFORCE } from "#policies/kubernetes/labels";
import { describeRule, found, of } from "../../harness.ts";
import { NAMESPACE } from "./samples.ts";

describeRule("K8S-01", [
  {
    what: "a lesser standard for model servers",
    layer: "workloads",
    resource: "risk-models",
    change: ({ metadata }) => (metadata.labels[ENFORCE] = "baseline"),
    says: `workloads-prod/risk-models: 'metadata.labels["${ENFORCE}"]' must be 'restricted', got 'baseline'`,
    unknown: "metadata.labels",
  },
  {
    what: "a tracking server without a standard",
    layer: "platform",
    resource: "tracking-namespace",
    change: ({ metadata }) => delete metadata.labels[ENFORCE],
    says: `platform-prod/tracking-namespace: 'metadata.labels["${ENFORCE}"]' must be 'restricted', got 'nothing'`,
  },
  {
    what: "privileges that are not listed",
    layer: "platform",
    environment: "dev",
    resource: "mesh-namespace",
    change: ({ metadata }) => (metadata.labels[ENFORCE] = "privileged"),
    says: `platform-dev/mesh-namespace: 'metadata.labels["${ENFORCE}"]' must be 'restricted' or 'baseline', got 'privileged'`,
    unknown: "metadata.name",
  },
  {
    what: "a namespace without labels",
    layer: "workloads",
    add: { type: NAMESPACE, name: "bare", inputs: { metadata: { name: "bare" } } },
    says: `workloads-prod/bare: 'metadata.labels["${ENFORCE}"]' must be 'restricted' or 'baseline', got 'nothing'`,
    unknown: "metadata.labels",
  },
  {
    what: "a patch that takes the standard back",
    layer: "workloads",
    add: {
      type: `${NAMESPACE}Patch`,
      name: "patch",
      inputs: { metadata: { name: "team-risk", labels: { [ENFORCE]: "privileged" } } },
    },
    says: `workloads-prod/patch: 'metadata.labels["${ENFORCE}"]' must be 'restricted' or 'baseline', got 'privileged'`,
  },
]);

describe("K8S-01, around the level", () => {
  const said = (labels: object) =>
    found(
      "K8S-01",
      of("kubernetes:core/v1:Namespace", "n", { metadata: { name: "n", labels: { [ENFORCE]: "restricted", ...labels } } }),
    );

  it("refuses an old version of the standards", () => {
    for (const version of ["v1.18", "v1.25", "1.36", "oldest"]) {
      expect(said({ [`${ENFORCE}-version`]: version })).toHaveLength(1);
    }
    for (const version of ["latest", "v1.36"]) {
      expect(said({ [`${ENFORCE}-version`]: version })).toEqual([]);
    }
  });

  it("refuses a team's namespace that guardrails take for a chart's", () => {
    const chart = { "millrace.dev/filled-by": "chart" };
    expect(said({ ...chart, "millrace.dev/serves": "risk" })).toHaveLength(1);
    expect(said({ ...chart, "millrace.dev/team": "risk" })).toHaveLength(1);
    expect(said(chart)).toEqual([]);
  });
});
