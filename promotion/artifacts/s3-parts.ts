import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { CompletedPart, S3Client } from "@aws-sdk/client-s3";
import { ArtifactError } from "./artifact-error.ts";

/** Largest file that goes in one request, and smallest part of a larger one. */
export const PART_BYTES = 16 * 1024 * 1024;

/** S3 takes no more parts of one object (S3 user guide, "Multipart upload limits"). */
const MOST_PARTS = 10_000;

/** Parts of one file that are under way at one time: each is held in memory, so that it can be sent again. */
const AT_ONCE = 3;

/** A file on its way into a bucket. */
export interface PartUpload {
  sdk: typeof import("@aws-sdk/client-s3");
  client: S3Client;
  object: { Bucket: string; Key: string };
  size: number;
  /** 64 hexadecimal digits. */
  sha256: string;
}

/**
 * Puts a large file in parts, each verified by S3. The object appears with the last request, which is sent only when the digest of all
 * that was read is the right one. A failed upload is given up, and leaves nothing.
 */
export async function putInParts(
  upload: PartUpload,
  content: AsyncIterable<Uint8Array>,
  abortSignal: AbortSignal,
): Promise<void> {
  const { sdk, client, object, size, sha256 } = upload;
  const create = new sdk.CreateMultipartUploadCommand({ ...object, ChecksumAlgorithm: "SHA256", ChecksumType: "COMPOSITE" });
  const { UploadId } = await client.send(create, { abortSignal });
  const stop = new AbortController();
  const signal = AbortSignal.any([abortSignal, stop.signal]);
  const under = new Set<Promise<void>>();
  try {
    const parts: CompletedPart[] = [];
    const whole = createHash("sha256");
    for await (const Body of inParts(content, partSize(size))) {
      whole.update(Body);
      const PartNumber = parts.length + 1;
      const ChecksumSHA256 = createHash("sha256").update(Body).digest("base64");
      const part: CompletedPart = { PartNumber, ChecksumSHA256 };
      parts.push(part);
      const command = new sdk.UploadPartCommand({ ...object, UploadId, PartNumber, Body, ChecksumSHA256 });
      const sent: Promise<void> = client.send(command, { abortSignal: signal }).then(({ ETag }) => {
        part.ETag = ETag;
        under.delete(sent);
      });
      // Awaited below; a failure meanwhile is no unhandled one.
      sent.catch(() => undefined);
      under.add(sent);
      if (under.size >= AT_ONCE) {
        await Promise.race(under);
      }
    }
    await Promise.all(under);
    const got = whole.digest("hex");
    if (got !== sha256) {
      throw new ArtifactError(`'${object.Key}' must arrive in s3://${object.Bucket} with the sha256 ${sha256}, got ${got}`);
    }
    const complete = { ...object, UploadId, MultipartUpload: { Parts: parts }, IfNoneMatch: "*" };
    await oneOfTwo(abortSignal, () => client.send(new sdk.CompleteMultipartUploadCommand(complete), { abortSignal }));
  } catch (error) {
    stop.abort();
    await Promise.allSettled(under);
    // Where this fails too, the bucket's lifecycle removes the parts.
    await client.send(new sdk.AbortMultipartUploadCommand({ ...object, UploadId })).catch(() => undefined);
    throw error;
  }
}

/** Milliseconds between attempts where two write one object at one moment. */
const CONFLICTS = [200, 500, 1_000, 2_000, 4_000];

/** Writes an object that must not be there yet. S3 may let neither of two writers win, and asks both to try again. */
export async function oneOfTwo(signal: AbortSignal, write: () => Promise<unknown>): Promise<void> {
  for (const pause of CONFLICTS) {
    try {
      await write();
      return;
    } catch (error) {
      if ((error as Error).name !== "ConditionalRequestConflict") {
        throw error;
      }
      await sleep(pause * (0.5 + Math.random() / 2), undefined, { signal });
    }
  }
  await write();
}

const partSize = (size: number): number => Math.max(PART_BYTES, Math.ceil(size / MOST_PARTS));

/** The content in pieces of one size; the last may be shorter. */
async function* inParts(content: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Buffer> {
  let chunks: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of content) {
    for (let at = 0; at < chunk.length; ) {
      const piece = chunk.subarray(at, at + size - held);
      chunks.push(piece);
      held += piece.length;
      at += piece.length;
      if (held === size) {
        yield Buffer.concat(chunks);
        [chunks, held] = [[], 0];
      }
    }
  }
  if (held > 0) {
    yield Buffer.concat(chunks);
  }
}
