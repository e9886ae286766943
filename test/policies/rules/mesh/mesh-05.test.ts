import { describeRule } from "../../harness.ts";

const ISTIO = "kubernetes:networking.istio.io/v1";
const entry = (host: string) => ({
  type: `${ISTIO}:ServiceEntry`,
  name: "outside",
  inputs: { metadata: { name: "outside", namespace: "models-risk" }, spec: { hosts: [host] } },
});
const call = (trafficPolicy: object) => ({
  type: `${ISTIO}:DestinationRule`,
  name: "outside",
  inputs: { metadata: { name: "outside", namespace: "models-risk" }, spec: { host: "api.example.com", trafficPolicy } },
});

describeRule("MESH-05", [
  {
    layer: "platform",
    resource: "mesh-istiod",
    what: "a mesh that lets pods call every name",
    change: ({ values }) => delete values.meshConfig.outboundTrafficPolicy,
    says: "platform-prod/mesh-istiod: 'values.meshConfig.outboundTrafficPolicy.mode' must be REGISTRY_ONLY, got 'nothing'",
    unknown: "values.meshConfig.outboundTrafficPolicy",
  },
  {
    what: "every name of a top-level domain",
    layer: "workloads",
    add: entry("*.com"),
    says: "workloads-prod/outside: 'spec.hosts[0]' must be a host, or all hosts of one domain, got '*.com'",
  },
  {
    what: "a call that trusts every certificate",
    layer: "workloads",
    add: call({ tls: { mode: "SIMPLE", insecureSkipVerify: true } }),
    says: "workloads-prod/outside: 'spec.trafficPolicy.tls.insecureSkipVerify' must be false or left out, got 'true'",
  },
  {
    what: "a call that trusts every certificate on one port",
    layer: "workloads",
    add: call({ portLevelSettings: [{ port: { number: 443 }, tls: { mode: "SIMPLE", insecureSkipVerify: "true" } }] }),
    says: "workloads-prod/outside: 'spec.trafficPolicy.portLevelSettings[0].tls.insecureSkipVerify' must be false or left out, got 'true'",
  },
]);
