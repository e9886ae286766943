import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

const sha256 = (body: Uint8Array): string => createHash("sha256").update(body).digest("base64");

/** An object of the server. `checksum` is what S3 verified when it came. */
export interface FakeObject {
  body: Buffer;
  checksum?: { value: string; type: "FULL_OBJECT" | "COMPOSITE" };
}

/** A server that answers as S3 does. */
export interface S3Server {
  /** Variables with which the SDK reaches it. */
  env: Record<string, string>;
  /** By key; there is one bucket, `models`. */
  objects: Map<string, FakeObject>;
  /** `<method> <path and query>` of every request. */
  requests: string[];
  /** Answers before the server, where it is set; `true` when it has answered. */
  before: { current: ((request: IncomingMessage, response: Parameters<RequestListener>[1]) => boolean) | undefined };
  /** Uploads in parts that have neither been completed nor given up. */
  uploads: Map<string, { key: string; parts: Map<number, Buffer> }>;
  close(): Promise<void>;
}

/**
 * The part of S3 that a store of models uses: lists in pages of 3, reads with ranges, checksums, conditional writes, uploads in parts.
 *
 * It lacks versions, locks, encryption, signatures and rights: it believes everybody.
 */
export async function s3Server(): Promise<S3Server> {
  const objects: S3Server["objects"] = new Map();
  const uploads: S3Server["uploads"] = new Map();
  const requests: string[] = [];
  const before: S3Server["before"] = { current: undefined };
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (before.current?.(request, response)) {
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => void chunks.push(chunk));
    request.on("end", () => {
      const { status, headers = {}, body = "" } = answer(objects, uploads, request, Buffer.concat(chunks));
      response.writeHead(status, headers).end(request.method === "HEAD" ? undefined : body);
    });
  });
  await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
  return {
    env: {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "example",
      AWS_REGION: "eu-north-1",
      AWS_EC2_METADATA_DISABLED: "true",
      // The example credentials are a person's in no file.
      AWS_CONFIG_FILE: "/nonexistent",
      AWS_SHARED_CREDENTIALS_FILE: "/nonexistent",
    },
    objects,
    requests,
    before,
    uploads,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => void server.close(done));
    },
  };
}

interface Answer {
  status: number;
  headers?: Record<string, string | number>;
  body?: string | Buffer;
}

const refusal = (status: number, code: string): Answer => ({
  status,
  headers: { "content-type": "application/xml" },
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}, says the test</Message></Error>`,
});

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function answer(objects: S3Server["objects"], uploads: S3Server["uploads"], request: IncomingMessage, body: Buffer): Answer {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://s3");
  const [, bucket, ...rest] = pathname.split("/").map(decodeURIComponent);
  const key = rest.join("/");
  const { method, headers } = request;
  if (bucket !== "models") {
    return refusal(404, "NoSuchBucket");
  }
  if (method === "GET" && searchParams.get("list-type") === "2") {
    return list(objects, searchParams);
  }
  const id = searchParams.get("uploadId") ?? "";
  if (method === "POST" && searchParams.has("uploads")) {
    const UploadId = `upload-${uploads.size}-${Math.random()}`;
    uploads.set(UploadId, { key, parts: new Map() });
    return {
      status: 200,
      body: `<InitiateMultipartUploadResult><UploadId>${UploadId}</UploadId></InitiateMultipartUploadResult>`,
    };
  }
  const isTaken = headers["if-none-match"] === "*" && objects.has(key);
  if (method === "PUT") {
    if (headers["x-amz-checksum-sha256"] !== sha256(body)) {
      return refusal(400, "BadDigest");
    }
    const part = uploads.get(id);
    if (id !== "" && part === undefined) {
      return refusal(404, "NoSuchUpload");
    }
    if (part) {
      part.parts.set(Number(searchParams.get("partNumber")), body);
    } else if (isTaken) {
      return refusal(412, "PreconditionFailed");
    } else {
      objects.set(key, { body, checksum: { value: sha256(body), type: "FULL_OBJECT" } });
    }
    return { status: 200, headers: { etag: `"${sha256(body)}"`, "x-amz-checksum-sha256": sha256(body) } };
  }
  if (method === "POST") {
    return complete(objects, uploads, id, key, isTaken, body.toString());
  }
  if (method === "DELETE") {
    return uploads.delete(id) ? { status: 204 } : refusal(404, "NoSuchUpload");
  }
  const found = objects.get(key);
  if (found === undefined) {
    // To a role that may list one folder only, S3 does not say that there is none.
    return refusal(403, "AccessDenied");
  }
  const checksum =
    headers["x-amz-checksum-mode"] === "ENABLED" && found.checksum && headers.range === undefined
      ? { "x-amz-checksum-sha256": found.checksum.value, "x-amz-checksum-type": found.checksum.type }
      : {};
  const [, from] = /^bytes=(\d+)-$/.exec(headers.range ?? "") ?? [];
  const content = found.body.subarray(Number(from ?? 0));
  const about = { "content-length": content.length, etag: `"${sha256(found.body)}"`, ...checksum };
  return { status: from === undefined ? 200 : 206, headers: about, body: content };
}

function list(objects: S3Server["objects"], query: URLSearchParams): Answer {
  const after = query.get("continuation-token") ?? "";
  const keys = [...objects.keys()].filter((each) => each.startsWith(query.get("prefix") ?? "") && each > after).toSorted();
  const page = keys.slice(0, Math.min(3, Number(query.get("max-keys") ?? 1_000)));
  const contents = page.map(
    (each) => `<Contents><Key>${escaped(each)}</Key><Size>${objects.get(each)!.body.length}</Size></Contents>`,
  );
  const next =
    keys.length > page.length
      ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${escaped(page.at(-1)!)}</NextContinuationToken>`
      : "<IsTruncated>false</IsTruncated>";
  return { status: 200, body: `<ListBucketResult>${contents.join("")}${next}</ListBucketResult>` };
}

function complete(
  objects: S3Server["objects"],
  uploads: S3Server["uploads"],
  id: string,
  key: string,
  isTaken: boolean,
  body: string,
): Answer {
  const upload = uploads.get(id);
  if (upload === undefined) {
    return refusal(404, "NoSuchUpload");
  }
  if (isTaken) {
    return refusal(412, "PreconditionFailed");
  }
  const said = [...body.matchAll(/<Part>.*?<\/Part>/gs)].map(([part]) => part);
  const parts = said.map((part) => upload.parts.get(Number(/<PartNumber>(\d+)</.exec(part)?.[1])));
  const isRight = parts.every(
    (part, at) => part && said[at]!.includes(`<ChecksumSHA256>${sha256(part)}<`) && /<ETag>/.test(said[at]!),
  );
  if (!isRight || parts.length !== upload.parts.size) {
    return refusal(400, "InvalidPart");
  }
  const composite = sha256(Buffer.concat(parts.map((part) => Buffer.from(sha256(part!), "base64"))));
  objects.set(key, {
    body: Buffer.concat(parts as Buffer[]),
    checksum: { value: `${composite}-${parts.length}`, type: "COMPOSITE" },
  });
  uploads.delete(id);
  return { status: 200, body: "<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>" };
}
