import { generateKeyPairSync } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { approve } from "#promotion/approvals/files";
import { readModelRelease } from "#stacks/inputs/releases/read";
import { modelReleaseOf, releasesFolder } from "../harness/releases.ts";
import { NOW } from "./facts.ts";

export const pair = () =>
  generateKeyPairSync("ed25519", {
    privateKeyEncoding: { format: "pem", type: "pkcs8" },
    publicKeyEncoding: { format: "pem", type: "spki" },
  });

export const KEYS = { ada: pair(), grace: pair(), linus: pair() };
type Name = keyof typeof KEYS;

export const SIGNERS = {
  ada: { kind: "key", may: ["models"], publicKey: KEYS.ada.publicKey },
  ci: { kind: "sigstore", may: ["models"], identity: "https://ci", issuer: "https://ci.test" },
  "grace-key": { kind: "key", may: ["platform"], publicKey: KEYS.grace.publicKey },
  "linus-key": { kind: "key", may: ["platform"], publicKey: KEYS.linus.publicKey },
};

export const PROMOTION = {
  approvers: { prod: { models: ["ada", "grace"], platform: ["grace"] }, staging: { "models/fraud": ["grace"] } },
  freezes: [
    {
      environments: ["prod"],
      from: "2026-12-24T00:00:00Z",
      reason: "holidays",
      subjects: ["models"],
      until: "2027-01-02T00:00:00Z",
    },
  ],
  ledger: "s3://records/millrace?region=eu-north-1",
  people: {
    ada: { authors: ["Ada", "ada@example.com"], github: "ada-gh", key: "ada" },
    grace: { authors: ["Grace"], gitlab: "grace", key: "grace-key" },
    linus: { authors: ["Linus"], key: "linus-key" },
    tom: { authors: ["Tom"] },
  },
};

/** A folder of releases, in which Ada has released version 4, with the keys of everybody. */
export function folderOf(files: Readonly<Record<string, unknown>> = {}): string {
  const folder = releasesFolder({
    "models/fraud/4.json": modelReleaseOf("fraud", "4", { author: "Ada <ada@example.com>" }),
    "signers.json": SIGNERS,
    "promotion.json": PROMOTION,
    ...files,
  });
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, { privateKey }] of Object.entries(KEYS)) {
    writeFileSync(join(folder, `.${name}.pem`), privateKey);
  }
  return folder;
}

/** Somebody's approval of version 4. @returns its file. */
export const approvedBy = (name: Name, folder: string, rest: object = {}): string =>
  approve(
    {
      environment: "prod",
      release: { kind: "model", file: "", release: readModelRelease("fraud", "4", folder) },
      keyFile: join(folder, `.${name}.pem`),
      now: NOW,
      ...rest,
    },
    folder,
  ).file;

/** What refuses something. */
export function refusal(act: () => unknown): string {
  try {
    return `no refusal: ${JSON.stringify(act())}`;
  } catch (error) {
    return (error as Error).message;
  }
}
