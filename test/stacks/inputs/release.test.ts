import { rmSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, onTestFinished } from "vitest";
import { readRelease } from "#stacks/inputs/release";
import { canonicalText } from "#stacks/inputs/releases/canonical";
import type { ModelRelease } from "#stacks/inputs/releases/schema";
import { asParent, modelReleaseOf, platformReleaseOf, pointerOf, releasesFolder, releaseText } from "../../harness/releases.ts";

const FIRST = modelReleaseOf();
const SECOND = modelReleaseOf("fraud", "4", { parent: asParent(FIRST) });
const IMAGE = `sha256:${"0".repeat(64)}`;
const GOOD: Readonly<Record<string, unknown>> = {
  "models/fraud/3.json": FIRST,
  "models/fraud/4.json": SECOND,
  "environments/dev.json": pointerOf({ fraud: "4" }),
};

/** What dev runs where some files have another content. */
function read(files: Readonly<Record<string, unknown>>): unknown {
  const folder = releasesFolder({ ...GOOD, ...files });
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return readRelease("dev", folder);
}

/** What is said where dev cannot run what the files say. */
function refusalOf(files: Readonly<Record<string, unknown>>): string {
  try {
    return `read: ${JSON.stringify(read(files))}`;
  } catch (error) {
    return pulumi.RunError.isInstance(error) ? error.message : String((error as Error).stack);
  }
}

/** The newer release with some values changed; `undefined` removes. */
const changed = (values: object): object => ({ ...SECOND, ...values });
const ofSecond = (values: object) => ({ "models/fraud/4.json": changed(values) });
const ofPointer = (content: unknown) => ({ "environments/dev.json": content });
const ofPlatform = (values: object) => ({ "platform/2026.11.21-1.json": { ...platformReleaseOf(), ...values } });

const P = "releases/environments/dev.json";
const F = "releases/models/fraud/4.json";
const PLATFORM = "releases/platform/2026.11.21-1.json";
const CANONICAL =
  "must be canonical JSON (sorted keys, two spaces a level, one newline at the end), got another form: npx millrace release format writes it so";
const HEX = "must be 64 hexadecimal digits";
const TIME = "must be a time in UTC, such as 2026-11-21T09:00:00Z";
const LINE = "must be one line of text, 1 to 200 characters";
const NUMBER = "must be a registered version number in quotes";
const DAY = "must be a day and a number, such as 2026.11.21-1";
const RUN = "must be the id of an MLflow run, 32 hexadecimal digits";
const COMMIT = "must be a commit of Git, 40 hexadecimal digits";
const SIGNATURE = "must be an object whose kind is 'key' or 'sigstore'";
const LABEL = "lower-case letters, digits and hyphens, beginning with a letter, at most 40 characters";
const gitDiff = (file: string): string => `correct it there (git diff ${file} shows what has changed)`;
const text = releaseText("models/fraud/4.json", SECOND);
const pointer = releaseText("environments/dev.json", pointerOf({ fraud: "4" }));

describe("what an environment runs", () => {
  it("is a platform release and a version of each model, whatever else there is", () => {
    const other = modelReleaseOf("churn", "1", { sha256: SECOND.sha256 });
    const files = {
      "models/churn/1.json": other,
      "models/churn/2.json": "broken, and run by nobody here",
      "models/fraud/.4.json.swp": "{",
      "models/fraud/README.md": "#",
    };
    expect(read(files)).toEqual({ platform: "2026.11.21-1", models: { fraud: SECOND } });
    expect(read(ofPointer(pointerOf({})))).toEqual({ platform: "2026.11.21-1", models: {} });
  });

  it("is the same in a checkout with the line ends of Windows", () => {
    const windows = (content: string): string => content.replaceAll("\n", "\r\n");
    const files = { ...ofPointer(windows(pointer)), "models/fraud/4.json": windows(text) };
    expect(read(files)).toEqual({ platform: "2026.11.21-1", models: { fraud: SECOND } });
  });

  it.each<[what: string, files: Readonly<Record<string, unknown>>, sentence: string]>([
    // The pointer.
    [
      "no pointer",
      ofPointer(undefined),
      `${P} must be a file that says what the environment runs, got nothing: write {"models": {"<model>": "<version>"}, "platform": "<id>"}`,
    ],
    ["an empty pointer", ofPointer(""), `${P} must be JSON, got an empty file: ${gitDiff(P)}`],
    ["a pointer that is a list", ofPointer("[]\n"), `${P}: must be an object, got '[]'`],
    ["a pointer that is null", ofPointer("null\n"), `${P}: must be an object, got 'null'`],
    [
      "marks of a conflict",
      ofPointer(pointer.replace('    "fraud', '<<<<<<< HEAD\n    "fraud')),
      `${P} must be JSON, got a mistake at line 3, column 1: ${gitDiff(P)}`,
    ],
    [
      "a model twice",
      ofPointer(pointer.replace('"fraud": "4"', '"fraud": "3",\n\n    "fraud": "4"')),
      `${P}:5: fraud must stand in its object once, got it twice: remove one of the two`,
    ],
    [
      "a hidden key",
      ofPointer('{"models": {"__proto__": "4"}, "platform": "2026.11.21-1"}'),
      `${P} must have no key '__proto__', got one: remove it, nothing reads it`,
    ],
    ["no models", ofPointer({ platform: "2026.11.21-1" }), `${P}: models must be an object, got nothing`],
    [
      "a list of models",
      ofPointer({ models: ["fraud"], platform: "2026.11.21-1" }),
      `${P}: models must be an object, got '["fraud"]'`,
    ],
    ["no platform", ofPointer({ models: {} }), `${P}: platform must be text, got nothing`],
    [
      "an unknown key",
      ofPointer({ ...pointerOf({ fraud: "4" }), modles: {} }),
      `${P}: modles must be a known key (models, platform). Did you mean 'models'?`,
    ],
    [
      "a version without quotes",
      ofPointer({ models: { fraud: 4 }, platform: "2026.11.21-1" }),
      `${P}: models.fraud must be text, got '4'`,
    ],
    ["an alias", ofPointer(pointerOf({ fraud: "latest" })), `${P}: models.fraud ${NUMBER}, got 'latest'`],
    ["version 0", ofPointer(pointerOf({ fraud: "0" })), `${P}: models.fraud ${NUMBER}, got '0'`],
    ["a version with a zero before it", ofPointer(pointerOf({ fraud: "04" })), `${P}: models.fraud ${NUMBER}, got '04'`],
    [
      "a version out of the folder",
      ofPointer(pointerOf({ fraud: "../fraud/4" })),
      `${P}: models.fraud ${NUMBER}, got '../fraud/4'`,
    ],
    [
      "a model out of the folder",
      ofPointer(pointerOf({ "../models/fraud": "4" })),
      `${P}: models.../models/fraud must be ${LABEL}`,
    ],
    [
      "a version without a release",
      ofPointer(pointerOf({ fraud: "5" })),
      `${P}: models.fraud must be a release of fraud (3, 4), got '5': there is no releases/models/fraud/5.json; create it first, or name another one`,
    ],
    [
      "a model without a release",
      ofPointer(pointerOf({ churn: "1" })),
      `${P}: models.churn must be a release of churn, got '1': there is no releases/models/churn/1.json; create it first, or name another one`,
    ],
    ["an invalid platform", ofPointer(pointerOf({ fraud: "4" }, "latest")), `${P}: platform ${DAY}, got 'latest'`],
    ["month 13", ofPointer(pointerOf({ fraud: "4" }, "2026.13.01-1")), `${P}: platform ${DAY}, got '2026.13.01-1'`],
    [
      "a platform without a release",
      ofPointer(pointerOf({ fraud: "4" }, "2026.11.21-2")),
      `${P}: platform must be a platform release (2026.11.21-1), got '2026.11.21-2': there is no releases/platform/2026.11.21-2.json; create it first, or name another one`,
    ],
    [
      "unsorted keys",
      ofPointer('{\n  "platform": "2026.11.21-1",\n  "models": {\n    "fraud": "4"\n  }\n}\n'),
      `${P}:2 ${CANONICAL}`,
    ],
    ["no newline at the end", ofPointer(pointer.trimEnd()), `${P}:6 ${CANONICAL}`],
    ["two newlines at the end", ofPointer(`${pointer}\n`), `${P}:7 ${CANONICAL}`],
    ["a tab", ofPointer(pointer.replace("    ", "\t")), `${P}:3 ${CANONICAL}`],
    ["an escaped letter", ofPointer(pointer.replace("fraud", "fr\\u0061ud")), `${P}:3 ${CANONICAL}`],
    ["a mark of the byte order", ofPointer(`\uFEFF${pointer}`), `${P}:1 ${CANONICAL}`],
    // A model release.
    [
      "half a release",
      { "models/fraud/4.json": '{"author"' },
      `${F} must be JSON, got a text that ends in the middle: ${gitDiff(F)}`,
    ],
    ["a release that is a list", { "models/fraud/4.json": "[]\n" }, `${F}: must be an object, got '[]'`],
    [
      "a key twice",
      { "models/fraud/4.json": text.replace('  "version"', '  "version": "3",\n  "version"') },
      `${F}:22: version must stand in its object once, got it twice: remove one of the two`,
    ],
    [
      "an unknown key",
      ofSecond({ accuracy: 0.9 }),
      `${F}: accuracy must be a known key (author, code, data, features, fetcher, image, metrics, model, parameters, parent, path, run, runtime, semanticVersion, sha256, signature, time, version)`,
    ],
    [
      "a misspelt key",
      ofSecond({ author: undefined, autor: "Ada" }),
      `${F}: autor must be a known key (author, code, data, features, fetcher, image, metrics, model, parameters, parent, path, run, runtime, semanticVersion, sha256, signature, time, version). Did you mean 'author'?`,
    ],
    ["no author", ofSecond({ author: undefined }), `${F}: author must be text, got nothing`],
    ["an empty author", ofSecond({ author: "" }), `${F}: author ${LINE}, got ''`],
    ["two lines of author", ofSecond({ author: "Ada\nGrace" }), `${F}: author ${LINE}, got 'Ada\\nGrace'`],
    ["a colour in an author", ofSecond({ author: "\u001b[31mAda" }), `${F}: author ${LINE}, got '\\u001b[31mAda'`],
    ["an author of 201 characters", ofSecond({ author: "a".repeat(201) }), `${F}: author ${LINE}, got '${"a".repeat(79)}…'`],
    ["a branch for a commit", ofSecond({ code: "main" }), `${F}: code ${COMMIT}, got 'main'`],
    ["a short commit", ofSecond({ code: "3f2a91c" }), `${F}: code ${COMMIT}, got '3f2a91c'`],
    ["no data", ofSecond({ data: undefined }), `${F}: data must be text, got nothing`],
    ["data as a number", ofSecond({ data: 20261120 }), `${F}: data must be text, got '20261120'`],
    ["no features", ofSecond({ features: null }), `${F}: features must be text, got 'null'`],
    ["no run", ofSecond({ run: "latest" }), `${F}: run ${RUN}, got 'latest'`],
    [
      "a tag for a digest",
      ofSecond({ image: { repository: "model-server", digest: "v3" } }),
      `${F}: image.digest must be sha256: and 64 hexadecimal digits, got 'v3'`,
    ],
    [
      "a tag next to the digest",
      ofSecond({ image: { ...SECOND.image, tag: "v3" } }),
      `${F}: image.tag must be a known key (digest, repository)`,
    ],
    [
      "a tag in the repository",
      ofSecond({ image: { ...SECOND.image, repository: "model-server:3" } }),
      `${F}: image.repository must be the name of a repository, without a tag, got 'model-server:3'`,
    ],
    ["an image as text", ofSecond({ image: "model-server" }), `${F}: image must be an object, got 'model-server'`],
    ["no metrics", ofSecond({ metrics: undefined }), `${F}: metrics must be an object, got nothing`],
    ["no test split", ofSecond({ metrics: { validation: { auc: 0.9 } } }), `${F}: metrics.test must be an object, got nothing`],
    [
      "no validation split",
      ofSecond({ metrics: { test: { auc: 0.9 } } }),
      `${F}: metrics.validation must be an object, got nothing`,
    ],
    [
      "an unknown split",
      ofSecond({ metrics: { ...SECOND.metrics, holdout: { auc: 0.9 } } }),
      `${F}: metrics.holdout must be a known key (test, train, validation)`,
    ],
    [
      "a split without metrics",
      ofSecond({ metrics: { ...SECOND.metrics, test: {} } }),
      `${F}: metrics.test must have at least one metric, got '{}'`,
    ],
    [
      "an AUC in percent",
      ofSecond({ metrics: { ...SECOND.metrics, test: { auc: 92 } } }),
      `${F}: metrics.test.auc must be between 0 and 1, got '92'`,
    ],
    [
      "a negative AUC",
      ofSecond({ metrics: { ...SECOND.metrics, test: { auc: -0.1 } } }),
      `${F}: metrics.test.auc must be between 0 and 1, got '-0.1'`,
    ],
    [
      "a negative loss",
      ofSecond({ metrics: { ...SECOND.metrics, test: { loss: -1 } } }),
      `${F}: metrics.test.loss must be at least 0, got '-1'`,
    ],
    [
      "an R2 above 1",
      ofSecond({ metrics: { ...SECOND.metrics, test: { r2: 1.1 } } }),
      `${F}: metrics.test.r2 must be at most 1, got '1.1'`,
    ],
    [
      "an AUC as text",
      ofSecond({ metrics: { ...SECOND.metrics, test: { auc: "0.92" } } }),
      `${F}: metrics.test.auc must be a number, got '0.92'`,
    ],
    [
      "an AUC of null",
      ofSecond({ metrics: { ...SECOND.metrics, test: { auc: null } } }),
      `${F}: metrics.test.auc must be a number, got 'null'`,
    ],
    [
      "a number too large",
      { "models/fraud/4.json": text.replace("0.92", "1e999") },
      `${F}: metrics.test.auc must be a number, got 'Infinity'`,
    ],
    [
      "an invalid name of a metric",
      ofSecond({ metrics: { ...SECOND.metrics, test: { "AUC test": 0.9 } } }),
      `${F}: metrics.test.AUC test must be the name of a metric in lower-case letters, digits and _`,
    ],
    ["another model's name", ofSecond({ model: "churn" }), `${F}: model must be the name of the folder, 'fraud', got 'churn'`],
    ["another version's number", ofSecond({ version: "5" }), `${F}: version must be the name of the file, '4', got '5'`],
    ["a version as a number", ofSecond({ version: 4 }), `${F}: version must be text, got '4'`],
    ["a path with a space", ofSecond({ path: "a b" }), `${F}: path must be a path inside the model store, got 'a b'`],
    [
      "a path of the whole machine",
      ofSecond({ path: "/models/fraud/4" }),
      `${F}: path must be a path inside the model store, got '/models/fraud/4'`,
    ],
    [
      "another model's folder",
      ofSecond({ path: "models/churn/4" }),
      `${F}: path must be a folder inside 'models/fraud/', got 'models/churn/4'`,
    ],
    [
      "a way into another model's folder",
      ofSecond({ path: "models/fraud/../churn/4" }),
      `${F}: path must be a folder inside 'models/fraud/', got 'models/fraud/../churn/4'`,
    ],
    [
      "the folder of another version",
      ofSecond({ path: "models/fraud/3" }),
      `${F}: path must end with the version, '/4', got 'models/fraud/3': name the folder of this version, or correct the version`,
    ],
    [
      "a version at the end of another name",
      ofSecond({ path: "models/fraud/v4" }),
      `${F}: path must end with the version, '/4', got 'models/fraud/v4': name the folder of this version, or correct the version`,
    ],
    [
      "an unknown runtime",
      ofSecond({ runtime: "seldon" }),
      `${F}: runtime must be a runtime (image, triton, tensorflow-serving, openvino, vllm, custom), got 'seldon'`,
    ],
    [
      "a publisher's image without one that fetches",
      ofSecond({ runtime: "triton" }),
      `${F}: fetcher must be given for the runtime 'triton', whose own image does not fetch, got nothing`,
    ],
    [
      "two images that fetch",
      ofSecond({ fetcher: { digest: `sha256:${"f".repeat(64)}`, repository: "model-server" } }),
      `${F}: fetcher must be left out: an image of the runtime 'image' fetches for itself, got '{"digest":"sha256:${"f".repeat(61)}…'`,
    ],
    [
      "an image that fetches by its tag",
      ofSecond({ runtime: "triton", fetcher: { digest: "latest", repository: "model-server" } }),
      `${F}: fetcher.digest must be sha256: and 64 hexadecimal digits, got 'latest'`,
    ],
    ["an invalid hash", ofSecond({ sha256: "abc" }), `${F}: sha256 ${HEX}, got 'abc'`],
    ["a hash in capitals", ofSecond({ sha256: "A".repeat(64) }), `${F}: sha256 ${HEX}, got '${"A".repeat(64)}'`],
    ["a day without a time", ofSecond({ time: "2026-11-21" }), `${F}: time ${TIME}, got '2026-11-21'`],
    [
      "a time of another zone",
      ofSecond({ time: "2026-11-21T09:00:00+01:00" }),
      `${F}: time ${TIME}, got '2026-11-21T09:00:00+01:00'`,
    ],
    ["30 February", ofSecond({ time: "2026-02-30T09:00:00Z" }), `${F}: time ${TIME}, got '2026-02-30T09:00:00Z'`],
    ["parts of a second", ofSecond({ time: "2026-11-21T09:00:00.5Z" }), `${F}: time ${TIME}, got '2026-11-21T09:00:00.5Z'`],
    ["no parent", ofSecond({ parent: undefined }), `${F}: parent must be an object, got nothing`],
    [
      "null for a parent",
      ofSecond({ parent: null }),
      `${F}: parent must be an older version of fraud (3), got 'null', which only the first may have: name the one that it replaces`,
    ],
    ["a parent as text", ofSecond({ parent: "3" }), `${F}: parent must be an object, got '3'`],
    [
      "a parent that is not there",
      ofSecond({ parent: { ...asParent(FIRST), version: "2" } }),
      `${F}: parent.version must be an older version of fraud (3), got '2': name one of them`,
    ],
    [
      "itself for a parent",
      ofSecond({ parent: { ...asParent(FIRST), version: "4" } }),
      `${F}: parent.version must be an older version of fraud (3), got '4': name one of them`,
    ],
    [
      "a parent that was changed",
      { "models/fraud/3.json": { ...FIRST, data: "other" } },
      `${F}: parent.digest must be that of 3, '${asParent({ ...FIRST, data: "other" }).digest}', got '${asParent(FIRST).digest}': one of the two was changed; git log shows which`,
    ],
    [
      "an old one's bytes",
      ofSecond({ sha256: FIRST.sha256 }),
      `${F}: sha256 must be new for version 4, got that of version 3 in releases/models/fraud/3.json: name the bytes of the new version`,
    ],
    [
      "other bytes than when it was stable",
      { "stable/prod.json": JSON.stringify({ fraud: [{ version: "4", sha256: "c".repeat(64), image: IMAGE }] }) },
      `${F}: sha256 must be that of version 4 in releases/stable/prod.json, '${"c".repeat(64)}', got '${SECOND.sha256}': give other bytes another version`,
    ],
    [
      "the bytes of another stable version",
      { "stable/dev.json": JSON.stringify({ fraud: [{ version: "2", sha256: SECOND.sha256, image: IMAGE }] }) },
      `${F}: sha256 must be new for version 4, got that of version 2 in releases/stable/dev.json: name the bytes of the new version`,
    ],
    [
      "a file named like no version",
      { "models/fraud/v5.json": "{}" },
      "releases/models/fraud/v5.json must be named <version>.json, such as 4.json, got 'v5.json': rename or remove it",
    ],
    [
      "a broken release beside it",
      { "models/fraud/5.json": "{" },
      "releases/models/fraud/5.json must be JSON, got a text that ends in the middle: correct it there (git diff releases/models/fraud/5.json shows what has changed)",
    ],
    ["a signature as text", ofSecond({ signature: "signed" }), `${F}: signature ${SIGNATURE}, got 'signed'`],
    ["a signature of no kind", ofSecond({ signature: { signer: "ada" } }), `${F}: signature.kind ${SIGNATURE}, got nothing`],
    ["a signature of another kind", ofSecond({ signature: { kind: "pgp" } }), `${F}: signature.kind ${SIGNATURE}, got 'pgp'`],
    [
      "a short signature",
      ofSecond({ signature: { kind: "key", signer: "ada", value: "AAAA" } }),
      `${F}: signature.value must be an Ed25519 signature, 64 bytes in base64, got 'AAAA'`,
    ],
    [
      "an unknown key in a signature",
      ofSecond({ signature: { kind: "key", signer: "ada", value: `${"A".repeat(86)}==`, key: "x" } }),
      `${F}: signature.key must be a known key (kind, signer, value)`,
    ],
    [
      "unsorted keys in a release",
      { "models/fraud/4.json": `{\n  "version": "4",${text.slice(1).replace(',\n  "version": "4"', "")}` },
      `${F}:2 ${CANONICAL}`,
    ],
    ["a number in another form", { "models/fraud/4.json": text.replace("0.92", "9.2e-1") }, `${F}:12 ${CANONICAL}`],
    // A platform release.
    [
      "another id",
      ofPlatform({ id: "2026.11.21-2" }),
      `${PLATFORM}: id must be the name of the file, '2026.11.21-1', got '2026.11.21-2'`,
    ],
    ["no program", ofPlatform({ program: undefined }), `${PLATFORM}: program must be text, got nothing`],
    ["a branch for the program", ofPlatform({ program: "main" }), `${PLATFORM}: program ${COMMIT}, got 'main'`],
    ["a hash of another kind", ofPlatform({ lockfile: "sha512-abc" }), `${PLATFORM}: lockfile ${HEX}, got 'sha512-abc'`],
    [
      "models in a platform release",
      ofPlatform({ models: {} }),
      `${PLATFORM}: models must be a known key (author, charts, id, images, lockfile, parent, program, signature, time)`,
    ],
  ])("may not have %s", (_, files, sentence) => {
    expect(refusalOf(files)).toBe(sentence);
  });

  it("reports every fault at once", () => {
    const wrong = ofPointer(pointerOf({ churn: "1", fraud: "9" }, "2026.01.01-1"));
    expect(refusalOf(wrong)).toMatch(/: platform must be .*\n.*: models\.churn must be .*\n.*: models\.fraud must be /);
    expect(refusalOf(ofSecond({ code: "x", run: "y" }))).toMatch(/: code must be .*\n.*: run must be /);
  });
});

it("the canonical text of a value is one, whatever the order of its keys", () => {
  const value = { b: [1, { d: null, c: "é" }], a: {}, e: [], 10: 1, 9: 2, gone: undefined };
  const expected =
    '{\n  "10": 1,\n  "9": 2,\n  "a": {},\n  "b": [\n    1,\n    {\n      "c": "é",\n      "d": null\n    }\n  ],\n  "e": []\n}\n';
  expect(canonicalText(value)).toBe(expected);
  expect(canonicalText(JSON.parse(expected))).toBe(expected);
});

it("a pointer has an empty line between two models, and is read as it is written", () => {
  const written = releaseText("environments/dev.json", pointerOf({ fraud: "4", churn: "1" }));
  expect(written).toBe('{\n  "models": {\n    "churn": "1",\n\n    "fraud": "4"\n  },\n  "platform": "2026.11.21-1"\n}\n');
  expect(read({ "models/churn/1.json": modelReleaseOf("churn", "1"), ...ofPointer(written) })).toMatchObject({
    models: { churn: { version: "1" }, fraud: { version: "4" } } as Record<string, Partial<ModelRelease>>,
  });
});
