import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { FILES } from "#stacks/inputs/files";
import { kindAt } from "#stacks/inputs/kinds";
import { signedText } from "#stacks/inputs/releases/canonical";
import { FORMS, folderOfReleases, readFileOf } from "#stacks/inputs/releases/read";
import type { ModelRelease, PlatformRelease, Signature, Signers } from "#stacks/inputs/releases/schema";
import { suggestion } from "#stacks/wording";

export type AnyRelease = ModelRelease | PlatformRelease;

/** A key by the name of its owner. */
type Keys = ReadonlyMap<string, KeyObject>;

/** Who may sign, with the keys read. @throws {pulumi.RunError} when the file has another content, or a key that cannot be used. */
export function readSigners(folder = folderOfReleases()): { signers: Signers; keys: Keys } {
  const signers = readFileOf(FILES.signers, FORMS.signers, folder);
  const keys = new Map<string, KeyObject>();
  for (const [name, signer] of Object.entries(signers)) {
    if (signer.kind === "key") {
      const key = publicKeyOf(name, signer.publicKey);
      const twin = [...keys].find(([, other]) => other.equals(key))?.[0];
      if (twin !== undefined) {
        refuseKey(name, "a key of its own", `that of '${twin}': remove one of the two`);
      }
      keys.set(name, key);
    }
  }
  return { signers, keys };
}

/** The text of a key is never shown: somebody may have taken the private one. */
function publicKeyOf(name: string, pem: string): KeyObject {
  const rule = "an Ed25519 public key in PEM";
  if (pem.includes("PRIVATE KEY")) {
    refuseKey(name, rule, "a private key: it is known now; make a new pair and commit its public part (openssl pkey -pubout)");
  }
  let key: KeyObject | undefined;
  try {
    key = pem.startsWith("-----BEGIN PUBLIC KEY-----\n") ? createPublicKey(pem) : undefined;
  } catch {}
  if (key?.asymmetricKeyType !== "ed25519") {
    refuseKey(
      name,
      rule,
      `${key === undefined ? "other text" : `a key of type ${key.asymmetricKeyType}`}: openssl pkey -pubout prints one`,
    );
  }
  return key!;
}

function refuseKey(name: string, rule: string, got: string): never {
  throw new pulumi.RunError(`${FILES.signers}: ${name}.publicKey must be ${rule}, got ${got}`);
}

/** What a release is, as the list of signers says it. */
export const scopeOf = (release: AnyRelease): string => ("model" in release ? `models/${release.model}` : "platform");

/** Whether a signer may sign a release. */
const maySign = (signer: Signers[string], scope: string): boolean =>
  signer.may.some((each) => each === scope || (each === "models" && scope.startsWith("models/")));

/**
 * Signs a release with a key.
 *
 * @param file private key, Ed25519, PEM, without a passphrase.
 * @throws {pulumi.RunError} when the file is no such key, or its owner may not sign this release.
 */
export function signWithKey(release: AnyRelease, file: string, folder = folderOfReleases()): Signature {
  const { name, signers, signatureOver } = keyOfSigner(file, folder);
  demandRight(name, signers, release);
  return { kind: "key", signer: name, value: signatureOver(signedText(release)) };
}

/**
 * The signer whose private key a file has.
 *
 * @throws {pulumi.RunError} when the file is no such key, or nobody's.
 */
export function keyOfSigner(
  file: string,
  folder = folderOfReleases(),
): { name: string; signers: Signers; signatureOver: (text: string) => string } {
  const { signers, keys } = readSigners(folder);
  const key = privateKeyIn(file);
  const own = createPublicKey(key);
  const name = [...keys].find(([, each]) => each.equals(own))?.[0];
  if (name === undefined) {
    throw new pulumi.RunError(
      `'--sign-key' must be the key of a signer in ${FILES.signers}, got '${file}', which is nobody's: add its public part there (openssl pkey -in ${file} -pubout)`,
    );
  }
  return { name, signers, signatureOver: (text) => sign(undefined, Buffer.from(text), key).toString("base64") };
}

/** Whether a signature is that of a key over a text. */
export const isOver = (text: string, signature: string, key: KeyObject): boolean =>
  verify(undefined, Buffer.from(text), key, Buffer.from(signature, "base64"));

function privateKeyIn(file: string): KeyObject {
  const rule = "'--sign-key' must be a file with an Ed25519 private key in PEM and without a passphrase";
  const remedy = "openssl genpkey -algorithm ed25519 makes one";
  let key: KeyObject;
  try {
    const kind = kindAt(file);
    if (kind !== undefined && kind !== "file") {
      throw new pulumi.RunError(`${rule}, got '${file}', a ${kind}: ${remedy}`);
    }
    key = createPrivateKey(readFileSync(file));
  } catch (error) {
    if (pulumi.RunError.isInstance(error)) {
      throw error;
    }
    const { code = "" } = error as NodeJS.ErrnoException;
    const why =
      code === "ENOENT" ? "which is not there" : code === "EACCES" ? "which you may not read" : "which is something else";
    throw new pulumi.RunError(`${rule}, got '${file}', ${why}: ${remedy}`);
  }
  if (key.asymmetricKeyType !== "ed25519") {
    throw new pulumi.RunError(`${rule}, got '${file}', a key of type ${key.asymmetricKeyType}: ${remedy}`);
  }
  return key;
}

function demandRight(name: string, signers: Signers, release: AnyRelease): void {
  const scope = scopeOf(release);
  const signer = signers[name]!;
  if (!maySign(signer, scope)) {
    throw new pulumi.RunError(
      `${FILES.signers}: ${name}.may must name ${scope} for ${name} to sign it, got ${signer.may.join(", ")}: sign with another key`,
    );
  }
}

/**
 * Signs a release with the identity of a CI job.
 *
 * @param keyless makes and verifies signatures. @default - the public sigstore
 * @throws {pulumi.RunError} when the identity may not sign this release.
 * @throws {Error} when there is no identity, or sigstore cannot be reached.
 */
export async function signAsJob(release: AnyRelease, folder = folderOfReleases(), keyless?: Keyless): Promise<Signature> {
  const { signers } = readSigners(folder);
  const { signKeyless, verifyBundle } = keyless ?? (await import("./sigstore.ts"));
  const text = signedText(release);
  // As it is read back: without classes, and without what JSON leaves out.
  const bundle = JSON.parse(JSON.stringify(await signKeyless(text)));
  const { identity, issuer } = verifyBundle(bundle, text);
  const name = Object.entries(signers).find(
    ([, each]) => each.kind === "sigstore" && each.identity === identity && each.issuer === issuer,
  )?.[0];
  if (name === undefined) {
    throw new pulumi.RunError(
      `${FILES.signers} must name the identity that signs, got nobody with '${identity}' of '${issuer}': add it there with what it may sign`,
    );
  }
  demandRight(name, signers, release);
  return { kind: "sigstore", bundle };
}

/** What makes and verifies signatures without a key. */
export interface Keyless {
  signKeyless: (text: string) => Promise<unknown>;
  verifyBundle: (bundle: unknown, text: string) => { identity: string; issuer: string };
}

/** Who signed a release, or why the signature does not count. */
export type Verdict = { signer: string; problem?: undefined } | { problem: string; signer?: undefined };

/** Checks the signature of a release. */
export async function checkSignature(
  release: AnyRelease & { signature: Signature },
  { signers, keys }: ReturnType<typeof readSigners>,
  keyless?: Pick<Keyless, "verifyBundle">,
): Promise<Verdict> {
  const { signature } = release;
  const found =
    signature.kind === "key"
      ? byKey(signature, signedText(release), keys)
      : byIdentity(signature.bundle, signedText(release), signers, keyless ?? (await import("./sigstore.ts")));
  const signer = found.signer === undefined ? undefined : signers[found.signer];
  const scope = scopeOf(release);
  return signer === undefined || maySign(signer, scope)
    ? found
    : {
        problem: `signature must be of somebody who may sign ${scope}, got ${found.signer}, who may sign ${signer.may.join(", ")}`,
      };
}

function byKey({ signer, value }: Extract<Signature, { kind: "key" }>, text: string, keys: Keys): Verdict {
  const key = keys.get(signer);
  if (key === undefined) {
    const known = [...keys.keys()];
    return {
      problem: `signature.signer must be somebody with a key in ${FILES.signers} (${known.join(", ") || "nobody yet"}), got '${signer}'${suggestion(signer, known)}`,
    };
  }
  return isOver(text, value, key)
    ? { signer }
    : {
        problem: `signature must be ${signer}'s over this release, got one of other bytes or of another key: create and sign it again`,
      };
}

function byIdentity(bundle: unknown, text: string, signers: Signers, { verifyBundle }: Pick<Keyless, "verifyBundle">): Verdict {
  try {
    const { identity, issuer } = verifyBundle(bundle, text);
    const name = Object.entries(signers).find(
      ([, each]) => each.kind === "sigstore" && each.identity === identity && each.issuer === issuer,
    )?.[0];
    return name === undefined
      ? {
          problem: `signature must be of an identity in ${FILES.signers}, got '${identity}' of '${issuer}', whom nobody has named there`,
        }
      : { signer: name };
  } catch (error) {
    return {
      problem: `signature.bundle must be a bundle of sigstore over this release, got one that does not verify (${(error as Error).message}): sign it again`,
    };
  }
}
