import { describe, expect, it } from "vitest";
import { describeRule, of, said } from "../../harness.ts";

const KYVERNO = "kubernetes:policies.kyverno.io/v1:ImageValidatingPolicy";

const SIGSTORE = "kubernetes:policy.sigstore.dev/v1beta1:ClusterImagePolicy";

const SIGNER = { issuer: "https://token.actions.githubusercontent.com", subject: "https://github.com/example/millrace" };

const kyverno = (keyless: object, actions = ["Deny"]) => ({
  spec: { validationActions: actions, attestors: [{ name: "ci", cosign: { keyless } }] },
});

describeRule("IMG-04", [
  {
    what: "a signature of anybody",
    layer: "platform",
    add: { type: KYVERNO, name: "signed", inputs: kyverno({}) },
    says: "platform-prod/signed: 'spec.attestors[0]' must be a key, or a named issuer and subject, got 'anybody'",
    unknown: "spec.attestors.0.cosign.keyless",
  },
  {
    what: "a signer whose issuer may be any",
    layer: "platform",
    add: {
      type: SIGSTORE,
      name: "signed",
      inputs: { spec: { authorities: [{ keyless: { identities: [{ issuerRegExp: ".*", subject: SIGNER.subject }] } }] } },
    },
    says: `platform-prod/signed: 'spec.authorities[0]' must be a key, or a named issuer and subject, got '[{"issuerRegExp":".*","subject":"${SIGNER.subject}"}]'`,
    unknown: "spec.authorities",
  },
  {
    what: "a policy that only tells",
    layer: "platform",
    add: { type: KYVERNO, name: "signed", inputs: kyverno({ identities: [SIGNER] }, ["Audit"]) },
    says: "platform-prod/signed: 'spec.validationActions' must be Deny, got 'Audit'",
  },
  {
    what: "a policy of Sigstore's that only warns",
    layer: "platform",
    add: {
      type: SIGSTORE,
      name: "signed",
      inputs: { spec: { mode: "warn", authorities: [{ key: { kms: "awskms:///alias/signing" } }] } },
    },
    says: "platform-prod/signed: 'spec.mode' must be enforce, got 'warn'",
  },
  {
    what: "a policy without a signer",
    layer: "platform",
    add: { type: SIGSTORE, name: "signed", inputs: { spec: { images: [{ glob: "**" }] } } },
    says: "platform-prod/signed: 'spec.authorities' must be a list of those who may sign, got 'nothing'",
  },
]);

describe("IMG-04", () => {
  const cluster = of("aws:eks/cluster:Cluster", "cluster", {});

  it("wants a policy beside a cluster", () => {
    expect(said("IMG-04", cluster)).toEqual([
      "IMG-04 test/cluster: 'ImageValidatingPolicy' must be a policy that verifies signatures, got 'nothing'",
    ]);
  });

  it.each([
    ["a signer that is named", KYVERNO, kyverno({ identities: [SIGNER] })],
    [
      "a signer by an expression",
      KYVERNO,
      kyverno({ identities: [{ issuer: SIGNER.issuer, subjectRegExp: "^https://github.com/example/" }] }),
    ],
    ["a key", KYVERNO, { spec: { attestors: [{ name: "ci", cosign: { key: { kms: "awskms:///alias/signing" } } }] } }],
    ["a notary's certificates", KYVERNO, { spec: { attestors: [{ name: "ci", notary: { certs: { value: "…" } } }] } }],
    ["an authority of Sigstore's", SIGSTORE, { spec: { authorities: [{ keyless: { identities: [SIGNER] } }] } }],
  ])("is content with %s", (_, type, inputs) => {
    expect(said("IMG-04", cluster, of(type, "signed", inputs))).toEqual([]);
  });
});
