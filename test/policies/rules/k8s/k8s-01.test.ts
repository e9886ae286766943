import { POD_SECURITY as ENFORCE } from "#policies/kubernetes/labels";
import { describeRule } from "../../harness.ts";
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
