import { describeRule } from "../../harness.ts";

const CERTIFICATE = { layer: "platform", resource: "gateway-certificate-issued" } as const;
const at = "platform-prod/gateway-certificate-issued:";

describeRule("MESH-06", [
  {
    ...CERTIFICATE,
    what: "a certificate of ten years",
    change: ({ spec }) => (spec.duration = "87600h"),
    says: `${at} 'spec.duration' must be at most 9552h, got '87600h'`,
    unknown: "spec.duration",
  },
  {
    ...CERTIFICATE,
    what: "a key that never changes",
    change: ({ spec }) => (spec.privateKey.rotationPolicy = "Never"),
    says: `${at} 'spec.privateKey.rotationPolicy' must be Always, got 'Never'`,
    unknown: "spec.privateKey.rotationPolicy",
  },
  {
    ...CERTIFICATE,
    what: "a weak key",
    change: ({ spec }) => Object.assign(spec.privateKey, { algorithm: "RSA", size: 1024 }),
    says: `${at} 'spec.privateKey.size' must be at least 2048, got '1024'`,
    unknown: "spec.privateKey.size",
  },
  {
    ...CERTIFICATE,
    what: "a certificate that makes certificates",
    change: ({ spec }) => (spec.isCA = true),
    says: `${at} 'spec.isCA' must be false, unless it is a listed authority, got 'true'`,
  },
]);
