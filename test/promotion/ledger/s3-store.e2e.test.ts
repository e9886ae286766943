import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { LedgerBroken } from "#promotion/ledger/errors";
import { openLedger } from "#promotion/ledger/ledger";
import { MachineError } from "#toolchain/errors";
import { CREDENTIALS, type Moto, startMoto } from "./moto/server.ts";
import { appendTogether, racePairs } from "./races.ts";
import { begin, done, fraud, hour, word } from "./records.ts";

let moto: Moto;
beforeAll(async () => {
  moto = await startMoto();
  for (const [key, value] of Object.entries(CREDENTIALS)) {
    vi.stubEnv(key, value);
  }
});
afterAll(() => {
  vi.unstubAllEnvs();
  moto.stop();
});

/** What a call throws. */
const errorOf = async (call: Promise<unknown>): Promise<Error> =>
  call.then(
    () => new Error("nothing"),
    (error: unknown) => error as Error,
  );

it("keeps records below its prefix, one object each", async () => {
  const url = await moto.ledger("plain");
  const ledger = openLedger(url);
  expect(await ledger.records("prod")).toEqual([]);
  const first = await ledger.appendAfter(undefined, begin(hour(9), [fraud(null, "3")], { reason: "später" }));
  const second = await ledger.append(done(hour(10), 1));
  expect(await openLedger(url).records("prod")).toEqual([first, second]);
  const { Contents } = await moto.client.send(new ListObjectsV2Command({ Bucket: "plain" }));
  expect(Contents?.map(({ Key }) => Key)).toEqual(["base/prod/00000001.json", "base/prod/00000002.json"]);
});

it("reads more records than S3 lists in one answer", async () => {
  const url = await moto.ledger("long");
  const ledger = openLedger(url);
  for (let each = 0; each < 1_100; each++) {
    await ledger.append(word(hour(9), "hold", `models/m${each}`));
  }
  expect(await openLedger(url).records("prod")).toHaveLength(1_100);
});

it("finds what was deleted, and what was deleted and written again", async () => {
  const url = await moto.ledger("changed");
  const ledger = openLedger(url);
  await ledger.append(word(hour(9), "hold"));
  await ledger.append(word(hour(10), "resume"));
  const Key = "base/prod/00000002.json";
  await moto.client.send(new DeleteObjectCommand({ Bucket: "changed", Key }));
  expect(await errorOf(openLedger(url).records("prod"))).toMatchObject({
    problems: ["prod/00000002.json must never be deleted, got a delete marker"],
  });
  await moto.client.send(new PutObjectCommand({ Bucket: "changed", Key, Body: "{}", IfNoneMatch: "*" }));
  const problems = ((await errorOf(openLedger(url).records("prod"))) as LedgerBroken).problems;
  expect(problems[0]).toBe("prod/00000002.json must never be deleted, got a delete marker");
  expect((await openLedger(url).verify()).chains[2]!.problems).toEqual(problems);
});

it("finds what was written over", async () => {
  const url = await moto.ledger("over");
  await openLedger(url).append(word(hour(9), "hold"));
  await moto.client.send(new PutObjectCommand({ Bucket: "over", Key: "base/prod/00000001.json", Body: "{}" }));
  const error = await errorOf(openLedger(url).records("prod"));
  expect(error).toBeInstanceOf(LedgerBroken);
  expect(error.message).toContain("prod/00000001.json must never be written over, got 2 versions");
});

it("of 50 pairs of processes that begin at one moment, exactly one wins each time", async () =>
  racePairs(await moto.ledger("pairs"), 50));

it("six processes that append 20 records each give each its own number", async () =>
  appendTogether(await moto.ledger("together"), 6, 20));

it("says in a sentence what S3 refuses", async () => {
  const at = (place: string): string => `s3://${place}?region=eu-west-1&endpoint=${encodeURIComponent(moto.endpoint)}`;
  const error = await errorOf(openLedger(at("nowhere/base")).records("prod"));
  expect(error).toBeInstanceOf(MachineError);
  expect(error.message).toBe(
    "The ledger s3://nowhere/base?region=eu-west-1 does not answer: NoSuchBucket, The specified bucket does not exist. Correct the bucket's name, or make the bucket.",
  );
  const silent = await errorOf(openLedger("s3://x-y/z?region=eu-west-1&endpoint=http%3A%2F%2F127.0.0.1%3A9").records("prod"));
  expect(silent).toBeInstanceOf(MachineError);
  expect(silent.message).toMatch(
    /^The ledger s3:\/\/x-y\/z\?region=eu-west-1 does not answer: .*ECONNREFUSED.* Check the network, and try again\.$/,
  );
});

/** A way to S3 on which the first answer to each write is lost: the write itself is done. */
async function lossyWay(): Promise<{ server: Server; endpoint: string; lost: string[] }> {
  const lost: string[] = [];
  const hand = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const headers = { ...request.headers } as Record<string, string>;
    delete headers["transfer-encoding"];
    const body = Buffer.concat(chunks);
    const answer = await fetch(`${moto.endpoint}${request.url}`, {
      method: request.method!,
      headers: Object.fromEntries(
        Object.entries(headers).filter(([name]) => !["host", "connection", "expect", "content-length"].includes(name)),
      ),
      ...(body.length > 0 && { body }),
    });
    if (request.method === "PUT" && !lost.includes(request.url!)) {
      lost.push(request.url!);
      response.destroy();
      return;
    }
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  };
  const server = createServer((request, response) => void hand(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, lost };
}

it("knows its own record again when the answer to its write was lost", async () => {
  await moto.ledger("lossy");
  const { server, endpoint, lost } = await lossyWay();
  try {
    const ledger = openLedger(`s3://lossy?region=eu-west-1&endpoint=${encodeURIComponent(endpoint)}`);
    const first = await ledger.appendAfter(undefined, begin(hour(9), [fraud(null, "3")]));
    const second = await ledger.append(done(hour(10), 1));
    expect(lost).toHaveLength(2);
    expect(await ledger.records("prod")).toEqual([first, second]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
