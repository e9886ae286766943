import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { approvalsInFiles } from "#promotion/approvals/files";
import { GATES } from "#promotion/gates/index";
import { checkRequirements } from "#promotion/requirement-rules";
import { requirements } from "#promotion/requirements";
import { readSettings } from "#promotion/settings";
import { profiles } from "#stacks/inputs/environments/index";
import { canonicalText } from "#stacks/inputs/releases/canonical";
import { placeOf } from "#stacks/inputs/releases/read";
import { approvedBy, folderOf, PROMOTION, refusal } from "./written.ts";

type Change = (content: any) => unknown;

/** A value with a change at a path: `people.ada.key`. */
const set =
  (path: string, value: unknown): Change =>
  (content) => {
    const keys = path.split("/");
    const last = keys.pop()!;
    const at = keys.reduce((inner, key) => inner[key], content);
    if (value === undefined) {
      delete at[last];
    } else {
      at[last] = value;
    }
    return content;
  };

/** The sentence first: it names the test. */
const titled = (rows: readonly [Change, string][]) => rows.map(([change, sentence]) => [sentence, change] as const);

const LINE = "must be one line of text, 1 to 200 characters";
const TIME = "must be a time in UTC, such as 2026-11-21T09:00:00Z";
const PATTERN = "must be platform, models, or models/<model>";
const ENVIRONMENT = "must be an environment (dev, staging, prod)";
const LEDGER = "must be file:///<folder>, or s3://<bucket>/<prefix>?region=<region>";

const SETTINGS: [change: Change, sentence: string][] = [
  [set("people", undefined), "people must be an object, got nothing"],
  [set("people", []), "people must be an object, got '[]'"],
  [set("people", "ada"), "people must be an object, got 'ada'"],
  [set("freezes", undefined), "freezes must be a list, got nothing"],
  [set("freezes", {}), "freezes must be a list, got '{}'"],
  [set("approvers", undefined), "approvers must be an object, got nothing"],
  [set("approvers", []), "approvers must be an object, got '[]'"],
  [
    set("aprovers", {}),
    "aprovers must be a known key (approvers, forge, freezes, ledger, people, registries, stores). Did you mean 'approvers'?",
  ],
  [
    set("freeze", []),
    "freeze must be a known key (approvers, forge, freezes, ledger, people, registries, stores). Did you mean 'freezes'?",
  ],
  [
    set("forge", "git.example.com"),
    "forge must be the address of an interface, such as https://git.example.com/api/v4, got 'git.example.com'",
  ],
  [
    set("forge", "https://git.example.com/api/v4/"),
    "forge must be the address of an interface, such as https://git.example.com/api/v4, got 'https://git.example.com/api/v4/'",
  ],
  [set("owner", "x"), "owner must be a known key (approvers, forge, freezes, ledger, people, registries, stores)"],
  [set("people/Ada", { authors: ["A"] }), "people.Ada must be a name in small letters, digits and -, such as ada"],
  [
    set("people/ada lovelace", { authors: ["A"] }),
    "people.ada lovelace must be a name in small letters, digits and -, such as ada",
  ],
  [
    (content) => ({ ...content, people: { "../x": { authors: ["X"] } } }),
    "people.../x must be a name in small letters, digits and -, such as ada",
  ],
  [set("people/ada/authors", undefined), "people.ada.authors must be a list, got nothing"],
  [set("people/ada/authors", []), "people.ada.authors must be a list with at least one name or address, got '[]'"],
  [set("people/ada/authors", "Ada"), "people.ada.authors must be a list, got 'Ada'"],
  [set("people/ada/authors", [""]), `people.ada.authors[0] ${LINE}, got ''`],
  [set("people/ada/authors", ["a\nb"]), `people.ada.authors[0] ${LINE}, got 'a\\nb'`],
  [set("people/ada/authors", [7]), "people.ada.authors[0] must be text, got '7'"],
  [
    set("people/ada/author", ["Ada"]),
    "people.ada.author must be a known key (authors, github, gitlab, key). Did you mean 'authors'?",
  ],
  [set("people/ada/email", "x"), "people.ada.email must be a known key (authors, github, gitlab, key)"],
  [set("people/ada/github", "@ada"), "people.ada.github must be the login of a user of GitHub, got '@ada'"],
  [set("people/ada/github", ""), "people.ada.github must be the login of a user of GitHub, got ''"],
  [set("people/ada/github", 1), "people.ada.github must be text, got '1'"],
  [set("people/ada/gitlab", "a b"), "people.ada.gitlab must be the username of a user of GitLab, got 'a b'"],
  [set("people/ada/gitlab", null), "people.ada.gitlab must be text, got 'null'"],
  [
    set("people/ada/key", "adaa"),
    "people.ada.key must be somebody with a key in releases/signers.json (ada, grace-key, linus-key), got 'adaa'. Did you mean 'ada'?",
  ],
  [
    set("people/ada/key", "ci"),
    "people.ada.key must be somebody with a key in releases/signers.json (ada, grace-key, linus-key), got 'ci': add it there first",
  ],
  [set("people/ada/key", ""), `people.ada.key ${LINE}, got ''`],
  [set("people/ada", null), "people.ada must be an object, got 'null'"],
  [
    set("people/tom/authors", ["ADA"]),
    "people.tom.authors[0] must be nobody else's, got 'ADA', which ada has: name it once, for the one whose it is",
  ],
  [
    set("people/tom/github", "Ada-GH"),
    "people.tom.github must be nobody else's, got 'Ada-GH', which ada has: name it once, for the one whose it is",
  ],
  [
    set("people/tom/gitlab", "Grace"),
    "people.tom.gitlab must be nobody else's, got 'Grace', which grace has: name it once, for the one whose it is",
  ],
  [
    set("people/tom/key", "ada"),
    "people.tom.key must be nobody else's, got 'ada', which ada has: name it once, for the one whose it is",
  ],
  [
    set("people/tom/authors", ["Tom", "Tom"]),
    "people.tom.authors[1] must be nobody else's, got 'Tom', which tom has: name it once, for the one whose it is",
  ],
  [set("approvers/prd", {}), "approvers.prd must be a known key (dev, staging, prod). Did you mean 'prod'?"],
  [set("approvers/test", {}), "approvers.test must be a known key (dev, staging, prod)"],
  [set("approvers/prod", []), "approvers.prod must be an object, got '[]'"],
  [set("approvers/prod/model", ["grace"]), `approvers.prod.model ${PATTERN}`],
  [set("approvers/prod", { "models/": ["grace"] }), `approvers.prod.models/ ${PATTERN}`],
  [set("approvers/prod", { "models/Fraud": ["grace"] }), `approvers.prod.models/Fraud ${PATTERN}`],
  [
    set("approvers/prod", { "models/fruad": ["grace"] }),
    "approvers.prod.models/fruad must be of a model of stacks/inputs/models.ts (fraud), got 'fruad'. Did you mean 'fraud'?",
  ],
  [
    set("approvers/prod", { "models/churn": ["grace"] }),
    "approvers.prod.models/churn must be of a model of stacks/inputs/models.ts (fraud), got 'churn': add it there, or remove this",
  ],
  [set("approvers/prod/platform", []), "approvers.prod.platform must be a list with at least one person, got '[]'"],
  [set("approvers/prod/platform", "grace"), "approvers.prod.platform must be a list, got 'grace'"],
  [set("approvers/prod/platform", [1]), "approvers.prod.platform[0] must be text, got '1'"],
  [
    set("approvers/prod/platform", ["gracee"]),
    "approvers.prod.platform[0] must be one of people (ada, grace, linus, tom), got 'gracee'. Did you mean 'grace'?",
  ],
  [
    set("approvers/prod/platform", ["constructor"]),
    "approvers.prod.platform[0] must be one of people (ada, grace, linus, tom), got 'constructor': add it to people first",
  ],
  [
    set("approvers/prod/platform", ["grace", "grace"]),
    "approvers.prod.platform[1] must be named once, got 'grace' again: remove one of the two",
  ],
  [set("people", {}), "approvers.prod.models[0] must be one of people (nobody yet), got 'ada': add it to people first"],
  [set("freezes/0/environments", []), "freezes[0].environments must be a list with at least one environment, got '[]'"],
  [set("freezes/0/environments", undefined), "freezes[0].environments must be a list, got nothing"],
  [set("freezes/0/environments", ["prd"]), `freezes[0].environments[0] ${ENVIRONMENT}, got 'prd'`],
  [
    set("freezes/0/environments", ["prod", "prod"]),
    "freezes[0].environments[1] must be named once, got 'prod' again: remove one of the two",
  ],
  [set("freezes/0/from", "2026-12-24"), `freezes[0].from ${TIME}, got '2026-12-24'`],
  [set("freezes/0/from", "2026-12-24T00:00:00+01:00"), `freezes[0].from ${TIME}, got '2026-12-24T00:00:00+01:00'`],
  [set("freezes/0/from", undefined), `freezes[0].from ${TIME}, got nothing`],
  [set("freezes/0/until", "2026-02-31T00:00:00Z"), `freezes[0].until ${TIME}, got '2026-02-31T00:00:00Z'`],
  [set("freezes/0/until", 5), `freezes[0].until ${TIME}, got '5'`],
  [
    set("freezes/0/until", "2026-12-24T00:00:00Z"),
    "freezes[0].until must be later than from, '2026-12-24T00:00:00Z', got '2026-12-24T00:00:00Z': swap the two, or remove the freeze",
  ],
  [
    set("freezes/0/until", "2026-12-23T00:00:00Z"),
    "freezes[0].until must be later than from, '2026-12-24T00:00:00Z', got '2026-12-23T00:00:00Z': swap the two, or remove the freeze",
  ],
  [set("freezes/0/reason", undefined), "freezes[0].reason must be text, got nothing"],
  [set("freezes/0/reason", ""), `freezes[0].reason ${LINE}, got ''`],
  [set("freezes/0/reason", "\u001b[2J"), `freezes[0].reason ${LINE}, got '\\u001b[2J'`],
  [set("freezes/0/subjects", []), "freezes[0].subjects must be a list with at least one subject; left out, it is all, got '[]'"],
  [set("freezes/0/subjects", ["all"]), `freezes[0].subjects[0] ${PATTERN}, got 'all'`],
  [
    set("freezes/0/subjects", ["models/frauds"]),
    "freezes[0].subjects[0] must be of a model of stacks/inputs/models.ts (fraud), got 'frauds'. Did you mean 'fraud'?",
  ],
  [
    set("freezes/0/subjects", ["models", "models"]),
    "freezes[0].subjects[1] must be named once, got 'models' again: remove one of the two",
  ],
  [
    set("freezes/0/subject", ["models"]),
    "freezes[0].subject must be a known key (environments, from, subjects, reason, until). Did you mean 'subjects'?",
  ],
  [set("freezes/0", "always"), "freezes[0] must be an object, got 'always'"],
  [set("ledger", ""), `ledger ${LEDGER}, got ''`],
  [set("ledger", "https://x/y"), `ledger ${LEDGER}, got 'https://x/y'`],
  [set("ledger", "file://relative/x"), `ledger ${LEDGER}, got 'file://relative/x'`],
  [set("ledger", "s3://UPPER/x"), `ledger ${LEDGER}, got 's3://UPPER/x'`],
  [set("ledger", "s3://records/x y"), `ledger ${LEDGER}, got 's3://records/x y'`],
  [set("ledger", "s3://ada:secret@records/x"), `ledger ${LEDGER}, got 's3://…@records/x'`],
  [set("stores", { prd: {} }), "stores.prd must be a known key (dev, staging, prod). Did you mean 'prod'?"],
  [set("stores", { prod: {} }), "stores.prod.models must be text, got nothing"],
  [
    set("stores", { prod: { models: "/mnt/models" } }),
    "stores.prod.models must be s3://<bucket>/<prefix>?region=<region>, or file:///<folder>, got '/mnt/models'",
  ],
  [
    set("stores", { prod: { images: "https://registry/x", models: "s3://models" } }),
    "stores.prod.images must be a registry and a path, without https://, got 'https://registry/x'",
  ],
  [set("ledger", null), "ledger must be text, got 'null'"],
];

describe("releases/promotion.json", () => {
  it("is read where it is right", () => {
    const folder = folderOf();
    expect(readSettings(folder)).toEqual(PROMOTION);
  });

  it.each(titled(SETTINGS))("is refused with %s", (sentence, change) => {
    const folder = folderOf({ "promotion.json": canonicalText(change(structuredClone(PROMOTION))) });
    const lines = refusal(() => readSettings(folder)).split("\n");
    expect(lines).toContain(`releases/promotion.json: ${sentence}`);
    expect(lines.length).toBeLessThan(7);
  });

  it.each<[what: string, text: string | undefined, sentence: RegExp]>([
    [
      "no file",
      undefined,
      /^releases\/promotion.json must be a file that says who approves and when nothing changes, got nothing: write {"approvers": {}, "freezes": \[\], "people": {}}$/,
    ],
    ["an empty one", "", /must be JSON, got an empty file/],
    ["other text", "<html>", /must be JSON, got a mistake at line 1, column 1:/],
    ["a list", "[]\n", /^releases\/promotion.json: must be an object, got '\[\]'$/],
    ["another form", JSON.stringify(PROMOTION), /must be canonical JSON \(sorted keys/],
    [
      "a key twice",
      '{"people": {}, "people": {}, "freezes": [], "approvers": {}}',
      /people must stand in its object once, got it twice/,
    ],
    ["a hidden key", '{"__proto__": {}, "people": {}, "freezes": [], "approvers": {}}', /must have no key '__proto__'/],
  ])("is refused as %s", (_, text, sentence) => {
    expect(refusal(() => readSettings(folderOf({ "promotion.json": text })))).toMatch(sentence);
  });
});

const HEX = "must be 64 hexadecimal digits";
const SIGNATURE = "must be an Ed25519 signature, 64 bytes in base64";
const PLACE = (place: string) => ` must be where what it says belongs, ${place}, got another place: move it there`;

const APPROVALS: [change: Change, sentence: string][] = [
  [set("approves", undefined), ": approves must be an object, got nothing"],
  [set("approves/digest", "abc"), `: approves.digest ${HEX}, got 'abc'`],
  [set("approves/digest", undefined), ": approves.digest must be text, got nothing"],
  [set("approves/environment", "prd"), `: approves.environment ${ENVIRONMENT}, got 'prd'`],
  [set("approves/environment", "staging"), PLACE("releases/approvals/staging/models-fraud-4/grace.json")],
  [set("approves/subject", "models"), ": approves.subject must be platform, or models/<model>, got 'models'"],
  [set("approves/subject", "models/../../x"), ": approves.subject must be platform, or models/<model>, got 'models/../../x'"],
  [set("approves/subject", "models/churn"), PLACE("releases/approvals/prod/models-churn-4/grace.json")],
  [set("approves/to", "latest"), ": approves.to must be a version in quotes, or the id of a platform release, got 'latest'"],
  [set("approves/to", 4), ": approves.to must be text, got '4'"],
  [set("approves/to", "5"), PLACE("releases/approvals/prod/models-fraud-5/grace.json")],
  [set("approves/version", "4"), ": approves.version must be a known key (allowReplace, digest, environment, subject, to)"],
  [
    set("approves/allowReplace", []),
    ": approves.allowReplace must be a list with at least one URN; left out, nothing with data may go, got '[]'",
  ],
  [set("approves/allowReplace", ["*"]), ": approves.allowReplace[0] must be the URN of a resource, urn:pulumi:…, got '*'"],
  [set("by", ""), `: by ${LINE}, got ''`],
  [set("by", "linus"), PLACE("releases/approvals/prod/models-fraud-4/linus.json")],
  [set("by", "../x"), PLACE("releases/approvals/prod/models-fraud-4/../x.json")],
  [set("coment", "x"), ": coment must be a known key (approves, by, comment, signature, time). Did you mean 'comment'?"],
  [set("comment", "a\u0007b"), `: comment ${LINE}, got 'a\\u0007b'`],
  [
    set("comment", "another one"),
    ": signature must be grace's over this approval, got one of other bytes or of another key: approve it again",
  ],
  [set("signature", undefined), ": signature must be text, got nothing"],
  [set("signature", "AAAA"), `: signature ${SIGNATURE}, got 'AAAA'`],
  [
    set("signature", `${"A".repeat(86)}==`),
    ": signature must be grace's over this approval, got one of other bytes or of another key: approve it again",
  ],
  [set("time", "yesterday"), `: time ${TIME}, got 'yesterday'`],
  [
    set("time", "2026-11-24T11:00:01Z"),
    ": signature must be grace's over this approval, got one of other bytes or of another key: approve it again",
  ],
];

describe("an approval", () => {
  it.each(titled(APPROVALS))("is refused with %s", (sentence, change) => {
    const folder = folderOf();
    const file = approvedBy("grace", folder, { comment: "fine" });
    const settings = readSettings(folder);
    const path = placeOf(file, folder);
    const good = JSON.parse(JSON.stringify(approvalsInFiles({ kind: "files", folder }, "prod", settings)));
    expect(good.given).toHaveLength(1);
    writeFileSync(path, canonicalText(change(JSON.parse(readFileSync(path, "utf8")))));
    const { given, refused } = approvalsInFiles({ kind: "files", folder }, "prod", settings);
    expect([given, refused[0]?.split("\n")]).toEqual([[], expect.arrayContaining([`${file}${sentence}`])]);
  });
});

const METRIC = "must be test.<metric> or validation.<metric>";
const CLOCK = "must be a time of day, such as 09:00";
const WEEKLY = { open: "weekly", days: ["mon"], from: "09:00", until: "16:00", zone: "UTC" };
const NAMES = GATES.map(({ name }) => name);
const ALL = `(${NAMES.join(", ")})`;

const REQUIREMENTS: [change: Change, sentence: string][] = [
  [set("levels/soaks", "off"), `levels.soaks must be of a gate ${ALL}, got 'soaks'. Did you mean 'soak'?`],
  [
    set("levels/own", "off"),
    `levels.own must be of a gate ${ALL}, got 'own': add it to promotion/gates/index.ts, or remove this`,
  ],
  [
    set("levels/constructor", "off"),
    `levels.constructor must be of a gate ${ALL}, got 'constructor': add it to promotion/gates/index.ts, or remove this`,
  ],
  [set("levels/soak", "on"), "levels.soak must be one of off, advisory, mandatory, got 'on'"],
  [set("levels/soak", true), "levels.soak must be one of off, advisory, mandatory, got 'true'"],
  [set("levels", undefined), "levels must be an object, got nothing"],
  [
    set("level", {}),
    "level must be a known key (levels, soakHours, evaluation, backupHours, approvals, window). Did you mean 'levels'?",
  ],
  [set("soakHours", -1), "soakHours must be a number from 0 to 720, got '-1'"],
  [set("soakHours", 86_400), "soakHours must be a number from 0 to 720, got '86400'"],
  [set("soakHours", "24"), "soakHours must be a number from 0 to 720, got '24'"],
  [set("soakHours", Number.NaN), "soakHours must be a number from 0 to 720, got 'NaN'"],
  [set("backupHours", 0), "backupHours must be a number from 1 to 840, got '0'"],
  [set("backupHours", undefined), "backupHours must be a number from 1 to 840, got nothing"],
  [set("approvals/people", 1.5), "approvals.people must be a whole number from 0 to 10, got '1.5'"],
  [set("approvals/people", -1), "approvals.people must be a whole number from 0 to 10, got '-1'"],
  [set("approvals/people", 11), "approvals.people must be a whole number from 0 to 10, got '11'"],
  [set("approvals/days", 0), "approvals.days must be a number from 1 to 90, got '0'"],
  [set("approvals/days", 365), "approvals.days must be a number from 1 to 90, got '365'"],
  [set("approvals/day", 1), "approvals.day must be a known key (people, days). Did you mean 'days'?"],
  [set("evaluation/metric", "auc"), `evaluation.metric ${METRIC}, got 'auc'`],
  [set("evaluation/metric", "train.auc"), `evaluation.metric ${METRIC}, got 'train.auc'`],
  [
    set("evaluation/atLeast", 1.1),
    "evaluation.atLeast must be between 0 and 1 for auc, got '1.1': give a value that auc can have",
  ],
  [set("evaluation/atLeast", "0.85"), "evaluation.atLeast must be a number, got '0.85'"],
  [
    set("evaluation/atLeast", undefined),
    "evaluation must have one of atLeast and atMost, got neither: atLeast where a higher test.auc is better, else atMost",
  ],
  [
    set("evaluation/atMost", 0.9),
    "evaluation must have one of atLeast and atMost, got both: atLeast where a higher test.auc is better, else atMost",
  ],
  [
    set("evaluation", { metric: "test.auc", atMost: 0.9 }),
    "evaluation.atMost must be atLeast for test.auc, of which a higher value is better, got 'atMost': rename the key",
  ],
  [
    set("evaluation", { metric: "test.rmse", atLeast: 3 }),
    "evaluation.atLeast must be atMost for test.rmse, of which a lower value is better, got 'atLeast': rename the key",
  ],
  [
    set("evaluation", { metric: "test.rmse", atMost: -3 }),
    "evaluation.atMost must be at least 0 for rmse, got '-3': give a value that rmse can have",
  ],
  [set("evaluation/tolerance", -0.1), "evaluation.tolerance must be a number of at least 0, got '-0.1'"],
  [set("evaluation/floor", 0.9), "evaluation.floor must be a known key (metric, tolerance, atLeast, atMost, models)"],
  [
    set("evaluation/models", { fruad: { metric: "test.auc", atLeast: 0.8 } }),
    "evaluation.models.fruad must be of a model of stacks/inputs/models.ts (fraud), got 'fruad'. Did you mean 'fraud'?",
  ],
  [
    set("evaluation/models", { fraud: { metric: "test.auc" } }),
    "evaluation.models.fraud must have one of atLeast and atMost, got neither: atLeast where a higher test.auc is better, else atMost",
  ],
  [set("window", { open: "daily" }), "window.open must be one of always, weekly, got 'daily'"],
  [set("window", { ...WEEKLY, open: "always" }), "window.days must be a known key (open)"],
  [set("window", { ...WEEKLY, days: [] }), "window.days must be a list of at least 1, got '[]'"],
  [
    set("window", { ...WEEKLY, days: ["monday"] }),
    "window.days[0] must be one of mon, tue, wed, thu, fri, sat, sun, got 'monday'",
  ],
  [
    set("window", { ...WEEKLY, days: ["mon", "mon"] }),
    "window.days[1] must be named once, got 'mon' again: remove one of the two",
  ],
  [set("window", { ...WEEKLY, from: "9:00" }), `window.from ${CLOCK}, got '9:00'`],
  [set("window", { ...WEEKLY, until: "25:00" }), `window.until ${CLOCK}, got '25:00'`],
  [
    set("window", { ...WEEKLY, from: "22:00", until: "06:00" }),
    "window.until must be later than from, '22:00', got '06:00': a window ends on the day on which it begins",
  ],
  [
    set("window", { ...WEEKLY, zone: "Europe/Stockholn" }),
    "window.zone must be a time zone of the IANA list, got 'Europe/Stockholn': name one such as Europe/Stockholm or UTC",
  ],
  [
    set("window", { ...WEEKLY, zone: "+02:00" }),
    "window.zone must be a time zone of the IANA list, got '+02:00': name one such as Europe/Stockholm or UTC",
  ],
];

describe("what an environment asks for", () => {
  it.each(Object.keys(profiles) as (keyof typeof profiles)[])("is right in %s", (environment) => {
    expect(() => checkRequirements(environment, requirements[environment], NAMES)).not.toThrow();
  });

  it.each(titled(REQUIREMENTS))("is refused with %s", (sentence, change) => {
    const changed = change(structuredClone(requirements.prod));
    expect(refusal(() => checkRequirements("prod", changed, NAMES)).split("\n")).toEqual(
      expect.arrayContaining([`promotion/requirements.ts: prod.${sentence}`]),
    );
  });

  it("is asked for more in each environment than in the one before", () => {
    const { dev, staging, prod } = requirements;
    for (const [less, more] of [
      [dev, staging],
      [staging, prod],
    ] as const) {
      expect(more.soakHours).toBeGreaterThan(less.soakHours);
      expect(more.approvals.people).toBeGreaterThan(less.approvals.people);
    }
    expect(prod.levels).toEqual({});
  });
});

it("there are at least 120 bad inputs", () => {
  expect(SETTINGS.length + 7 + APPROVALS.length + REQUIREMENTS.length).toBeGreaterThanOrEqual(120);
});
