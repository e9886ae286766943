import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type ApprovalSource, approvalsFrom, sourcesHere } from "#promotion/approvals/sources";
import { checkGates } from "#promotion/gates/check";
import type { Verdict } from "#promotion/ledger/record";
import type { Settings } from "#promotion/settings";
import { digestOfRelease } from "#stacks/inputs/releases/canonical";
import { FORMS } from "#stacks/inputs/releases/read";
import { modelReleaseOf, pointerOf } from "../../harness/releases.ts";
import { factsOf, hoursAgo, modelCandidate, requirementsOf, SETTINGS } from "../facts.ts";
import { type FakeForge, type FakeRequest, type Faults, fakeForge } from "./fake-forge.ts";

const CANDIDATE = modelCandidate();
const pointer = (models: Record<string, string>) => FORMS.pointer.textFor(pointerOf(models));
const churn = modelReleaseOf("churn", "2");
const FILES: Record<string, string> = {
  "base:package.json": "{}",
  "head:package.json": "{}",
  "base:releases/environments/prod.json": pointer({ fraud: "3", churn: "1" }),
  "head:releases/environments/prod.json": pointer({ fraud: "4", churn: "1" }),
  "head:releases/models/fraud/4.json": FORMS.model.textFor(CANDIDATE.release as never),
  "head:releases/models/churn/1.json": FORMS.model.textFor(churn),
};
const approves = [{ environment: "prod", subject: "models/fraud", to: "4", digest: CANDIDATE.digest }];

let forge: FakeForge;
afterEach(() => forge?.close());

const review = (user: string | null, rest: object = {}) => ({ user, state: "APPROVED", time: hoursAgo(5), ...rest });
const approval = (user: string, time: string | undefined = hoursAgo(5)) => ({ user, ...(time && { time }) });
const request = (rest: Partial<FakeRequest> = {}): FakeRequest => ({
  number: 7,
  author: "ada-gh",
  base: "base",
  head: "head",
  merged: "merge1",
  pushed: hoursAgo(6),
  ...rest,
});

type Kind = "github" | "gitlab";
const source = (kind: Kind, of: { request: number } | { commit: string } = { commit: "merge1" }): ApprovalSource =>
  kind === "github"
    ? { kind, api: forge.url, token: "secret", repository: "example/millrace", of }
    : { kind, api: `${forge.url}/api/v4`, token: "secret", project: "3", of };

const ask = async (
  kind: Kind,
  requests: FakeRequest[],
  { files = FILES, faults, of }: { files?: Record<string, string>; faults?: Faults; of?: { request: number } } = {},
) => {
  forge = await fakeForge(requests, files, faults);
  return await approvalsFrom([source(kind, of)], "prod", SETTINGS);
};

const page = (kind: Kind) => (kind === "github" ? "https://github.test/pull/7" : "https://gitlab.test/merge_requests/7");

it.each(["github", "gitlab"] as const)(
  "of %s do not count where the pull request itself says who approves, or what is asked",
  async (kind) => {
    const reviewed = request({
      author: kind === "github" ? "ada-gh" : "ada",
      reviews: [review("grace-gh")] as never,
      approved: [approval("grace")],
    });
    for (const [path, said] of [
      ["releases/promotion.json", "releases/promotion.json"],
      ["releases/signers.json", "releases/signers.json"],
      ["promotion/requirements.ts", "promotion"],
      ["package.json", "package.json"],
      ["cli/promote/outer.ts", "cli"],
    ] as const) {
      const unsettled = [
        `no approval counts: ${page(kind)} changes ${said} too, and may say who approves, what is asked and what runs. Merge that change by itself, before the promotion`,
      ];
      const other = { ...FILES, [`base:${path}`]: "{}\n", [`head:${path}`]: '{"people":{}}\n' };
      expect(await ask(kind, [reviewed], { files: other }), path).toMatchObject({ given: [], unsettled });
      forge.close();
      const added = { ...FILES, [`head:${path}`]: "{}\n" };
      expect((await ask(kind, [reviewed], { files: added })).given, path).toEqual([]);
      forge.close();
      const same = { ...FILES, [`base:${path}`]: "{}\n", [`head:${path}`]: "{}\n" };
      expect((await ask(kind, [reviewed], { files: same })).given, path).toHaveLength(1);
      forge.close();
    }
  },
);

it.each(["github", "gitlab"] as const)("of %s know who made the commits, but for those with approvals alone", async (kind) => {
  const commits = ["Grace <grace@example.com>", "Linus <linus@example.com>", "Olga <olga@example.com>", "Eve <eve@example.com>"];
  const changes = { 0: ["releases/environments/prod.json"], 1: ["releases/approvals/prod/models-fraud-4/linus.json"], 2: [] };
  const found = await ask(kind, [request({ commits, changes, reviews: [], approved: [] })]);
  const names = found.committedBy.map(({ name }) => name);
  expect(names).toContain(commits[0]);
  expect(names).not.toContain(commits[1]);
  // What nobody tells may be anything.
  expect(names).toContain(commits[2]);
  // Whoever is nobody here approves nothing.
  expect(names).not.toContain(commits[3]);
});

it("of GitHub allow that data goes where the review names it", async () => {
  const urn = "urn:pulumi:foundation-prod::millrace::aws:rds/instance:Instance::database";
  const body = `Looked at it. \`${urn}\` may go,\nand '${urn}2' too.`;
  const { given } = await ask("github", [request({ reviews: [review("grace-gh", { body }), review("linus-gh")] as never })]);
  expect(given.map(({ approves: [one] }) => one!.allowReplace)).toEqual([[urn, `${urn}2`], undefined]);
});

describe("reviews on GitHub", () => {
  const by = (user: string, person: string, time = hoursAgo(5)) => ({
    by: person,
    source: `${page("github")} by ${user}`,
    time,
    approves,
  });

  it("count by the last one of each person, over all pages", async () => {
    const reviews = [
      review("grace-gh", { state: "CHANGES_REQUESTED", time: hoursAgo(9) }),
      review("linus-gh"),
      review(null),
      review("grace-GH"),
      review("grace-gh", { state: "COMMENTED", time: hoursAgo(1) }),
    ];
    expect(await ask("github", [request({ reviews })])).toEqual({
      given: [by("grace-gh", "grace"), by("linus-gh", "linus")],
      openedBy: [{ kind: "github", name: "ada-gh" }],
      committedBy: [
        { kind: "github", name: "ada-gh" },
        { kind: "github", name: "web-flow" },
        { kind: "author", name: "ada-gh <ada-gh@users.test>" },
        { kind: "author", name: "GitHub <noreply@github.com>" },
      ],
      refused: [],
      unsettled: [],
    });
  });

  it.each<[what: string, reviews: object[], refused: string[]]>([
    ["taken back by a later no", [review("grace-gh"), review("grace-gh", { state: "CHANGES_REQUESTED" })], []],
    ["dismissed", [review("grace-gh", { state: "DISMISSED" })], []],
    ["not sent yet", [review("grace-gh", { state: "PENDING" })], []],
    [
      "of an earlier commit",
      [review("grace-gh", { commit: "older" })],
      [`the review of grace-gh (${page("github")}) is of an earlier commit`],
    ],
    ["of whoever opened it", [review("Ada-gh")], []],
    ["of a stranger", [review("eve")], [`eve (${page("github")}) is nobody in releases/promotion.json`]],
  ])("do not count: %s", async (_, reviews, refused) => {
    expect(await ask("github", [request({ reviews: reviews as never })])).toMatchObject({ given: [], refused });
  });
});

describe("approvals on GitLab", () => {
  const by = (user: string, time = hoursAgo(5)) => ({ by: user, source: `${page("gitlab")} by ${user}`, time, approves });

  it("count when they are later than the last push", async () => {
    expect(
      await ask("gitlab", [request({ author: "ada", approved: [approval("grace"), approval("linus", hoursAgo(2))] })]),
    ).toEqual({
      given: [by("grace"), by("linus", hoursAgo(2))],
      openedBy: [{ kind: "gitlab", name: "ada" }],
      committedBy: [
        { kind: "author", name: "ada <ada@users.test>" },
        { kind: "author", name: "ada <ada@users.test>" },
      ],
      refused: [],
      unsettled: [],
    });
  });

  it.each<[what: string, approved: object[], faults: Faults, count: number, refused: string[]]>([
    [
      "before the last push",
      [approval("grace", hoursAgo(7))],
      { resets: true },
      0,
      [`the approval of grace (${page("gitlab")}) is of an earlier commit`],
    ],
    ["at an unknown time, where pushes take them back", [approval("grace", "")], { resets: true }, 1, []],
    [
      "at an unknown time, where they stay",
      [approval("grace", "")],
      { resets: false },
      0,
      [`the approval of grace (${page("gitlab")}) may be of an earlier commit: let the project remove approvals on a push`],
    ],
    [
      "at an unknown time, where nobody may ask",
      [approval("grace", "")],
      {},
      0,
      [`the approval of grace (${page("gitlab")}) may be of an earlier commit: let the project remove approvals on a push`],
    ],
    ["by whoever opened it", [approval("Ada-GH")], {}, 0, []],
    ["by a stranger", [approval("eve")], {}, 0, [`eve (${page("gitlab")}) is nobody in releases/promotion.json`]],
  ])("given %s", async (_, approved, faults, count, refused) => {
    const found = await ask("gitlab", [request({ approved: approved as never })], { faults });
    expect([found.given.length, found.refused]).toEqual([count, refused]);
  });
});

describe.each<Kind>(["github", "gitlab"])("on %s, an approval", (kind) => {
  const approved = kind === "github" ? { reviews: [review("grace-gh")] } : { approved: [approval("grace")] };
  const given = async (...args: Parameters<typeof ask> extends [Kind, ...infer Rest] ? Rest : never) =>
    (await ask(kind, ...args)).given.map((each) => each.approves);

  it("is of the lines that the request changes, and of no others", async () => {
    expect(await given([request(approved)])).toEqual([approves]);
    forge.close();
    const other = { ...FILES, "head:releases/environments/prod.json": pointer({ fraud: "3", churn: "1" }) };
    expect(await given([request(approved)], { files: other })).toEqual([[]]);
    forge.close();
    // Another release under the same name.
    const release = { ...(CANDIDATE.release as object), data: "other" };
    const changed = { ...FILES, "head:releases/models/fraud/4.json": FORMS.model.textFor(release as never) };
    expect(await given([request(approved)], { files: changed })).toEqual([
      [{ ...approves[0], digest: digestOfRelease(release as never) }],
    ]);
    forge.close();
    const { "head:releases/models/fraud/4.json": _, ...without } = FILES;
    expect(await given([request(approved)], { files: without })).toEqual([[]]);
  });

  it("counts of an open request too, and only into the default branch", async () => {
    const { merged: _, ...open } = request(approved);
    expect(await given([open], { of: { request: 7 } })).toHaveLength(1);
    forge.close();
    expect(await given([open])).toHaveLength(0);
    forge.close();
    expect(await given([request({ ...approved, into: "develop" })])).toHaveLength(0);
    forge.close();
    expect(
      await given([request({ ...approved, number: 6, merged: "merge0" }), request({ number: 7, reviews: [], approved: [] })]),
    ).toHaveLength(0);
    forge.close();
    expect(await given([], { of: { request: 8 } })).toHaveLength(0);
  });

  it("is asked for at the host of the token alone", async () => {
    const crowd = Array.from({ length: 4 }, (_, index) => `user${index}`);
    const many =
      kind === "github"
        ? { reviews: [...crowd.map((user) => review(user)), review("grace-gh")] }
        : { approved: [approval("grace")] };
    expect(await given([request(many)], { faults: { next: "http://127.0.0.2:1" } })).toHaveLength(1);
    forge.close();
    const away = { status: { of: kind === "github" ? "/reviews" : "/versions", status: 302, location: "http://127.0.0.2:1/x" } };
    await expect(ask(kind, [request(approved)], { faults: away })).rejects.toThrow(/answered 302 to /);
  });

  it.each<[what: string, faults: Faults, why: RegExp]>([
    [
      "refuses the token",
      { status: { of: "/", status: 401 } },
      /^could not be decided: (github|gitlab) answered 401 to .*: {"message":"no"}$/,
    ],
    ["is broken", { status: { of: "/", status: 500 } }, /^could not be decided: (github|gitlab) answered 500 to /],
    ["stays busy", { status: { of: "/", status: 503 } }, /^could not be decided: (github|gitlab) answered 503 to /],
    [
      "answers something else",
      { garbage: true },
      /^could not be decided: (github|gitlab) must answer \/.* with JSON, it did with other text$/,
    ],
  ])("is not given where the service %s", async (_, faults, why) => {
    forge = await fakeForge([request(approved)], FILES, faults);
    expect((await verdict(source(kind))).detail).toMatch(why);
  });

  it("is not given where the service cannot be reached, or a file of the request cannot be read", async () => {
    forge = await fakeForge([], {});
    const asked = source(kind);
    forge.close();
    expect((await verdict(asked)).detail).toMatch(
      /^could not be decided: (github|gitlab) cannot be reached at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)$/,
    );
    forge = await fakeForge([request(approved)], { ...FILES, "head:releases/environments/prod.json": "{" });
    expect((await verdict(source(kind))).detail).toMatch(
      /^could not be decided: releases\/environments\/prod.json must be JSON, got /,
    );
  });
});

/** What the gate says of approvals of a source. */
const verdict = async (asked: ApprovalSource): Promise<Verdict> =>
  (await checkGates(factsOf({ approvals: () => approvalsFrom([asked], "prod", SETTINGS) }), requirementsOf())).find(
    ({ gate }) => gate === "approvals",
  )!;

describe("the sources of a process", () => {
  const files = { kind: "files" };
  const github = {
    GITHUB_ACTIONS: "true",
    GITHUB_REPOSITORY: "a/b",
    GITHUB_TOKEN: "t",
    GITHUB_SHA: "c1",
    GITHUB_REF: "refs/heads/main",
  };
  const gitlab = {
    GITLAB_CI: "true",
    CI_API_V4_URL: "https://g/api/v4",
    CI_PROJECT_ID: "3",
    COMMENT_TOKEN: "t",
    CI_COMMIT_SHA: "c1",
  };
  const settings = { ...SETTINGS, forge: "https://g/api/v4" };
  it.each<[what: string, env: Record<string, string>, commit: string | undefined, sources: object[], settings?: Settings]>([
    ["by hand", {}, undefined, [files]],
    ["by hand, in a shell with the variables of a job", { ...github, GITHUB_ACTIONS: "" }, undefined, [files]],
    ["by hand, in a shell with those of GitLab", { ...gitlab, GITLAB_CI: "" }, undefined, [files]],
    [
      "a job of GitHub after a merge",
      github,
      undefined,
      [files, { kind: "github", api: "https://api.github.com", token: "t", repository: "a/b", of: { commit: "c1" } }],
    ],
    [
      "a job of a pull request",
      { ...github, GITHUB_REF: "refs/pull/7/merge", GITHUB_API_URL: "https://ghe/api/v3" },
      undefined,
      [files, { kind: "github", api: "https://ghe/api/v3", token: "t", repository: "a/b", of: { request: 7 } }],
      { ...SETTINGS, forge: "https://ghe/api/v3" },
    ],
    [
      "a job of GitHub for an earlier commit",
      github,
      "c0",
      [files, { kind: "github", api: "https://api.github.com", token: "t", repository: "a/b", of: { commit: "c0" } }],
    ],
    ["a job of GitHub without a token", { ...github, GITHUB_TOKEN: "" }, undefined, [files]],
    [
      "a job of GitLab after a merge",
      gitlab,
      undefined,
      [files, { kind: "gitlab", api: "https://g/api/v4", token: "t", project: "3", of: { commit: "c1" } }],
      settings,
    ],
    [
      "a job of a merge request",
      { ...gitlab, CI_MERGE_REQUEST_IID: "7" },
      undefined,
      [files, { kind: "gitlab", api: "https://g/api/v4", token: "t", project: "3", of: { request: 7 } }],
      settings,
    ],
  ])("are, in %s", (_, env, commit, sources, own = SETTINGS) => {
    expect(sourcesHere(env, own, commit)).toEqual(sources);
  });

  it.each([
    [
      { ...github, GITHUB_API_URL: "http://127.0.0.1:8080" },
      SETTINGS,
      `GITHUB_API_URL must be 'https://api.github.com', got 'http://127.0.0.1:8080': a server of one's own is named in releases/promotion.json, as "forge"`,
    ],
    [
      { ...github, GITHUB_API_URL: "https://api.github.com.evil.test" },
      SETTINGS,
      `GITHUB_API_URL must be 'https://api.github.com', got 'https://api.github.com.evil.test': a server of one's own is named in releases/promotion.json, as "forge"`,
    ],
    [
      gitlab,
      SETTINGS,
      `CI_API_V4_URL must be 'https://gitlab.com/api/v4', got 'https://g/api/v4': a server of one's own is named in releases/promotion.json, as "forge"`,
    ],
    [
      github,
      settings,
      `GITHUB_API_URL must be 'https://g/api/v4', got 'https://api.github.com': a server of one's own is named in releases/promotion.json, as "forge"`,
    ],
  ])("are no service that a shell names: %o", (env, own, why) => {
    expect(() => sourcesHere(env, own)).toThrow(why);
    vi.stubEnv("PULUMI_BACKEND_URL", "file:///stacks");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(sourcesHere(env, own)).toHaveLength(2);
  });
});
