import { generateKeyPairSync } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readRelease } from "#stacks/inputs/release";
import { canonicalText, digestOfRelease } from "#stacks/inputs/releases/canonical";
import { asParent, modelReleaseOf, platformReleaseOf, pointerOf, putRelease, releasesFolder } from "../../harness/releases.ts";
import { contentOf, millrace } from "./run.ts";

const FIRST = modelReleaseOf();
const SECOND = modelReleaseOf("fraud", "4", {
  parent: asParent(FIRST),
  metrics: { test: { auc: 0.931, loss: 0.4 }, validation: { auc: 0.93 } },
  data: "transactions 2026-12-01",
});
const RECORD = {
  run: "5f".repeat(16),
  data: "transactions 2026-12-02",
  features: "transactions 8",
  code: "6a".repeat(20),
  metrics: { test: { auc: 0.94 }, validation: { auc: 0.95 } },
  sha256: "7b".repeat(32),
  image: SECOND.image,
};

/** A folder in which prod runs version 3 and dev version 4, with more files. */
function releases(more: Readonly<Record<string, unknown>> = {}): string {
  const folder = releasesFolder({
    "models/fraud/3.json": FIRST,
    "models/fraud/4.json": SECOND,
    "environments/dev.json": pointerOf({ fraud: "4" }),
    "environments/staging.json": pointerOf({}),
    "environments/prod.json": pointerOf({ fraud: "3" }),
    ...more,
  });
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A file beside the releases, which no command of releases reads by itself. */
function beside(name: string, content: unknown): string {
  const folder = releasesFolder();
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  return join(folder, name);
}

const create = (folder: string, ...args: string[]) => millrace(folder, "release", "create", "model", "fraud", ...args);

describe("release create model", () => {
  it("writes what the record says, as the child of the newest version, and what dev runs stays", async () => {
    const folder = releases();
    const before = readRelease("dev", folder);
    const { code, out, err } = await create(
      folder,
      "--version",
      "5",
      "--from",
      beside("record.json", RECORD),
      "--author",
      "Grace",
    );
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const written = JSON.parse(readFileSync(join(folder, "models/fraud/5.json"), "utf8"));
    expect(written).toMatchObject({
      ...RECORD,
      author: "Grace",
      version: "5",
      path: "models/fraud/5",
      runtime: "image",
      parent: asParent(SECOND),
    });
    expect(out).toBe(
      `releases/models/fraud/5.json is written, without a signature\ndigest ${digestOfRelease(written)}\ncommit it; to run it in dev, set "fraud": "5" in releases/environments/dev.json\n`,
    );
    expect(readRelease("dev", folder)).toEqual(before);
    putRelease(folder, "environments/dev.json", pointerOf({ fraud: "5" }));
    expect(readRelease("dev", folder).models["fraud"]).toEqual(written);
    expect(readdirSync(join(folder, "models/fraud"))).toEqual(["3.json", "4.json", "5.json"]);
  });

  it("takes every value from options, and those before the record's", async () => {
    const folder = releases();
    const options = [
      "--run",
      RECORD.run,
      "--data",
      "typed",
      "--features",
      "typed",
      "--code",
      RECORD.code,
      "--sha256",
      RECORD.sha256,
    ];
    const image = ["--image", `model-server@${RECORD.image.digest}`];
    const metrics = ["--metric", "test.auc=0.9", "validation.auc=0.91", "--metric", "train.auc=0.92"];
    const { code, out } = await create(folder, "--version", "5", ...options, ...image, ...metrics, "--author", "Grace", "--json");
    expect(code).toBe(0);
    const { file, digest, release } = JSON.parse(out);
    expect({ file, digest }).toEqual({ file: "releases/models/fraud/5.json", digest: digestOfRelease(release) });
    expect(release.metrics).toEqual({ test: { auc: 0.9 }, train: { auc: 0.92 }, validation: { auc: 0.91 } });
    const record = beside("record.json", RECORD);
    const again = await create(
      folder,
      "--version",
      "6",
      "--from",
      record,
      "--sha256",
      "8c".repeat(32),
      "--metric",
      "test.auc=0.5",
      "--author",
      "Grace",
      "--json",
    );
    expect(JSON.parse(again.out).release).toMatchObject({
      ...RECORD,
      sha256: "8c".repeat(32),
      metrics: { test: { auc: 0.5 }, validation: { auc: 0.95 } },
    });
  });

  it("may name an older parent, and the first version of a model has none", async () => {
    const folder = releases();
    const record = beside("record.json", RECORD);
    const { out } = await create(folder, "--version", "5", "--from", record, "--parent", "3", "--author", "Grace", "--json");
    expect(JSON.parse(out).release.parent).toEqual(asParent(FIRST));
    rmSync(join(folder, "models"), { recursive: true });
    putRelease(folder, "environments/dev.json", pointerOf({}));
    const first = await create(folder, "--version", "12", "--from", record, "--author", "Grace", "--json");
    expect(JSON.parse(first.out).release.parent).toBe(null);
  });

  it("signs with a key, and the signature is shown, listed and verified", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519", {
      privateKeyEncoding: { format: "pem", type: "pkcs8" },
      publicKeyEncoding: { format: "pem", type: "spki" },
    });
    const folder = releases({ "signers.json": { ada: { kind: "key", may: ["models/fraud"], publicKey } } });
    const key = beside("ada.pem", privateKey);
    const record = beside("record.json", RECORD);
    expect((await create(folder, "--version", "5", "--from", record, "--author", "Grace", "--sign-key", key)).code).toBe(0);
    expect(JSON.parse((await millrace(folder, "release", "show", "fraud@5", "--json")).out).signedBy).toBe("ada");
    expect((await millrace(folder, "release", "list")).out).toMatch(/^fraud {3}5 .* ada {9}–$/m);
    const verified = await millrace(folder, "release", "verify", "fraud@5");
    expect(verified.out).toMatch(/^✓ releases\/models\/fraud\/5.json {3}[0-9a-f]{12} {3}signed by ada$/m);
    const text = readFileSync(join(folder, "models/fraud/5.json"), "utf8");
    writeFileSync(join(folder, "models/fraud/5.json"), text.replace("0.94", "0.99"));
    const forged = await millrace(folder, "release", "verify");
    expect(forged.code).toBe(1);
    expect(forged.out).toContain(
      "releases/models/fraud/5.json: signature must be ada's over this release, got one of other bytes",
    );
  });

  it.each<[what: string, args: string[], record: unknown, sentence: string]>([
    [
      "a version that is there",
      ["--version", "4"],
      RECORD,
      "'--version' must be new, got '4', which releases/models/fraud/4.json has: a release never changes",
    ],
    [
      "a version before the first one, of which that one says that there is none",
      ["--version", "2"],
      RECORD,
      "'--version' must be after that of the first release of fraud, '3', got '2': releases/models/fraud/3.json says that nothing was before it, and never changes",
    ],
    ["an alias", ["--version", "latest"], RECORD, "'--version' must be a registered version number, got 'latest'"],
    [
      "the bytes of an older version",
      ["--version", "5", "--sha256", FIRST.sha256],
      RECORD,
      "releases/models/fraud/5.json: sha256 must be new for version 5, got that of version 3 in releases/models/fraud/3.json: name the bytes of the new version",
    ],
    [
      "a parent that is not there",
      ["--version", "5", "--parent", "2"],
      RECORD,
      "'--parent' must be an older version of fraud (3, 4), got '2'",
    ],
    [
      "no record and no options",
      ["--version", "5"],
      undefined,
      "'--code' must be given, or 'code' in the file of '--from', got neither\n'--data' must be given, or 'data' in the file of '--from', got neither\n'--features' must be given, or 'features' in the file of '--from', got neither\n'--image' must be given, or 'image' in the file of '--from', got neither\n'--metric' must be given, or 'metrics' in the file of '--from', got neither\n'--run' must be given, or 'run' in the file of '--from', got neither\n'--sha256' must be given, or 'sha256' in the file of '--from', got neither",
    ],
    [
      "an invalid option",
      ["--version", "5", "--run", "x"],
      RECORD,
      "'--run' must be the id of an MLflow run, 32 hexadecimal digits, got 'x'",
    ],
    [
      "an invalid value in the record",
      ["--version", "5"],
      { ...RECORD, code: "main" },
      "RECORD: code must be a commit of Git, 40 hexadecimal digits, got 'main'",
    ],
    [
      "an AUC in percent",
      ["--version", "5", "--metric", "test.auc=93"],
      RECORD,
      "'--metric' test.auc must be between 0 and 1, got '93'",
    ],
    ...["0x1", "1e-400", "1e999", "1_0", ""].map((value): [string, string[], unknown, string] => [
      `a metric of '${value}', which is no number or not the one that was typed`,
      ["--version", "5", "--metric", `test.auc=${value}`],
      RECORD,
      `'--metric' must be <split>.<name>=<number>, such as test.auc=0.93, got 'test.auc=${value}'`,
    ]),
    [
      "a metric without a number",
      ["--version", "5", "--metric", "test.auc=high"],
      RECORD,
      "'--metric' must be <split>.<name>=<number>, such as test.auc=0.93, got 'test.auc=high'",
    ],
    [
      "a metric of no split",
      ["--version", "5", "--metric", "auc=0.9"],
      RECORD,
      "'--metric' must be <split>.<name>=<number>, such as test.auc=0.93, got 'auc=0.9'",
    ],
    [
      "an image by tag",
      ["--version", "5", "--image", "model-server:v3"],
      RECORD,
      "'--image' must be <repository>@sha256:<64 hexadecimal digits>, got 'model-server:v3'",
    ],
    [
      "an image with a digest of another kind",
      ["--version", "5", "--image", "model-server@sha1:abc"],
      RECORD,
      "'--image' digest must be sha256: and 64 hexadecimal digits, got 'sha1:abc'",
    ],
    [
      "a key that only the command decides",
      ["--version", "5"],
      { ...RECORD, parent: null },
      "RECORD: parent must be a known key (author, code, data, features, fetcher, image, metrics, parameters, run, runtime, semanticVersion, sha256)",
    ],
    [
      "a misspelt key in the record",
      ["--version", "5"],
      { ...RECORD, metric: {} },
      "RECORD: metric must be a known key (author, code, data, features, fetcher, image, metrics, parameters, run, runtime, semanticVersion, sha256). Did you mean 'metrics'?",
    ],
    [
      "the record of another version",
      ["--version", "5"],
      { ...RECORD, version: "6" },
      "RECORD: version must be '5', which '--version' names, got '6'",
    ],
    [
      "the record of another model",
      ["--version", "5"],
      { ...RECORD, model: "churn" },
      "RECORD: model must be 'fraud', which the command names, got 'churn'",
    ],
    [
      "a key twice in the record",
      ["--version", "5"],
      '{"run": "a", "run": "b"}',
      "RECORD:1: run must stand in its object once, got it twice: remove one of the two",
    ],
    [
      "a list for a record",
      ["--version", "5"],
      "[]",
      "RECORD must be an object with the values of a release (author, code, data, features, fetcher, image, metrics, parameters, run, runtime, semanticVersion, sha256), got other JSON",
    ],
    [
      "both ways to sign",
      ["--version", "5", "--keyless", "--sign-key", "x"],
      RECORD,
      "'--sign-key' must be given without '--keyless', got both",
    ],
    [
      "a key that is not there",
      ["--version", "5", "--sign-key", "none.pem"],
      RECORD,
      "'--sign-key' must be a file with an Ed25519 private key in PEM and without a passphrase, got 'none.pem', which is not there: openssl genpkey -algorithm ed25519 makes one",
    ],
    [
      "an invalid author",
      ["--version", "5", "--author", "A\u001b[2J"],
      RECORD,
      "'--author' must be one line of text, 1 to 200 characters, got 'A\\u001b[2J'",
    ],
  ])("refuses %s, and writes nothing", async (_, args, record, sentence) => {
    const folder = releases();
    const before = contentOf(folder);
    const file = record === undefined ? undefined : beside("record.json", record);
    const author = args.includes("--author") ? [] : ["--author", "Grace"];
    const ran = await create(folder, ...args, ...author, ...(file === undefined ? [] : ["--from", file]));
    expect({ ...ran, err: ran.err.replaceAll(file ?? "\0", "RECORD") }).toEqual({ code: 2, out: "", err: `${sentence}\n` });
    expect(contentOf(folder)).toEqual(before);
  });

  it("refuses a model that there is not, with a guess, and a record that is not there", async () => {
    const folder = releases();
    const { err } = await millrace(folder, "release", "create", "model", "fruad", "--version", "1");
    expect(err).toBe("'<name>' must be a model of stacks/inputs/models.ts (fraud), got 'fruad'. Did you mean 'fraud'?\n");
    expect((await create(folder, "--version", "5", "--from", "none.json")).err).toBe(
      "'--from' must be a file with a record, got 'none.json', which is not there\n",
    );
  });

  it("refuses where an older release is broken, and names it", async () => {
    const folder = releases({ "models/fraud/3.json": { ...FIRST, code: "main" } });
    const { code, err } = await create(folder, "--version", "5", "--from", beside("record.json", RECORD), "--author", "Grace");
    expect([code, err]).toEqual([
      2,
      "releases/models/fraud/3.json: code must be a commit of Git, 40 hexadecimal digits, got 'main'\n",
    ]);
  });

  it("ends with 1 and writes nothing where sigstore gives no signature", async () => {
    const folder = releases();
    const before = contentOf(folder);
    const ran = await create(folder, "--version", "5", "--from", beside("record.json", RECORD), "--author", "Grace", "--keyless");
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(/^sigstore gave no signature \(.*\): run it in a CI job that may ask for an identity/);
    expect(contentOf(folder)).toEqual(before);
  });
});

describe("release show, diff and list", () => {
  it("show what a release says, by version, by environment and by file", async () => {
    const folder = releases();
    const byVersion = await millrace(folder, "release", "show", "fraud@4");
    expect(byVersion.out).toContain("fraud 4\n  test        auc 0.931   loss 0.4\n");
    expect(byVersion.out).toContain("  signed by   nobody\n  runs in     dev\n");
    for (const name of ["fraud@dev", "releases/models/fraud/4.json", join(folder, "models/fraud/4.json")]) {
      expect(await millrace(folder, "release", "show", name)).toEqual(byVersion);
    }
    const { out } = await millrace(folder, "release", "show", "platform@prod", "--json");
    expect(JSON.parse(out)).toMatchObject({
      file: "releases/platform/2026.11.21-1.json",
      runsIn: ["dev", "staging", "prod"],
      release: platformReleaseOf(),
    });
  });

  it("show what differs, and whether a metric is better", async () => {
    const { out } = await millrace(releases(), "release", "diff", "fraud@prod", "fraud@dev");
    expect(out.split("\n").map((line) => line.replace(/ {2,}/g, "  ").trim())).toEqual([
      "fraud 3 → fraud 4",
      "from  to",
      "data  transactions 2026-11-20  transactions 2026-12-01",
      "metrics.test.auc  0.92  0.931  +0.011 better",
      "metrics.test.loss  –  0.4",
      `sha256  ${FIRST.sha256.slice(0, 12)}…  ${SECOND.sha256.slice(0, 12)}…`,
      "",
    ]);
    const json = await millrace(releases(), "release", "diff", "fraud@dev", "fraud@prod", "--json");
    expect(JSON.parse(json.out).differences).toContainEqual({ key: "metrics.test.auc", from: 0.931, to: 0.92, better: false });
    expect((await millrace(releases(), "release", "diff", "fraud@3", "fraud@3")).out).toBe("fraud 3 → fraud 3\nno difference\n");
  });

  it("list every release, of a model, or of an environment", async () => {
    const folder = releases();
    const { out } = await millrace(folder, "release", "list");
    expect(out.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["model", "version", "auc (test)", "data", "author", "time", "signed by", "runs in"],
      ["fraud", "3", "0.92", "transactions 2026-11-20", "Ada", "2026-11-21T09:00:00Z", "–", "prod"],
      ["fraud", "4", "0.931", "transactions 2026-12-01", "Ada", "2026-11-21T09:00:00Z", "–", "dev"],
      [""],
      ["platform", "program", "author", "time", "signed by", "runs in"],
      ["2026.11.21-1", "4d4d4d4", "Ada", "2026-11-21T09:00:00Z", "–", "dev, staging, prod"],
      [""],
    ]);
    const prod = JSON.parse((await millrace(folder, "release", "list", "--env", "prod", "--model", "fraud", "--json")).out);
    expect(prod).toEqual({
      models: [{ ...FIRST, digest: digestOfRelease(FIRST), signedBy: null, runsIn: ["prod"] }],
      platform: [],
    });
    expect((await millrace(folder, "release", "list", "--env", "staging", "--model", "fraud")).out).toBe(
      "no release of a model\n",
    );
  });

  it.each<[args: string[], sentence: string]>([
    [
      ["show", "fraud"],
      "the release must be <model>@<version>, platform@<id>, either of them @<environment>, or a release's file, got 'fraud': npx millrace release list shows all",
    ],
    [
      ["show", "fruad@4"],
      "the release must be of a model that has one, or of the platform (fraud, platform), got 'fruad@4'. Did you mean 'fraud'?",
    ],
    [["show", "fraud@9"], "the release must be one that is there (3, 4) or an environment (dev, staging, prod), got 'fraud@9'"],
    [
      ["show", "fraud@prd"],
      "the release must be one that is there (3, 4) or an environment (dev, staging, prod), got 'fraud@prd'. Did you mean 'prod'?",
    ],
    [["show", "fraud@staging"], "the release must be of a model that staging runs (none), got 'fraud@staging'"],
    [
      ["show", "platform@2026.11.22-1"],
      "the release must be one that is there (2026.11.21-1) or an environment (dev, staging, prod), got 'platform@2026.11.22-1'",
    ],
    [
      ["show", "../../etc/passwd@1"],
      "the release must be of a model that has one, or of the platform (fraud, platform), got '../../etc/passwd@1'",
    ],
    [
      ["diff", "fraud@3", "platform@prod"],
      "both releases must be of models, or both of the platform, got releases/models/fraud/3.json and releases/platform/2026.11.21-1.json: compare two of a kind",
    ],
    [
      ["list", "--model", "fruad"],
      "'--model' must be a model of stacks/inputs/models.ts (fraud), got 'fruad'. Did you mean 'fraud'?",
    ],
    [["list", "--env", "prd"], "the environment must be one of dev, staging, prod, got 'prd'. Did you mean 'prod'?"],
    [["create", "platform", "--id", "latest"], "'--id' must be a day and a number, such as 2026.11.21-1, got 'latest'"],
    [
      ["create", "platform", "--id", "2026.11.21-1"],
      "'--id' must be after that of the newest platform release, '2026.11.21-1', got '2026.11.21-1': a release never changes",
    ],
    [
      ["create", "platform", "--id", "2026.11.20-9"],
      "'--id' must be after that of the newest platform release, '2026.11.21-1', got '2026.11.20-9': a release never changes",
    ],
    [["create", "platform", "--keyless", "--sign-key", "x"], "'--sign-key' must be given without '--keyless', got both"],
    [["verify", "fraud@4", "--tree"], "'--tree' must come with a platform release, got none: name one, such as platform@prod"],
    [["create", "model", "fraud"], "error: required option '--version <number>' not specified"],
    [["verfy"], "error: unknown command 'verfy'\n(Did you mean verify?)"],
  ])("refuse %j", async (args, sentence) => {
    expect(await millrace(releases(), "release", ...args)).toEqual({ code: 2, out: "", err: `${sentence}\n` });
  });
});

describe("release verify", () => {
  it("passes good files and says what it could not check", async () => {
    const { code, out } = await millrace(releases(), "release", "verify");
    expect(code).toBe(0);
    expect(out).toMatch(/^✓ releases\/models\/fraud\/4.json {3}[0-9a-f]{12} {3}not signed$/m);
    expect(out).toContain("! whether a release was changed is not checked: the folder is in no repository of Git\n");
    expect(out).toMatch(/\n\d+ files as they must be\n$/);
  });

  it.each<[what: string, files: Readonly<Record<string, unknown>>, sentence: string]>([
    [
      "a model that there is not",
      { "models/fruad/1.json": modelReleaseOf("fruad", "1") },
      "releases/models/fruad/1.json must be of a model of stacks/inputs/models.ts (fraud), got 'fruad'. Did you mean 'fraud'?",
    ],
    [
      "a model that there is not, in a pointer",
      { "models/churn/1.json": modelReleaseOf("churn", "1"), "environments/prod.json": pointerOf({ churn: "1" }) },
      "releases/environments/prod.json: models.churn must be of a model of stacks/inputs/models.ts (fraud), got 'churn': add it there, or remove this",
    ],
    [
      "an environment that there is not",
      { "environments/prd.json": pointerOf({}) },
      "releases/environments/prd.json must be a file of releases (docs/guides/release.md lists them), got another one: move it elsewhere",
    ],
    ...["models/fraud/4.JSON", "environments/dev.Json", "models/fraud/4.json "].map(
      (file): [string, Record<string, unknown>, string] => [
        `a name that no reader looks at: '${file}'`,
        { [file]: SECOND },
        `releases/${file} must end with '.json' in small letters`,
      ],
    ),
    ["a release in the folder above", { "models/4.json": SECOND }, "releases/models/4.json must be a file of releases"],
    ["the layout of before", { "prod.json": '{"release": "1"}' }, "releases/prod.json must be a file of releases"],
    [
      "two faults in two files",
      { "models/fraud/3.json": "{", "platform/latest.json": "{}" },
      "releases/platform/latest.json must be named <id>.json, such as 2026.11.21-1.json, got 'latest.json': rename or remove it",
    ],
    [
      "a signer of a model that there is not",
      { "signers.json": { ci: { kind: "sigstore", may: ["models/frud"], identity: "x", issuer: "https://x.dev" } } },
      "releases/signers.json: ci.may must be of a model of stacks/inputs/models.ts (fraud), got 'frud'. Did you mean 'fraud'?",
    ],
    ["a broken list of signers", { "signers.json": "[]\n" }, "releases/signers.json: must be an object, got '[]'"],
    ["a broken record of stable versions", { "stable/dev.json": "{" }, "releases/stable/dev.json must be JSON"],
    [
      "a platform release without its parent",
      { "platform/2026.11.22-1.json": platformReleaseOf("2026.11.22-1") },
      "releases/platform/2026.11.22-1.json: parent must be an older platform release (2026.11.21-1), got 'null', which only the first may have: name the one that it replaces",
    ],
  ])("finds %s", async (_, files, sentence) => {
    const folder = releases(files);
    const before = contentOf(folder);
    const { code, out, err } = await millrace(folder, "release", "verify");
    expect({ code, err }).toEqual({ code: 1, err: "" });
    expect(out).toContain(sentence);
    const json = JSON.parse((await millrace(folder, "release", "verify", "--json")).out);
    expect(json.files.flatMap((file: { problems: string[] }) => file.problems).join("\n")).toContain(sentence);
    expect(contentOf(folder)).toEqual(before);
  });

  it("compares a platform release with the working tree", async () => {
    const { code, out } = await millrace(releases(), "release", "verify", "platform@prod", "--tree");
    expect(code).toBe(1);
    expect(out).toMatch(/program must be a commit of this clone, got '4d4d.*': git fetch --unshallow\n/);
    expect(out).toMatch(
      /charts must be '[0-9a-f]{64}', which this working tree has \(components\/versions.ts, charts.lock.json\), got 'c1c1/,
    );
    expect(out).toMatch(
      /images must be '[0-9a-f]{64}', which this working tree has \(components\/chart-images.ts, .*\), got 'c2c2/,
    );
    expect(out).toMatch(/lockfile must be '[0-9a-f]{64}', which this working tree has \(package-lock.json\), got 'c3c3/);
  });
});

describe("release format", () => {
  it("writes files in their form, and nothing where one says something else", async () => {
    const dirty = JSON.stringify(pointerOf({ fraud: "3" }));
    const folder = releases({ "environments/prod.json": dirty, "models/fraud/4.json": `\n${canonicalText(SECOND)}` });
    const { out } = await millrace(folder, "release", "format");
    expect(out).toBe("releases/models/fraud/4.json is written\nreleases/environments/prod.json is written\n");
    expect((await millrace(folder, "release", "verify")).code).toBe(0);
    expect(JSON.parse((await millrace(folder, "release", "format", "--json")).out)).toEqual({ written: [] });

    const broken = releases({ "environments/prod.json": dirty, "environments/dev.json": '{"models": {}}' });
    const before = contentOf(broken);
    const { code, err } = await millrace(broken, "release", "format");
    expect([code, err]).toEqual([2, "releases/environments/dev.json: platform must be text, got nothing\n"]);
    expect(contentOf(broken)).toEqual(before);
  });
});
