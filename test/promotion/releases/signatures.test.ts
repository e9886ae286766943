import { generateKeyPairSync } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { checkSignature, type Keyless, readSigners, signAsJob, signWithKey } from "#promotion/releases/signatures";
import { signKeyless, verifyBundle } from "#promotion/releases/sigstore";
import { signedText } from "#stacks/inputs/releases/canonical";
import type { Signature } from "#stacks/inputs/releases/schema";
import { modelReleaseOf, platformReleaseOf, releasesFolder } from "../../harness/releases.ts";
import { type FakeSigstore, fakeSigstore, ISSUER } from "./fake-sigstore.ts";

const pair = () =>
  generateKeyPairSync("ed25519", {
    privateKeyEncoding: { format: "pem", type: "pkcs8" },
    publicKeyEncoding: { format: "pem", type: "spki" },
  });
const [ada, grace] = [pair(), pair()];
const JOB = "https://github.com/acme/ml/.github/workflows/release.yml@refs/heads/main";
const SIGNERS = {
  ada: { kind: "key", may: ["models"], publicKey: ada.publicKey },
  ci: { kind: "sigstore", may: ["models/fraud", "platform"], identity: JOB, issuer: ISSUER },
};
const release = modelReleaseOf();

function folderWith(signers: object, keys: Readonly<Record<string, string>> = {}): string {
  const folder = releasesFolder({ "signers.json": signers });
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(keys)) {
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const signedByAda = (signers: object = SIGNERS): { folder: string; signature: Signature } => {
  const folder = folderWith(signers, { "ada.pem": ada.privateKey });
  return { folder, signature: signWithKey(release, join(folder, "ada.pem"), folder) };
};

const refusal = (act: () => unknown): string => {
  try {
    return `no refusal, ${JSON.stringify(act())}`;
  } catch (error) {
    return (error as Error).message;
  }
};

describe("a signature with a key", () => {
  it("is its owner's, over every value of the release", async () => {
    const { folder, signature } = signedByAda();
    expect(signature).toMatchObject({ kind: "key", signer: "ada" });
    const signers = readSigners(folder);
    expect(await checkSignature({ ...release, signature }, signers)).toEqual({ signer: "ada" });
    for (const key of Object.keys(release)) {
      const other = { ...release, [key]: key === "model" ? "churn" : "x", signature };
      expect((await checkSignature(other, signers)).problem).toBe(
        "signature must be ada's over this release, got one of other bytes or of another key: create and sign it again",
      );
    }
  });

  it.each<[what: string, signature: (own: Signature) => object, signers: object, sentence: string]>([
    [
      "of another key under her name",
      (own) => own,
      { ...SIGNERS, ada: { ...SIGNERS.ada, publicKey: grace.publicKey } },
      "signature must be ada's over this release, got one of other bytes or of another key: create and sign it again",
    ],
    [
      "of somebody unknown",
      (own) => ({ ...own, signer: "adda" }),
      SIGNERS,
      "signature.signer must be somebody with a key in releases/signers.json (ada), got 'adda'. Did you mean 'ada'?",
    ],
    [
      "when nobody may sign",
      (own) => own,
      {},
      "signature.signer must be somebody with a key in releases/signers.json (nobody yet), got 'ada'",
    ],
    [
      "under the name of a job",
      (own) => ({ ...own, signer: "ci" }),
      SIGNERS,
      "signature.signer must be somebody with a key in releases/signers.json (ada), got 'ci'",
    ],
    [
      "of somebody who may not sign it any more",
      (own) => own,
      { ...SIGNERS, ada: { ...SIGNERS.ada, may: ["models/churn", "platform"] } },
      "signature must be of somebody who may sign models/fraud, got ada, who may sign models/churn, platform",
    ],
  ])("does not count: %s", async (_, change, signers, sentence) => {
    const signature = change(signedByAda().signature) as Signature;
    expect(await checkSignature({ ...release, signature }, readSigners(folderWith(signers)))).toEqual({ problem: sentence });
  });

  it.each<[what: string, keys: Record<string, string>, signers: object, sentence: string | RegExp]>([
    [
      "no file",
      {},
      SIGNERS,
      /^'--sign-key' must be a file with an Ed25519 private key in PEM and without a passphrase, got '.*ada.pem', which is not there: openssl genpkey/,
    ],
    [
      "a public key",
      { "ada.pem": ada.publicKey },
      SIGNERS,
      /which is something else: openssl genpkey -algorithm ed25519 makes one$/,
    ],
    ["other text", { "ada.pem": "hello" }, SIGNERS, /which is something else/],
    [
      "a key of RSA",
      {
        "ada.pem": generateKeyPairSync("rsa", {
          modulusLength: 2048,
          privateKeyEncoding: { format: "pem", type: "pkcs8" },
          publicKeyEncoding: { format: "pem", type: "spki" },
        }).privateKey,
      },
      SIGNERS,
      /, a key of type rsa: openssl/,
    ],
    [
      "a key that is nobody's",
      { "ada.pem": grace.privateKey },
      SIGNERS,
      /^'--sign-key' must be the key of a signer in releases\/signers.json, got '.*', which is nobody's: add its public part there/,
    ],
    [
      "a key for other releases",
      { "ada.pem": ada.privateKey },
      { ada: { ...SIGNERS.ada, may: ["platform"] } },
      "releases/signers.json: ada.may must name models/fraud for ada to sign it, got platform: sign with another key",
    ],
  ])("is not made with %s", (_, keys, signers, sentence) => {
    const folder = folderWith(signers, keys);
    expect(refusal(() => signWithKey(release, join(folder, "ada.pem"), folder))).toMatch(sentence);
  });
});

describe("releases/signers.json", () => {
  it.each<[what: string, signers: object, sentence: string | RegExp]>([
    [
      "a private key",
      { ada: { ...SIGNERS.ada, publicKey: ada.privateKey } },
      "releases/signers.json: ada.publicKey must be an Ed25519 public key in PEM, got a private key: it is known now; make a new pair and commit its public part (openssl pkey -pubout)",
    ],
    [
      "other text for a key",
      { ada: { ...SIGNERS.ada, publicKey: "ssh-ed25519 AAAA" } },
      "releases/signers.json: ada.publicKey must be an Ed25519 public key in PEM, got other text: openssl pkey -pubout prints one",
    ],
    [
      "one key for two people",
      { ada: SIGNERS.ada, grace: SIGNERS.ada },
      "releases/signers.json: grace.publicKey must be a key of its own, got that of 'ada': remove one of the two",
    ],
    [
      "nothing to sign",
      { ada: { ...SIGNERS.ada, may: [] } },
      "releases/signers.json: ada.may must name what the signer may sign, got '[]'",
    ],
    [
      "an unknown right",
      { ada: { ...SIGNERS.ada, may: ["everything"] } },
      "releases/signers.json: ada.may[0] must be platform, models, or models/<model>, got 'everything'",
    ],
    [
      "no issuer",
      { ci: { kind: "sigstore", may: ["models"], identity: JOB } },
      "releases/signers.json: ci.issuer must be a URL, got nothing",
    ],
    [
      "an unknown kind",
      { ci: { kind: "gpg", may: ["models"] } },
      "releases/signers.json: ci.kind must be an object whose kind is 'key' or 'sigstore', got 'gpg'",
    ],
    [
      "an unknown key",
      { ada: { ...SIGNERS.ada, until: "2027" } },
      "releases/signers.json: ada.until must be a known key (kind, may, publicKey)",
    ],
  ])("may not have %s", (_, signers, sentence) => {
    const said = refusal(() => readSigners(folderWith(signers)));
    expect(said).toMatch(sentence);
    expect(said).not.toContain(ada.privateKey.split("\n")[1]);
  });
});

describe("a signature of sigstore", () => {
  let sigstore: FakeSigstore;
  let keyless: Keyless;
  beforeAll(async () => {
    sigstore = await fakeSigstore();
    keyless = asJob(JOB);
  });
  afterAll(() => sigstore.close());
  const asJob = (identity: string): Keyless => ({
    signKeyless: (text) => signKeyless(text, sigstore.optionsFor(identity)),
    verifyBundle: (bundle, text) => verifyBundle(bundle, text, sigstore.root),
  });

  it("is made by a job, and verified without its sigstore", async () => {
    const folder = folderWith(SIGNERS);
    for (const each of [release, platformReleaseOf()]) {
      const signature = await signAsJob(each, folder, keyless);
      expect(await checkSignature({ ...each, signature }, readSigners(folder), keyless)).toEqual({ signer: "ci" });
    }
  });

  it("is refused over other bytes, of another identity, of another sigstore, and with keys that sigstore does not know", async () => {
    const folder = folderWith(SIGNERS);
    const signature = (await signAsJob(release, folder, keyless)) as Extract<Signature, { kind: "sigstore" }>;
    const check = async (
      values: object,
      signers: object = SIGNERS,
      own: Signature = signature,
      by: Pick<Keyless, "verifyBundle"> = keyless,
    ) => (await checkSignature({ ...release, ...values, signature: own }, readSigners(folderWith(signers)), by)).problem;
    const broken = /^signature.bundle must be a bundle of sigstore over this release, got one that does not verify \(/;
    expect(await check({ data: "other" })).toMatch(broken);
    expect(await check({}, SIGNERS, { kind: "sigstore", bundle: { ...signature.bundle, more: 1 } })).toMatch(
      /keys that sigstore does not know/,
    );
    expect(await check({}, SIGNERS, { kind: "sigstore", bundle: {} })).toMatch(broken);
    // The public sigstore knows nothing of this one.
    expect(await check({}, SIGNERS, signature, { verifyBundle })).toMatch(broken);
    const named = (identity: string, issuer = ISSUER) => ({ ci: { ...SIGNERS.ci, identity, issuer } });
    const nobody = `signature must be of an identity in releases/signers.json, got '${JOB}' of '${ISSUER}', whom nobody has named there`;
    for (const identity of [".*", JOB.replace("main", "mai"), JOB.slice(0, -1), JOB.replaceAll(".", "?")]) {
      expect(await check({}, named(identity))).toBe(nobody);
    }
    expect(await check({}, named(JOB, "https://gitlab.com"))).toBe(nobody);
    expect(await check({}, { ci: { ...SIGNERS.ci, may: ["models/churn"] } })).toBe(
      "signature must be of somebody who may sign models/fraud, got ci, who may sign models/churn",
    );
  });

  it("is not made for an identity that nobody has named", async () => {
    const other = asJob(JOB.replace("main", "feature"));
    await expect(signAsJob(release, folderWith(SIGNERS), other)).rejects.toThrow(
      /^releases\/signers.json must name the identity that signs, got nobody with '.*@refs\/heads\/feature' of /,
    );
  });

  it("is not verified by a log that has forgotten it", async () => {
    const signature = (await signAsJob(release, folderWith(SIGNERS), keyless)) as Extract<Signature, { kind: "sigstore" }>;
    const without = structuredClone(signature.bundle) as any;
    without.verificationMaterial.tlogEntries = [];
    expect(() => verifyBundle(without, signedText(release), sigstore.root)).toThrow();
  });
});

it("the pinned root of sigstore is the one that its own client carries", () => {
  const seeds = JSON.parse(readFileSync(join(PROJECT_FOLDER, "node_modules/@sigstore/tuf/seeds.json"), "utf8"));
  const [{ targets }] = Object.values(seeds) as [{ targets: Record<string, string> }];
  const root = Buffer.from(targets["trusted_root.json"]!, "base64").toString();
  expect(JSON.parse(readFileSync(join(PROJECT_FOLDER, "promotion/releases/trusted-root.json"), "utf8"))).toEqual(
    JSON.parse(root),
  );
});
