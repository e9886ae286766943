import { describeRule } from "../../harness.ts";

const SERVICE = { layer: "platform", resource: "tracking-service" } as const;

describeRule("K8S-13", [
  {
    ...SERVICE,
    what: "a name outside of the cluster",
    change: ({ spec }) => Object.assign(spec, { type: "ExternalName", externalName: "mlflow.example.com" }),
    says: "platform-prod/tracking-service: 'spec.type' must be ClusterIP, got 'ExternalName'",
    unknown: "spec.type",
  },
  {
    ...SERVICE,
    what: "a Service without pods",
    change: ({ spec }) => (spec.selector = { app: "other" }),
    says: "platform-prod/tracking-service: 'spec.selector' must be labels of pods in the namespace 'mlflow', got 'app=other'",
    unknown: "spec.selector",
  },
]);
