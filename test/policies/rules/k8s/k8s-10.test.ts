import { describeRule } from "../../harness.ts";

const SERVICE = { layer: "platform", resource: "tracking-service" } as const;

const ingress = (spec: object) => ({
  type: "kubernetes:networking.k8s.io/v1:Ingress",
  name: "web",
  inputs: { metadata: { name: "web", namespace: "mlflow" }, spec },
});

describeRule("K8S-10", [
  {
    ...SERVICE,
    what: "a port on every node",
    change: ({ spec }) => (spec.type = "NodePort"),
    says: "platform-prod/tracking-service: 'spec.type' must be ClusterIP, got 'NodePort'",
    unknown: "spec.type",
  },
  {
    ...SERVICE,
    what: "an address from outside",
    change: ({ spec }) => (spec.externalIPs = ["203.0.113.10"]),
    says: "platform-prod/tracking-service: 'spec.externalIPs' must be left out, got '203.0.113.10'",
    unknown: "spec.externalIPs",
  },
  {
    ...SERVICE,
    what: "a Service without pods",
    change: ({ spec }) => (spec.selector = { app: "other" }),
    says: "platform-prod/tracking-service: 'spec.selector' must be labels of pods in the namespace 'mlflow', got 'app=other'",
    unknown: "spec.selector",
  },
  {
    what: "an Ingress without TLS",
    layer: "platform",
    add: ingress({ rules: [{ host: "mlflow.example.com" }] }),
    says: "platform-prod/web: 'spec.rules[0].host' must be a host that `spec.tls` names too, got 'mlflow.example.com'",
  },
  {
    what: "an Ingress for every host",
    layer: "platform",
    add: ingress({ tls: [{ secretName: "any" }], rules: [{}] }),
    says: "platform-prod/web: 'spec.rules[0].host' must be one whole host, got 'every host'",
  },
  {
    what: "an Ingress that only has a default",
    layer: "platform",
    add: ingress({ defaultBackend: { service: { name: "mlflow" } } }),
    says: "platform-prod/web: 'spec.defaultBackend' must be rules with named hosts, got 'every host'",
  },
]);
