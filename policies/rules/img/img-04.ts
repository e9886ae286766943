import { CLUSTER } from "../../aws/types.ts";
import { type Fault, ofEach, unless } from "../../findings.ts";
import { at, type Bag, bags, isSet, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

const KYVERNO = /^kubernetes:policies\.kyverno\.io\/v1(alpha1|beta1)?:ImageValidatingPolicy$/;
const SIGSTORE = /^kubernetes:policy\.sigstore\.dev\/v1(alpha1|beta1):ClusterImagePolicy$/;

/** Checked in the stack of the cluster, because the policy applies to the whole cluster and a stack of workloads cannot see it. */
export const IMG_04 = stackRule({
  id: "IMG-04",
  title: "A cluster runs an image only after it has verified the signature of a named signer of a named issuer",
  severity: "high",
  // Millrace deploys no verifier. Prod is told so, and nobody is stopped: teams run only images by digest (IMG-01) from private registries
  // (IMG-02) whose tags cannot be moved (IMG-03). Whoever deploys a verifier makes the rule mandatory in the pack's config.
  levels: levels("–/–/A"),
  frameworks: ["SLSA", "NIST AI RMF GOVERN 6.1"],
  remediation:
    "Sign images when they are built, and add an ImageValidatingPolicy (Kyverno) or ClusterImagePolicy (Sigstore) that names issuer and subject, or a key.",
  peers: ["kyverno verify-image-*"],
  types: ["kubernetes:policies.kyverno.io/*", "kubernetes:kyverno.io/*", "kubernetes:policy.sigstore.dev/*"],
  relate: (resources) => {
    const verified = resources.some(({ type }) => KYVERNO.test(type) || SIGSTORE.test(type));
    return ofEach(resources, (resource) => {
      if (KYVERNO.test(resource.type)) {
        return kyvernoFaults(resource);
      }
      if (SIGSTORE.test(resource.type)) {
        return sigstoreFaults(resource);
      }
      const want = "a policy that verifies signatures";
      return unless(verified || resource.type !== CLUSTER, { resource, property: "ImageValidatingPolicy", got: "nothing", want });
    });
  },
});

/** What a signer is known by. */
interface Signer {
  byKey: boolean;
  keyless: unknown;
}

function kyvernoFaults(resource: Resource): Fault[] {
  const { inputs } = resource;
  const actions = texts(inputs, "spec", "validationActions");
  const denies = !isSet(inputs, "spec", "validationActions") || actions.includes("Deny");
  return [
    ...unless(denies, { resource, property: "spec.validationActions", got: actions.join(", ") || "nothing", want: "Deny" }),
    ...signerFaults(resource, "attestors", (attestor) => ({
      byKey: isSet(attestor, "cosign", "key") || isSet(attestor, "notary"),
      keyless: at(attestor, "cosign", "keyless"),
    })),
  ];
}

function sigstoreFaults(resource: Resource): Fault[] {
  const mode = text(resource.inputs, "spec", "mode") ?? "enforce";
  return [
    ...unless(mode === "enforce", { resource, property: "spec.mode", got: mode, want: "enforce" }),
    ...signerFaults(resource, "authorities", (authority) => ({
      byKey: isSet(authority, "key"),
      keyless: at(authority, "keyless"),
    })),
  ];
}

/** Each signer must be a key, or identities that all name issuer and subject: anybody can get a keyless certificate. */
function signerFaults(resource: Resource, field: string, read: (entry: Bag) => Signer): Fault[] {
  const signers = bags(resource.inputs, "spec", field);
  if (signers.length === 0) {
    return [{ resource, property: `spec.${field}`, got: "nothing", want: "a list of those who may sign" }];
  }
  return signers.flatMap((entry, index) => {
    const { byKey, keyless } = read(entry);
    const identities = bags(keyless, "identities");
    const named =
      identities.length > 0 && identities.every((identity) => names(identity, "issuer") && names(identity, "subject"));
    const want = "a key, or a named issuer and subject";
    return unless(byKey || named, { resource, property: `spec.${field}[${index}]`, got: described(keyless), want });
  });
}

/** Expressions that fit every name. */
const ANYBODY = ["", "*", ".*", "^.*$", ".+", "^.+$"];

/** As it stands, or as an expression that some names would not fit. */
const names = (identity: Bag, field: "issuer" | "subject"): boolean =>
  Boolean(text(identity, field)) || !ANYBODY.includes(text(identity, `${field}RegExp`) ?? "");

const described = (keyless: unknown): string =>
  keyless === undefined ? "nothing" : isSet(keyless, "identities") ? JSON.stringify(at(keyless, "identities")) : "anybody";
