import { createHash, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { fulcioHandler, type HandlerFn, initializeCA, initializeCTLog, initializeTLog, rekorHandler } from "@sigstore/mock";
import type { SignOptions } from "sigstore";

/** A sigstore of its own, on this machine: certificates, their log, and the log of signatures. */
export interface FakeSigstore {
  /** Trusted root with which its signatures verify. */
  root: object;
  /** Options with which a job with this identity signs there. */
  optionsFor: (identity: string) => SignOptions;
  close: () => void;
}

/** Who vouches for its identities. */
export const ISSUER = "https://token.actions.githubusercontent.com";

/** Its log by name: the name stands in what the log signs. */
const LOG = "https://log.sigstore.mock";

const base64 = (bytes: ArrayBufferView): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");

export async function fakeSigstore(): Promise<FakeSigstore> {
  const [forCa, forCtLog, forLog] = [1, 2, 3].map(() => generateKeyPairSync("ec", { namedCurve: "P-256" }));
  const ctLog = await initializeCTLog(forCtLog!);
  const ca = await initializeCA(forCa!, ctLog);
  const log = await initializeTLog(LOG, forLog!);
  const handlers = [fulcioHandler(ca), rekorHandler(log)];
  const server = createServer((request, answer) => {
    const found = handlers.find(({ path }) => path === request.url);
    void text(request)
      .then((body) => answerOf(found?.fn, body))
      .then(({ statusCode, response, contentType }) =>
        answer.writeHead(statusCode, { "content-type": contentType ?? "text/plain" }).end(response),
      );
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const validFor = { start: "2020-01-01T00:00:00Z" };
  const logOf = (rawBytes: Buffer, keyId: string) => ({
    baseUrl: LOG,
    hashAlgorithm: "SHA2_256",
    logId: { keyId },
    publicKey: { keyDetails: "PKIX_ECDSA_P256_SHA_256", rawBytes: rawBytes.toString("base64"), validFor },
  });
  return {
    root: {
      mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      certificateAuthorities: [
        {
          certChain: { certificates: [{ rawBytes: base64(ca.rootCertificate) }] },
          subject: { commonName: "sigstore", organization: "sigstore.mock" },
          uri: url,
          validFor,
        },
      ],
      ctlogs: [logOf(ctLog.publicKey, base64(ctLog.logID))],
      tlogs: [logOf(log.publicKey, createHash("sha256").update(log.publicKey).digest("base64"))],
      timestampAuthorities: [],
    },
    optionsFor: (identity) => ({ fulcioURL: url, rekorURL: url, identityToken: tokenOf(identity), retry: false }),
    close: () => void server.close(),
  };
}

const answerOf = async (handler: HandlerFn | undefined, body: string): ReturnType<HandlerFn> =>
  handler === undefined ? { statusCode: 404, response: "" } : handler(body);

/** What CI hands to its job. The fake asks for no signature on it. */
const tokenOf = (sub: string): string =>
  [{ alg: "none" }, { sub, iss: ISSUER, aud: "sigstore" }, ""]
    .map((part) => Buffer.from(part === "" ? "x" : JSON.stringify(part)).toString("base64url"))
    .join(".");
