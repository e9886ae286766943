import { describeRule } from "../../harness.ts";

describeRule("CAN-06", [
  {
    layer: "workloads",
    what: "a route that Pulumi sets back",
    resource: "fraud-split",
    change: (_, route) => route.ignoreChanges.splice(0),
    says: "workloads-prod/fraud-split: 'ignoreChanges' must be a list with the whole of 'spec.http', got 'nothing'",
  },
  {
    layer: "workloads",
    what: "an element of the list of routes",
    resource: "fraud-split",
    change: (_, route) => route.ignoreChanges.splice(0, 1, "spec.http[0].route[0].weight"),
    says: "workloads-prod/fraud-split: 'ignoreChanges' must be a list with the whole of 'spec.http', got 'spec.http[0].route[0].weight'",
  },
  {
    layer: "workloads",
    what: "an element of the list beside the list",
    resource: "fraud-split",
    change: (_, route) => route.ignoreChanges.push("spec.http[0].route"),
    says: "workloads-prod/fraud-split: 'ignoreChanges' must be a list with the whole of 'spec.http', got 'spec.http, spec.http[0].route'",
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
    says: "workloads-prod/fraud-canary: 'ignoreChanges' must be a list with the whole of 'spec.selector', got 'nothing'",
  },
]);
