import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { checkAgreement } from "#stacks/inputs/agreement";
import { configFile } from "#stacks/inputs/config-file";
import { parseJson } from "#stacks/inputs/read-json";

const folder = mkdtempSync(join(tmpdir(), "millrace-config-"));
afterAll(() => rmSync(folder, { recursive: true }));
const name = relative(PROJECT_FOLDER, join(folder, "Pulumi.platform-dev.yaml"));

const read = (content: string | Buffer): Record<string, unknown> => {
  writeFileSync(join(folder, "Pulumi.platform-dev.yaml"), content);
  return configFile(name);
};

it.each<[what: string, content: string | Buffer, config: Record<string, unknown>]>([
  ["a key without a namespace", "config:\n  account: '1'\n", { "millrace:account": "1" }],
  ["a key in the oldest form", "config:\n  millrace:config:account: '1'\n", { "millrace:account": "1" }],
  ["a number without quotes, digit by digit", "config:\n  account: 000111111111\n", { "millrace:account": "000111111111" }],
  ["a truth value", "config:\n  a: true\n", { "millrace:a": "true" }],
  ["nothing behind a key", "config:\n  a:\n", { "millrace:a": "" }],
  ["an object", "config:\n  a: {b: [1, x]}\n", { "millrace:a": { b: [1, "x"] } }],
  ["a secret", "config:\n  a: {secure: v1:x}\n", { "millrace:a": { secure: "v1:x" } }],
  ["lines of Windows and a mark at the beginning", "\ufeffconfig:\r\n  a: x\r\n", { "millrace:a": "x" }],
  ["keys of the engine beside it", "encryptionsalt: v1:abc\nsecretsprovider: awskms://x\n", {}],
  ["an empty file", "", {}],
  ["a file of comments", "# nothing yet\n", {}],
])("the config file is read as the engine reads it: %s", (_, content, config) => {
  expect(read(content)).toEqual(config);
});

it.each<[what: string, content: string | Buffer, sentence: string]>([
  [
    "a key twice",
    "config:\n  account: '1'\n  account: '2'\n",
    "must have each key once, got one twice (at line 3, column 3): remove one of the two",
  ],
  [
    "a key with and without its namespace",
    "config:\n  account: '1'\n  millrace:account: '2'\n",
    ": millrace:account must stand there once, got it with and without its namespace: remove one",
  ],
  [
    "a misspelt part",
    "confg:\n  account: '1'\n",
    ": confg must be a known key (config, secretsprovider, encryptedkey, encryptionsalt, environment). Did you mean 'config'?",
  ],
  [
    "an environment of ESC",
    "environment: [prod]\n",
    ": environment must be left out, because a plan opens no environment of Pulumi ESC: write its values below config",
  ],
  ["a list", "- a\n", "must be an object with config, got a list"],
  ["text for config", "config: none\n", ": config must be an object with keys such as millrace:account, got a text"],
  ["half a list", "config: [", "must be YAML, got a mistake at line 1, column 10 (bad indent): correct it there"],
  ["bytes that are no text", Buffer.from([0xff, 0xfe, 0x63]), "must be text in UTF-8, got other bytes: save it as UTF-8"],
  ["a byte of nothing", Buffer.from("config:\0"), "must be text in UTF-8, got other bytes: save it as UTF-8"],
])("the config file may not have %s", (_, content, sentence) => {
  expect(() => read(content)).toThrow(sentence);
});

it("a folder, a link to itself and a closed file each have a reason of their own", () => {
  const at = (file: string): string => relative(PROJECT_FOLDER, join(folder, file));
  mkdirSync(join(folder, "folder.yaml"));
  symlinkSync("loop.yaml", join(folder, "loop.yaml"));
  expect(() => configFile(at("folder.yaml"))).toThrow(/folder.yaml must be a file, got a folder: move the folder away$/);
  expect(() => configFile(at("loop.yaml"))).toThrow(
    /must be a file, got a symbolic link that leads back to itself: replace the link$/,
  );
  if (process.getuid?.() !== 0) {
    writeFileSync(join(folder, "closed.yaml"), "config:\n");
    chmodSync(join(folder, "closed.yaml"), 0);
    expect(() => configFile(at("closed.yaml"))).toThrow(/must be a file that you may read, got 'permission denied'/);
  }
});

it.each<[what: string, text: string, sentence: string]>([
  [
    "a model twice",
    '{\n  "models": {\n    "fraud": 1,\n    "fraud": 2\n  }\n}',
    "x.json:4: fraud must stand in its object once, got it twice: remove one of the two",
  ],
  [
    "a key of the pointer twice",
    '{ "release": "a", "release": "b" }',
    "x.json:1: release must stand in its object once, got it twice: remove one of the two",
  ],
  ["nothing", " \n", "x.json must be JSON, got an empty file: correct it there (git diff x.json shows what has changed)"],
  ["YAML", "release: a", "x.json must be JSON, got a mistake at line 1, column 1: "],
])("JSON may not have %s", (_, text, sentence) => {
  expect(() => parseJson("x.json", text)).toThrow(sentence);
});

type Files = Parameters<typeof checkAgreement>[1];
const files =
  (changes: Record<string, Record<string, unknown>>): Files =>
  (layer, environment) => ({
    "millrace:account": `${{ dev: 1, staging: 2, prod: 3 }[environment]}11111111111`,
    "millrace:owners": { roles: ["a"], networks: [] },
    ...changes[`${layer}-${environment}`],
  });

it.each<[what: string, changes: Record<string, Record<string, unknown>>, sentence: string]>([
  [
    "of two accounts",
    { "platform-dev": { "millrace:account": "2" } },
    "millrace:account must be the same in all files of dev, got '111111111111' in stacks/config/Pulumi.foundation-dev.yaml, '2' in stacks/config/Pulumi.platform-dev.yaml, '111111111111' in stacks/config/Pulumi.workloads-dev.yaml",
  ],
  [
    "of which one says more",
    { "workloads-dev": { "millrace:region": "eu-north-1" } },
    "millrace:region must be the same in all files of dev, got nothing in stacks/config/Pulumi.foundation-dev.yaml, nothing in stacks/config/Pulumi.platform-dev.yaml, 'eu-north-1' in stacks/config/Pulumi.workloads-dev.yaml",
  ],
  [
    "of other owners",
    { "foundation-dev": { "millrace:owners": { roles: ["b"], networks: [] } } },
    "millrace:owners must be the same in all files of dev, got ",
  ],
  [
    "of an account in which prod makes the identity provider as well",
    Object.fromEntries(
      ["foundation", "platform", "workloads"].map((layer) => [`${layer}-dev`, { "millrace:account": "311111111111" }]),
    ),
    "stacks/config/Pulumi.*-dev.yaml: millrace:githubProvider must be exists, because stacks/config/Pulumi.foundation-prod.yaml makes GitHub's identity provider of account 311111111111, got nothing",
  ],
])("an environment may not have files %s", (_, changes, sentence) => {
  expect(() => checkAgreement("dev", files(changes))).toThrow(sentence);
});

it.each<[what: string, value: string]>([
  ["of nothing", "millrace:images: *x"],
  ["of nothing in a list", "millrace:owners: {roles: [*x]}"],
  ["of nothing as a key", "*x : 1"],
  ["of nothing to merge", "<<: *x"],
  ["of itself", "millrace:owners: &a [*a]"],
  ["of itself in a map", "millrace:owners: &a {roles: [{b: *a}]}"],
  ["that grows without end", `a: &a [${"x,".repeat(99)}]\n  b: &b [${"*a,".repeat(99)}]\n  c: [${"*b,".repeat(99)}]`],
])("an alias %s is refused in one sentence", (_, value) => {
  expect(() => read(`config:\n  ${value}\n`)).toThrow(pulumi.RunError);
  expect(() => read(`config:\n  ${value}\n`)).toThrow(
    /^[^\n]* must have only aliases \(\*name\) of a complete value above them \(&name\), got another one/,
  );
});

it("an alias stands for what its anchor says", () => {
  expect(read("config:\n  a: &x y\n  b: *x\n")).toEqual({ "millrace:a": "y", "millrace:b": "y" });
});

const NOTHING = (layer: string, remedy: string): string =>
  `stacks/config/Pulumi.${layer}-dev.yaml must be a file with the config of ${layer}-dev, got nothing: ${remedy}`;
const COPY = "copy what stacks/config/Pulumi.foundation-dev.yaml has, except for its secrets";
const GUIDE = "docs/guides/aws.md says what goes there";

it.each<[what: string, silent: Record<string, Record<string, unknown>>, sentences: string[]]>([
  ["one is missing", { workloads: {} }, [NOTHING("workloads", COPY)]],
  ["one has a secret alone", { platform: { "millrace:alertWebhook": { secure: "v1:x" } } }, [NOTHING("platform", COPY)]],
  [
    "all are missing",
    { foundation: {}, platform: {}, workloads: {} },
    ["foundation", "platform", "workloads"].map((layer) => NOTHING(layer, GUIDE)),
  ],
])("a file that says nothing is one fault: %s", (_, silent, sentences) => {
  const read: Files = (layer, environment) => silent[layer] ?? files({})!(layer, environment);
  expect(() => checkAgreement("dev", read)).toThrow(new pulumi.RunError(sentences.join("\n")));
});

const CONFIG = (layer: string): string => `stacks/config/Pulumi.${layer}-dev.yaml`;
const inAll = (change: Record<string, unknown>) =>
  Object.fromEntries(["foundation", "platform", "workloads"].map((layer) => [`${layer}-dev`, change]));
const REGION = "eu-north-1";

it.each<[what: string, changes: Record<string, Record<string, unknown>>, where: string[], sentence: RegExp]>([
  [
    "in one file",
    { ...inAll({ "millrace:region": REGION }), "platform-dev": { "millrace:regoin": REGION } },
    ["platform"],
    /^millrace:regoin must be a known key \(.*\)\. Did you mean 'region'\?$/,
  ],
  [
    "in all files",
    inAll({ "millrace:regoin": REGION }),
    ["foundation", "platform", "workloads"],
    /^millrace:regoin must be a known key \(.*\)\. Did you mean 'region'\?$/,
  ],
  [
    "inside a key of one file",
    { "workloads-dev": { "millrace:owners": { roles: ["a"], networs: [] } } },
    ["workloads"],
    /^millrace:owners\.networs must be a known key \(.*\)\. Did you mean 'networks'\?$/,
  ],
  [
    "a secret of one layer",
    { "platform-dev": { "millrace:alertWebhok": { secure: "v1:x" } } },
    ["platform"],
    /^millrace:alertWebhok must be a known key \(.*\)\. Did you mean 'alertWebhook'\?$/,
  ],
])("a misspelt key is one sentence with the files in which it stands: %s", (_, changes, where, sentence) => {
  let said = "";
  try {
    checkAgreement("dev", files(changes));
  } catch (error) {
    said = (error as Error).message;
  }
  const [place = "", ...rest] = said.split(".yaml: ");
  expect(`${place}.yaml`.split(", ")).toEqual(where.map(CONFIG));
  expect(rest.join(".yaml: ")).toMatch(sentence);
});

it("files may differ in their secrets and in the order of keys, and dev in an account never stops prod", () => {
  const changes = {
    "platform-dev": { "millrace:alertWebhook": { secure: "v1:x" }, "millrace:owners": { networks: [], roles: ["a"] } },
    "foundation-dev": { "millrace:account": "311111111111" },
  };
  expect(() => checkAgreement("prod", files(changes))).not.toThrow();
  expect(() => checkAgreement("dev", files({ "platform-dev": changes["platform-dev"] }))).not.toThrow();
});
