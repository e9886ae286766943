import { rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { checkStack } from "#promotion/state/check";
import type { Deployment } from "#promotion/state/checkpoint";
import { digestOf } from "#promotion/state/layer-state";
import { restorationOf, restore } from "#promotion/state/restore";
import { problemsOf } from "#promotion/state/verify";
import {
  BUCKET,
  bytes,
  checkpoint,
  deployment,
  earlier,
  FULL_NAME,
  KEY,
  plain,
  ROOT,
  type Sample,
  sample,
  secret,
} from "./sample.ts";

const good = bytes(checkpoint());

/** The checkpoint with something changed in its deployment. */
function changed(change: (latest: Required<Deployment>) => void): Buffer {
  const latest = structuredClone(deployment()) as Required<Deployment>;
  change(latest);
  return bytes(checkpoint(latest));
}

/** One bit of the first occurrence of a text, flipped. */
function flipped(text: string, bit = 1): Buffer {
  const copy = Buffer.from(good);
  const at = copy.indexOf(text);
  copy[at] = copy[at]! ^ bit;
  return copy;
}

const KINDS: [string, Buffer | undefined, RegExp][] = [
  ["cut in the middle", good.subarray(0, 300), /^it must be JSON, got a text that ends in the middle$/],
  ["empty", Buffer.alloc(0), /^it is empty$/],
  ["missing", undefined, /platform-dev\.json is missing$/],
  ["a bit flipped in its structure", flipped('"latest"'), /^it must be JSON, got a mistake at line /],
  ["a bit flipped in a key", flipped("resources"), /^it differs from .*history.* and .*backups.*, written with it$/],
  ["a bit flipped in a value", flipped("data-1"), /^it differs from .*history.* and .*backups.*, written with it$/],
  ["JSON of something else", Buffer.from('{"version":3,"deployment":{}}'), /is JSON, but no checkpoint/],
  ["JSON that is no object", Buffer.from("[]"), /is JSON, but no checkpoint/],
  ["of an unknown version", bytes({ ...checkpoint(), version: 9 }), /version must be one of 3, 4, got 9/],
  ["without a resource that another needs", changed((of) => of.resources.splice(2, 1)), /dependency that is missing: .*Key::key/],
  ["without a resource that no other needs", changed((of) => of.resources.pop()), /^it differs from /],
  ["with a resource twice", changed((of) => of.resources.push(of.resources[3]!)), /Bucket::data is there twice/],
  ["in another order", changed((of) => of.resources.reverse()), /parent that comes after it/],
  [
    "of another stack",
    bytes(checkpoint(deployment(), "organization/millrace/platform-prod")),
    /of another stack: .* 'organization\/millrace\/platform-prod'/,
  ],
  [
    "with resources of another stack",
    Buffer.from(good.toString().replaceAll("pulumi:platform-dev", "pulumi:platform-prod")),
    /platform-prod.* is of another stack/,
  ],
  ["older than its history", bytes(checkpoint(earlier())), /^it is older than .*1795995600000000000/],
  ["without who can decrypt it", changed((of) => (of.secrets_providers = {})), /nothing says who can decrypt its 1 secrets/],
  [
    "with a secret in plain text",
    changed((of) => (of.resources[2]!.inputs = { policy: plain() })),
    /1 of its secrets are in plain text/,
  ],
  [
    "with a broken ciphertext",
    changed((of) => (of.resources[2]!.inputs = { policy: secret("{}") })),
    /secrets are no ciphertext/,
  ],
  ["with a manifest of another version", flipped("v3.259.0"), /manifest's digest is not of its version/],
];

async function broken(content: Buffer | undefined): Promise<Sample> {
  const of = await sample();
  if (content === undefined) {
    rmSync(join(of.folder, of.checkpoint));
  } else {
    of.put(of.checkpoint, content);
  }
  return of;
}

describe("a checkpoint", () => {
  it("as Pulumi leaves it has nothing wrong, also compressed, in the middle of an operation, or with no resource yet", async () => {
    expect(await checkStack(await sample())).toEqual({ stack: "platform-dev", absent: false, problems: [], copies: 3 });
    expect(problemsOf(gzipSync(good), FULL_NAME)).toEqual([]);
    expect(problemsOf(bytes(checkpoint(null)), FULL_NAME)).toEqual([]);
    const later = changed((of) => (of.manifest = { ...of.manifest, time: "2026-11-20T10:00:01Z" }));
    expect((await checkStack(await broken(later))).problems).toEqual([]);
    const replaced = changed((of) => of.resources.push({ ...of.resources[3]!, delete: true }));
    expect(problemsOf(replaced, FULL_NAME)).toEqual([]);
  });

  it.each(KINDS)("%s is noticed", async (_, content, problem) => {
    const { problems } = await checkStack(await broken(content));
    expect(problems.join("\n")).toMatch(problem);
  });

  it.each(KINDS)("%s is restored from the newest good copy, and kept beside it", async (_, content) => {
    const of = await broken(content);
    const restoration = await restorationOf(of);
    const aside = await restore(of, restoration!);
    expect(of.text(of.checkpoint)).toBe(good.toString());
    expect(aside === undefined ? undefined : of.text(aside)).toBe(content?.toString());
    expect(await of.files.list(of.locks)).toEqual([]);
    expect((await checkStack(of)).problems).toEqual([]);
  });

  it("that was replaced together with its copies is noticed by a digest that is kept elsewhere", async () => {
    const of = await sample();
    const expected = { digest: digestOf(deployment())!, by: "record 7" };
    expect((await checkStack(of, expected)).problems).toEqual([]);
    of.put(of.checkpoint, bytes(checkpoint(earlier())));
    for (const path of [...(await of.files.list(of.history)), ...(await of.files.list(of.backups))]) {
      of.put(path, bytes(checkpoint(earlier())));
    }
    expect((await checkStack(of)).problems).toEqual([]);
    expect((await checkStack(of, expected)).problems).toEqual([
      expect.stringMatching(/^it is not the state that record 7 names: /),
    ]);
  });

  it("that a person has removed with its history is no problem", async () => {
    const of = await sample();
    rmSync(join(of.folder, of.checkpoint));
    rmSync(join(of.folder, of.history), { recursive: true });
    expect(await checkStack(of)).toMatchObject({ absent: true, problems: [] });
  });

  it("is not restored from copies that are broken as well", async () => {
    const of = await broken(Buffer.alloc(0));
    for (const path of [`${of.checkpoint}.bak`, ...(await of.files.list(of.history)), ...(await of.files.list(of.backups))]) {
      of.put(path, "{");
    }
    expect(await restorationOf(of)).toBeUndefined();
  });

  it("names the resource, and not more than fits on a screen", () => {
    const orphans = changed(
      (of) => (of.resources = [of.resources[0]!, ...Array.from({ length: 9 }, (_, index) => orphan(index))]),
    );
    const problems = problemsOf(orphans, FULL_NAME);
    expect(problems).toHaveLength(6);
    expect(problems.at(-1)).toBe("and 4 more");
  });
});

const orphan = (index: number) => ({
  urn: `${BUCKET}-${index}`,
  type: "aws:s3/bucket:Bucket",
  custom: true,
  id: "x",
  parent: `${ROOT}x`,
  dependencies: [KEY].slice(1),
});
