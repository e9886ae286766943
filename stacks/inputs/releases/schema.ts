import * as z from "zod";
import { SHORT_LABEL, SHORT_LABEL_RULE } from "#components/naming";
import { type Runtime, RUNTIMES as runtimes } from "#components/serving/runtimes/runtime";
import { metrics } from "./metrics.ts";

/** Version of a model in the registry: a number, never an alias. */
export const VERSION = /^[1-9]\d{0,17}$/;
/** Id of a platform release: a day, and a number within the day. */
export const PLATFORM_ID = /^\d{4}\.(0[1-9]|1[0-2])\.(0[1-9]|[12]\d|3[01])-[1-9]\d{0,3}$/;

const matching = (form: RegExp, error: string) => z.string().regex(form, { error });

const version = matching(VERSION, "must be a registered version number in quotes");
const platformId = matching(PLATFORM_ID, "must be a day and a number, such as 2026.11.21-1");
const modelName = matching(SHORT_LABEL, `must be ${SHORT_LABEL_RULE}`);
export const hex = matching(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits");
const commit = matching(/^[0-9a-f]{40}$/, "must be a commit of Git, 40 hexadecimal digits");
// No control characters: it is printed.
export const line = matching(
  /^(?=\S)[^\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]{1,200}(?<=\S)$/u,
  "must be one line of text, 1 to 200 characters",
);
export const time = z.iso.datetime({ precision: 0, error: "must be a time in UTC, such as 2026-11-21T09:00:00Z" });

export const signatureOfKey = matching(/^[A-Za-z0-9+/]{85}[AQgw]==$/, "must be an Ed25519 signature, 64 bytes in base64");

const signature = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({
      kind: z.literal("key"),
      /** Name of the signer in `releases/signers.json`. */
      signer: line,
      /** Ed25519 signature, base64. */
      value: signatureOfKey,
    }),
    z.strictObject({
      kind: z.literal("sigstore"),
      /** Bundle of sigstore: certificate, signature and entry of the log. */
      bundle: z.record(z.string(), z.json({ error: "must be JSON" })),
    }),
  ],
  { error: "must be an object whose kind is 'key' or 'sigstore'" },
);

/** An image: repository in the environment's registry, and digest. */
const image = z.strictObject({
  digest: matching(/^sha256:[0-9a-f]{64}$/, "must be sha256: and 64 hexadecimal digits"),
  repository: matching(/^[a-z0-9]+([._/-][a-z0-9]+)*$/, "must be the name of a repository, without a tag"),
});

/** Kinds of programs that serve a model, as `runtime` of a model's entry names them. */
const RUNTIMES = Object.keys(runtimes) as [Runtime["kind"], ...Runtime["kind"][]];

/** A version of a model: what it was made from, how good it is, and the bytes that serve it. Immutable. */
export const modelRelease = z
  .strictObject({
    /** Who released it. */
    author: line,
    /** Commit of the code that trained it. */
    code: commit,
    /** Version of its training data, as the pipeline names it. */
    data: line,
    /** Version of its features, as the feature store names it. */
    features: line,
    /** Image that fetches and verifies the files, where that of the server cannot: the default model server's. Of each runtime but `image`. */
    fetcher: z.optional(image),
    /** Image of the model server. */
    image,
    metrics,
    model: modelName,
    /** Parameters of its training run, by name. @default - they are in the registry of the first environment alone */
    parameters: z.optional(z.record(line, z.string().max(6_000, { error: "must be at most 6,000 characters" }))),
    /** Version that it is meant to replace, by number and digest; `null` for the first. */
    parent: z.nullable(z.strictObject({ digest: hex, version })),
    /** Folder of the version inside the environment's model store. */
    path: matching(/^[\w.-]+(\/[\w.-]+)*$/, "must be a path inside the model store"),
    /** Training run in MLflow. */
    run: matching(/^[0-9a-f]{32}$/, "must be the id of an MLflow run, 32 hexadecimal digits"),
    /** Kind of program that serves it. */
    runtime: z.enum(RUNTIMES, { error: `must be a runtime (${RUNTIMES.join(", ")})` }),
    /** What it means to whoever calls it, such as 1.4.0. @default - nobody has said it */
    semanticVersion: z.optional(matching(/^\d{1,9}(\.\d{1,9}){2}$/, "must be three numbers, such as 1.4.0")),
    /** sha256 over the version's files: what was checked when it was promoted. */
    sha256: hex,
    signature: z.optional(signature),
    /** When it was released. */
    time,
    version,
  })
  .superRefine(({ runtime, fetcher }, context) => {
    if ((runtime === "image") !== (fetcher === undefined)) {
      const message =
        runtime === "image"
          ? "must be left out: an image of the runtime 'image' fetches for itself"
          : `must be given for the runtime '${runtime}', whose own image does not fetch`;
      context.addIssue({ code: "custom", path: ["fetcher"], message });
    }
  });

/** A version of the platform: the program, and digests of what it pins. Immutable. */
export const platformRelease = z.strictObject({
  /** Who released it. */
  author: line,
  /** sha256 over the pinned charts. */
  charts: hex,
  id: platformId,
  /** sha256 over the pinned images. */
  images: hex,
  /** sha256 of package-lock.json. */
  lockfile: hex,
  /** Release before it, by id and digest; `null` for the first. */
  parent: z.nullable(z.strictObject({ digest: hex, id: platformId })),
  /** Commit of the program. */
  program: commit,
  signature: z.optional(signature),
  /** When it was released. */
  time,
});

/** What an environment runs. */
export const pointer = z.strictObject({
  /** Version of each model that it serves. */
  models: z.record(modelName, version),
  /** Id of a platform release. */
  platform: platformId,
});

/** What somebody has a say in: the platform, all models, or one. */
export const subjectPattern = matching(/^(platform|models(\/[a-z][a-z0-9-]*)?)$/, "must be platform, models, or models/<model>");

const may = z.array(subjectPattern).min(1, { error: "must name what the signer may sign" });

/** Who may sign releases, by name. */
export const signers = z.record(
  line,
  z.discriminatedUnion(
    "kind",
    [
      z.strictObject({ kind: z.literal("key"), may, /** Ed25519, PEM. */ publicKey: z.string() }),
      z.strictObject({
        identity: line,
        /** Who vouches for the identity. */ issuer: z.url({ error: "must be a URL" }),
        kind: z.literal("sigstore"),
        may,
      }),
    ],
    { error: "must be an object whose kind is 'key' or 'sigstore'" },
  ),
);

export type ModelRelease = z.infer<typeof modelRelease>;
export type PlatformRelease = z.infer<typeof platformRelease>;
export type Pointer = z.infer<typeof pointer>;
export type Signature = z.infer<typeof signature>;
export type Signers = z.infer<typeof signers>;
