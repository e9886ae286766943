import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { copyModel } from "#promotion/artifacts/copy-model";
import { storeAt } from "#promotion/artifacts/store-at";
import { treeOf } from "#promotion/artifacts/tree-digest";
import { type S3Server, s3Server } from "./s3-server.ts";
import { digestOf, never, sha256, storeWith } from "./trees.ts";

const PATH = "models/fraud/3";
const URL_OF_STORE = "s3://models/a/store?region=eu-north-1";
/** Larger than two parts, and not a multiple of one. */
const LARGE = Buffer.alloc(34 * 2 ** 20, "0123456789abcdef!");
const FILES = { MLmodel: "flavors", "a/large.bin": LARGE, "a/b": "x", "a/ü c": "y", empty: "" };
const sum = digestOf(FILES);

let s3: S3Server;
beforeAll(async () => {
  s3 = await s3Server();
  Object.entries(s3.env).forEach(([name, value]) => vi.stubEnv(name, value));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await s3.close();
});
beforeEach(() => {
  s3.objects.clear();
  s3.requests.length = 0;
  s3.before.current = undefined;
});

const into = async (files: Record<string, string | Buffer> = FILES) =>
  copyModel({
    from: await storeAt(`file://${storeWith(PATH, files)}`),
    to: await storeAt(URL_OF_STORE),
    path: PATH,
    sha256: sum,
  });

const sentenceOf = (copy: Promise<unknown>): Promise<string> =>
  copy.then(
    () => "nothing was refused",
    (error: Error) => error.message,
  );

describe("a copy into S3", () => {
  it("brings every file, small ones whole and large ones in parts", async () => {
    expect(await into()).toMatchObject({ copied: { files: 5 }, skipped: { files: 0 } });
    for (const [path, content] of Object.entries(FILES)) {
      expect(s3.objects.get(`a/store/${PATH}/${path}`)!.body.equals(Buffer.from(content))).toBe(true);
    }
    expect(s3.objects.size).toBe(5);
    expect(s3.requests.filter((line) => line.includes("partNumber"))).toHaveLength(3);
    expect(s3.uploads.size).toBe(0);
  });

  it("that is repeated writes nothing, and reads only what S3 cannot vouch for", async () => {
    await into();
    s3.requests.length = 0;
    expect(await into()).toMatchObject({ copied: { files: 0 }, skipped: { files: 5 } });
    expect(s3.requests.filter((line) => /^(PUT|POST)/.test(line))).toEqual([]);
    expect(s3.requests.filter((line) => /^GET .*x-id=GetObject/.test(line))).toHaveLength(1);
  });

  it("at the same time as another one is one copy, and leaves no parts", async () => {
    const both = await Promise.all([into(), into()]);
    expect(both.reduce((all, { copied }) => all + copied.files, 0)).toBe(5);
    expect(s3.uploads.size).toBe(0);
  });

  it("and out of it again is the same model", async () => {
    await into();
    const [from, back] = [await storeAt(URL_OF_STORE), storeWith(PATH)];
    await copyModel({ from, to: await storeAt(`file://${back}`), path: PATH, sha256: sum });
    expect((await treeOf(await storeAt(`file://${back}`), PATH, never)).sha256).toBe(sum);
  });

  it.each(["MLmodel", "a/large.bin"])("finds a flipped byte in %s of the target, and replaces nothing", async (file) => {
    await into();
    const key = `a/store/${PATH}/${file}`;
    const body = Buffer.from(s3.objects.get(key)!.body);
    body[3]! ^= 1;
    s3.objects.set(key, { body });
    expect(await sentenceOf(into())).toContain(`s3://models/a/store has another '${PATH}/${file}' already`);
    expect(s3.objects.get(key)!.body).toBe(body);
  });

  it.each(["MLmodel", "a/large.bin"])("takes no %s with another content than its digest", async (file) => {
    const store = await storeAt(URL_OF_STORE);
    const other = Buffer.from(FILES[file as keyof typeof FILES]);
    const [size, right] = [other.length, sha256(other)];
    other[size - 1]! ^= 1;
    async function* content() {
      yield other;
    }
    await expect(store.put(`${PATH}/${file}`, content(), { size, sha256: right }, never)).rejects.toThrow(
      file === "MLmodel" ? "cannot be written (BadDigest" : /must arrive in s3:\/\/models with the sha256 \w{64}, got \w{64}$/,
    );
    expect(s3.objects.size).toBe(0);
    expect(s3.uploads.size).toBe(0);
  });

  it("finds a folder that somebody made in the console", async () => {
    s3.objects.set(`a/store/${PATH}/folder/`, { body: Buffer.from("") });
    expect(await sentenceOf(into())).toContain(`the path "folder/" must be names joined by '/'`);
  });

  it("finds a file below another file, which no folder can hold", async () => {
    s3.objects.set(`a/store/${PATH}/a`, { body: Buffer.from("") });
    s3.objects.set(`a/store/${PATH}/a/b`, { body: Buffer.from("") });
    expect(await sentenceOf(into())).toContain(`the path "a/b" must not lie below another file, got "a" too`);
  });
});

describe("S3 that does not work", () => {
  it.each(["PUT", "POST", "GET"])("for one %s is asked again", async (method) => {
    let isFirst = true;
    s3.before.current = (request, response) => {
      if (request.method === method && isFirst) {
        isFirst = false;
        request.resume();
        response.writeHead(503).end();
        return true;
      }
      return false;
    };
    expect(await into()).toMatchObject({ copied: { files: 5 } });
    expect(isFirst).toBe(false);
  });

  it.each(["MLmodel", "a/large.bin?uploadId"])(
    "because somebody else writes %s at the same moment is asked again",
    async (what) => {
      let conflicts = 0;
      s3.before.current = (request, response) => {
        const isIt = request.headers["if-none-match"] === "*" && request.url!.includes(what) && conflicts < 2;
        if (isIt) {
          conflicts += 1;
          request.resume();
          response.writeHead(409, { "content-type": "application/xml" });
          response.end("<Error><Code>ConditionalRequestConflict</Code><Message>not both</Message></Error>");
        }
        return isIt;
      };
      expect(await into()).toMatchObject({ copied: { files: 5 } });
      expect(conflicts).toBe(2);
    },
  );

  it("for a part is given up whole, and the sentence says what is there", async () => {
    s3.before.current = (request, response) => {
      const isPart = request.url!.includes("partNumber=2");
      if (isPart) {
        request.resume();
        response.writeHead(403, { "content-type": "application/xml" });
        response.end("<Error><Code>AccessDenied</Code><Message>not you</Message></Error>");
      }
      return isPart;
    };
    const sentence = await sentenceOf(into());
    expect(sentence).toContain(
      `s3://models/a/store: '${PATH}/a/large.bin' cannot be written (AccessDenied: not you): use credentials that may reach this bucket`,
    );
    expect(sentence).toMatch(
      /\d of 5 files of 'models\/fraud\/3\/' \(0\.0 of 34\.0 MiB\) are in s3:\/\/models\/a\/store, the others are not/,
    );
    expect(s3.uploads.size).toBe(0);
    expect(s3.objects.has(`a/store/${PATH}/a/large.bin`)).toBe(false);
  });

  it("in the middle of a read is read on", async () => {
    await into();
    const cut = new Set<string>();
    s3.before.current = ({ method, url = "", headers }, response) => {
      if (method !== "GET" || !url.includes("large.bin?x-id=GetObject") || headers.range || cut.has(url)) {
        return false;
      }
      cut.add(url);
      response.writeHead(200, {
        "content-length": LARGE.length,
        etag: `"${Buffer.from(sha256(LARGE), "hex").toString("base64")}"`,
      });
      response.write(LARGE.subarray(0, 2 ** 20), () => response.destroy());
      return true;
    };
    expect((await treeOf(await storeAt(URL_OF_STORE), PATH, never)).sha256).toBe(sum);
    expect(cut.size).toBe(1);
    expect(s3.requests.some((line) => line.includes("large"))).toBe(true);
  });

  it("because the bucket is not there is answered in one sentence", async () => {
    const store = await storeAt("s3://nothing-there?region=eu-north-1");
    expect(await sentenceOf(treeOf(store, PATH, never))).toBe(
      `s3://nothing-there: '${PATH}/' cannot be listed (NoSuchBucket: NoSuchBucket, says the test)`,
    );
  });

  it("because there is no such profile is answered in one sentence", async () => {
    const store = await storeAt(URL_OF_STORE, { profile: "nobody" });
    expect(await sentenceOf(treeOf(store, PATH, never))).toMatch(
      /cannot be listed with the profile 'nobody' \(CredentialsProviderError: .*\): log in again, or name a profile that works$/,
    );
  });
});
