// The bucket against a server that answers as S3 does.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bucketFiles } from "#promotion/state/bucket";
import { checkStack } from "#promotion/state/check";
import type { Files } from "#promotion/state/files";
import { holding, locksIn } from "#promotion/state/lock";
import { restorationOf, restore } from "#promotion/state/restore";
import { stackFiles } from "#promotion/state/stack-files";
import { bytes, checkpoint, STACK } from "./sample.ts";

interface Stored {
  id: string;
  content: Buffer;
}

/** A versioned bucket: every key with its versions, newest first; `undefined` content where it was deleted. */
function fakeBucket(objects: Map<string, (Stored | undefined)[]>) {
  let count = 0;
  const xml = (name: string, content: string): string => `<?xml version="1.0"?><${name}>${content}</${name}>`;
  return createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://fake");
    const key = decodeURIComponent(pathname).replace(/^\/state\/?/, "");
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const versions = objects.get(key) ?? [];
      const prefix = searchParams.get("prefix") ?? "";
      if (searchParams.has("versions") && prefix.endsWith("hidden.json")) {
        response.writeHead(403).end(xml("Error", "<Code>AccessDenied</Code>"));
        return;
      }
      if (request.method === "PUT") {
        count += 1;
        objects.set(key, [{ id: `v${count}`, content: Buffer.concat(chunks) }, ...versions]);
        response.end();
      } else if (request.method === "DELETE") {
        objects.set(key, [undefined, ...versions]);
        response.writeHead(204).end();
      } else if (searchParams.has("versions")) {
        const all = [...objects].filter(([name]) => name.startsWith(prefix));
        const entries = all.flatMap(([name, of]) =>
          of.flatMap((each) =>
            each === undefined
              ? []
              : [
                  `<Version><Key>${name}</Key><VersionId>${each.id}</VersionId><LastModified>2026-11-20T10:00:00.000Z</LastModified></Version>`,
                ],
          ),
        );
        response.end(xml("ListVersionsResult", entries.join("")));
      } else if (searchParams.has("list-type")) {
        const names = [...objects].filter(
          ([name, of]) => name.startsWith(prefix) && of[0] !== undefined && !name.slice(prefix.length).includes("/"),
        );
        // One a page.
        const from = Number(searchParams.get("continuation-token") ?? 0);
        const more = from + 1 < names.length ? `<NextContinuationToken>${from + 1}</NextContinuationToken>` : "";
        response.end(
          xml(
            "ListBucketResult",
            names
              .slice(from, from + 1)
              .map(([name]) => `<Contents><Key>${name}</Key></Contents>`)
              .join("") + more,
          ),
        );
      } else {
        const wanted = searchParams.get("versionId");
        const found = wanted === null ? versions[0] : versions.find((each) => each?.id === wanted);
        if (found === undefined) {
          response.writeHead(404).end(xml("Error", "<Code>NoSuchKey</Code>"));
        } else {
          response.end(found.content);
        }
      }
    });
  });
}

describe("a bucket", () => {
  const objects = new Map<string, (Stored | undefined)[]>();
  const server = fakeBucket(objects);
  let files: Files;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    process.env["AWS_ACCESS_KEY_ID"] = "test";
    process.env["AWS_SECRET_ACCESS_KEY"] = "test";
    files = bucketFiles(`s3://state/team/a?region=eu-west-1&endpoint=http://127.0.0.1:${port}&s3ForcePathStyle=true`);
  });
  afterAll(() => {
    server.close();
    delete process.env["AWS_ACCESS_KEY_ID"];
    delete process.env["AWS_SECRET_ACCESS_KEY"];
  });

  it("lists, reads, writes and removes below its prefix, over pages", async () => {
    await files.write("x/a.json", "1");
    await files.write("x/b.json", "2");
    await files.write("x/y/c.json", "3");
    expect([...objects.keys()]).toContain("team/a/x/a.json");
    expect(await files.list("x")).toEqual(["x/a.json", "x/b.json"]);
    expect((await files.read("x/b.json"))?.toString()).toBe("2");
    expect(await files.read("x/none.json")).toBeUndefined();
    await files.remove("x/a.json");
    expect(await files.list("x")).toEqual(["x/b.json"]);
    expect(await files.versions("x/hidden.json")).toEqual([]);
  });

  it("restores a broken state from the version before it, and holds the lock meanwhile", async () => {
    const of = await stackFiles(files, "millrace", STACK);
    await files.write(of.checkpoint, bytes(checkpoint()));
    await files.write(`${of.checkpoint}.bak`, "{");
    await files.write(of.checkpoint, "{");
    expect((await checkStack(of)).problems).toEqual([expect.stringMatching(/^it must be JSON, got /)]);
    const restoration = await restorationOf(of);
    expect(restoration?.text).toMatch(/^version v\d+ of 2026-11-20T10:00:00.000Z of .*, with 4 resources$/);
    await holding(files, of.locks, async () => {
      expect(await locksIn(files, of.locks)).toHaveLength(1);
      await expect(restore(of, restoration!)).rejects.toThrow(/^the state is locked by /);
    });
    await restore(of, restoration!);
    expect(await files.read(of.checkpoint)).toEqual(bytes(checkpoint()));
    expect(await locksIn(files, of.locks)).toEqual([]);
  });
});
