// Signatures of sigstore: made in CI with the identity of the job, verified here without a network.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bundleFromJSON, bundleToJSON, type SerializedBundle } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { type SignOptions, sign } from "sigstore";
import { canonicalText } from "#stacks/inputs/releases/canonical";

/** Who signed: the identity in the certificate, and who vouches for it. */
export interface Identity {
  identity: string;
  issuer: string;
}

/** Certificates and logs of the public sigstore, pinned: a copy of what its TUF repository says. */
const pinnedRoot = (): unknown => JSON.parse(readFileSync(join(import.meta.dirname, "trusted-root.json"), "utf8"));

/**
 * Verifies a bundle: certificate, entry in the log, and signature over the text. One entry of each log is demanded.
 *
 * @param root trusted root. @default - that of the public sigstore
 * @throws {Error} saying what does not verify.
 */
export function verifyBundle(bundle: unknown, text: string, root: unknown = pinnedRoot()): Identity {
  const parsed = bundleFromJSON(bundle);
  if (canonicalText(bundleToJSON(parsed)) !== canonicalText(bundle)) {
    throw new Error("the bundle has keys that sigstore does not know");
  }
  if (parsed.content.$case !== "messageSignature") {
    throw new Error("the bundle holds an attestation, not a signature");
  }
  const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(root)), { ctlogThreshold: 1, tlogThreshold: 1 });
  // No policy is passed: the verifier takes an identity as a pattern, and `a.b` would match `axb`.
  const { identity } = verifier.verify(toSignedEntity(parsed, Buffer.from(text)));
  const { subjectAlternativeName, extensions } = identity ?? {};
  if (subjectAlternativeName === undefined || extensions?.issuer === undefined) {
    throw new Error("the bundle has no certificate with an identity");
  }
  return { identity: subjectAlternativeName, issuer: extensions.issuer };
}

/**
 * Signs a text with the identity that CI gives to its job. Needs the network of sigstore.
 *
 * @throws {Error} when the machine has no identity, or sigstore refuses it.
 */
export const signKeyless = (text: string, options: SignOptions = {}): Promise<SerializedBundle> =>
  sign(Buffer.from(text), options);
