import type { ListObjectVersionsCommandOutput, S3ClientConfig, S3ServiceException } from "@aws-sdk/client-s3";
import { MachineError } from "#toolchain/errors";
import type { Place } from "./place.ts";
import type { Entry, Store } from "./store.ts";

type Bucket = Extract<Place, { kind: "bucket" }>;

/**
 * A ledger in a bucket of S3 that keeps versions. `If-None-Match: *` lets one of several writers win, but S3 takes it also where a text was
 * deleted: so every version of every key is listed, and whatever has more than one was not written by a ledger.
 */
export function s3Store(place: Bucket): Store {
  const { bucket: Bucket, prefix } = place;
  const base = prefix === "" ? "" : `${prefix}/`;
  let started: Promise<Sdk> | undefined;
  const sdk = (): Promise<Sdk> => (started ??= start(place));

  return {
    async list(below) {
      const { client, ListObjectVersionsCommand } = await sdk();
      const found = new Map<string, { versions: number; deletions: number }>();
      let next: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
      while (next !== undefined) {
        const question = new ListObjectVersionsCommand({ Bucket, Prefix: base + below, ...next });
        const page: ListObjectVersionsCommandOutput = await answer(place, client.send(question));
        const count = (key: string, what: "versions" | "deletions"): void => {
          const counts = found.get(key) ?? { versions: 0, deletions: 0 };
          counts[what]++;
          found.set(key, counts);
        };
        page.Versions?.forEach(({ Key = "" }) => count(Key, "versions"));
        page.DeleteMarkers?.forEach(({ Key = "" }) => count(Key, "deletions"));
        next = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined;
      }
      return [...found]
        .map(([key, counts]): Entry => ({ key: key.slice(base.length), ...faultOf(counts) }))
        .sort((one, other) => (one.key < other.key ? -1 : 1));
    },

    async read(key) {
      const { client, GetObjectCommand } = await sdk();
      const read = async () =>
        (await client.send(new GetObjectCommand({ Bucket, Key: base + key }))).Body?.transformToByteArray();
      return answer(place, read(), "NoSuchKey");
    },

    async putNew(key, text) {
      const { client, PutObjectCommand } = await sdk();
      const request = { Bucket, Key: base + key, Body: text, ContentType: "application/json", IfNoneMatch: "*" };
      for (let trial = 1; ; trial++) {
        try {
          await client.send(new PutObjectCommand(request));
          return true;
        } catch (error) {
          const { name, $metadata } = error as S3ServiceException;
          // Two writers at one moment: S3 lets neither win, and asks both to try again.
          if (name === "ConditionalRequestConflict" && trial < CONFLICTS) {
            continue;
          }
          if (name !== "PreconditionFailed") {
            throw refusal(place, error);
          }
          // An answer that was lost on its way makes the client ask again: what is there may be ours.
          const mayBeOurs = trial > 1 || ($metadata.attempts ?? 1) > 1;
          return mayBeOurs && Buffer.from((await this.read(key)) ?? "").equals(Buffer.from(text));
        }
      }
    },
  };
}

const CONFLICTS = 20;

type Sdk = Awaited<ReturnType<typeof start>>;

/** The SDK is loaded with the first question: it takes as long as the rest of the command line. */
async function start({ region, endpoint }: Bucket) {
  const { GetObjectCommand, ListObjectVersionsCommand, PutObjectCommand, S3Client } = await import("@aws-sdk/client-s3");
  const config: S3ClientConfig = {
    region,
    maxAttempts: 5,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 20_000, throwOnRequestTimeout: true },
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
  };
  return { client: new S3Client(config), GetObjectCommand, ListObjectVersionsCommand, PutObjectCommand };
}

function faultOf({ versions, deletions }: { versions: number; deletions: number }): Pick<Entry, "fault"> {
  if (deletions > 0) {
    return { fault: "must never be deleted, got a delete marker" };
  }
  return versions > 1 ? { fault: `must never be written over, got ${versions} versions` } : {};
}

/** What the call gives; `undefined` where S3 says that there is no such thing. */
async function answer<T>(place: Bucket, call: Promise<T>, nothing?: string): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (nothing !== undefined && (error as Error).name === nothing) {
      return undefined as T;
    }
    throw refusal(place, error);
  }
}

function refusal({ bucket, prefix, region }: Bucket, error: unknown): MachineError {
  const { name, message } = error as Error;
  const where = `s3://${bucket}/${prefix}?region=${region}`;
  return new MachineError(
    `The ledger ${where} does not answer: ${name}${message && message !== name ? `, ${message}` : ""}.`,
    REMEDIES.find(({ of }) => of.test(name))?.remedy ?? "Check the network, and try again.",
  );
}

const REMEDIES = [
  { of: /^NoSuchBucket$/, remedy: "Correct the bucket's name, or make the bucket." },
  { of: /^(PermanentRedirect|AuthorizationHeaderMalformed)$/, remedy: "Correct the region: the bucket lies in another one." },
  { of: /Credential|Token|Expired|SSO/, remedy: "Sign in to AWS: aws sso login, or the role of the CI job." },
  { of: /AccessDenied|Forbidden|403/, remedy: "Ask for the rights on the ledger's bucket and its key." },
];
