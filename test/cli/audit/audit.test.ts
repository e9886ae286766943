import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { openLedger } from "#promotion/ledger/ledger";
import { digestOfRecord, type LedgerRecord } from "#promotion/ledger/record";
import { pointerOf, releasesFolder } from "../../harness/releases.ts";
import {
  ADA,
  BOB,
  begin,
  done,
  failed,
  fraud,
  gatesWith,
  hour,
  ledgerFolder,
  platform,
  stable,
  takenOver,
  thrown,
  word,
} from "../../promotion/ledger/records.ts";
import { millrace, type Ran } from "../release/run.ts";

const NOW = "2026-11-21T12:00:00Z";
const job = { ...ADA, who: "cy", job: "https://github.com/example/millrace/actions/runs/42/attempts/1" };

/** A history of prod: 3 with the platform; 4 is thrown out, comes again and is stable; 5 is begun. */
async function ledgerWithHistory(): Promise<{ folder: string; url: string; records: LedgerRecord[] }> {
  const { folder, url } = ledgerFolder();
  const ledger = openLedger(url);
  const next = async (draft: Parameters<typeof ledger.appendAfter>[1]) =>
    ledger.appendAfter((await ledger.records("prod")).at(-1), draft);
  const approvals = [{ by: "bob", source: "https://github.com/example/millrace/pull/7#review-1", time: hour(3) }];
  await next(begin(hour(1), [fraud(null, "3"), platform(null, "2026.11.21-1")]));
  await next(done(hour(2), 1));
  await next(stable(hour(3), 1, "3"));
  await next(begin(hour(4), [fraud("3", "4")], { owner: job, approvals, reason: "better\u001b[31m recall" }));
  await next({ ...done(hour(5), 4), owner: job });
  await next(thrown(hour(6), 4, "4"));
  await next(word(hour(7), "hold", "models/fraud"));
  await next(word(hour(8), "resume", "models/fraud"));
  await next(
    begin(hour(9), [fraud("3", "4")], { approvals, gates: gatesWith({ gate: "soak", state: "advised", detail: "thrown out" }) }),
  );
  await next(takenOver(hour(10), 9, BOB));
  await next({ ...done(hour(11), 9), owner: BOB });
  await next(stable(hour(12), 9, "4"));
  await next(begin(hour(13), [fraud("4", "5")]));
  const records = await ledger.records("prod");
  const dev = await ledger.appendAfter(undefined, { ...begin(hour(0), [fraud(null, "3")]), environment: "dev" });
  await ledger.append({ ...failed(hour(1), dev.number, ["workloads"]), environment: "dev" } as Parameters<
    typeof ledger.append
  >[0]);
  return { folder, url, records };
}

let history: Awaited<ReturnType<typeof ledgerWithHistory>>;
beforeAll(async () => {
  history = await ledgerWithHistory();
});

/** Runs the command on a day of November. */
async function audit(...args: string[]): Promise<Ran> {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date(NOW) });
  try {
    return await millrace("", "audit", ...args, "--ledger", history.url);
  } finally {
    vi.useRealTimers();
  }
}

const lines = ({ out }: Ran): string[] => out.trimEnd().split("\n");

describe("audit", () => {
  it("lists every record, the newest last, each in a line that a terminal does not obey", async () => {
    const ran = await audit();
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(lines(ran)).toEqual([
      "time                   environment   record                who",
      "2026-11-20T00:00:00Z   dev           1        begin        Ada <ada@example.com>   promote fraud 3",
      "2026-11-20T01:00:00Z   dev           2        failed       Ada <ada@example.com>   1, with workloads up: AccessDenied",
      "2026-11-20T01:00:00Z   prod          1        begin        Ada <ada@example.com>   promote fraud 3, platform 2026.11.21-1",
      "2026-11-20T02:00:00Z   prod          2        done         Ada <ada@example.com>   1 is up, after 85 s",
      "2026-11-20T03:00:00Z   prod          3        stable       Ada <ada@example.com>   fraud 3",
      "2026-11-20T04:00:00Z   prod          4        begin        cy                      promote fraud 3 → 4: better\\u001b[31m recall",
      "2026-11-20T05:00:00Z   prod          5        done         cy                      4 is up, after 85 s",
      "2026-11-20T06:00:00Z   prod          6        thrown-out   Ada <ada@example.com>   fraud 4: 31 % errors",
      "2026-11-20T07:00:00Z   prod          7        hold         Ada <ada@example.com>   fraud: an incident",
      "2026-11-20T08:00:00Z   prod          8        resume       Ada <ada@example.com>   fraud: an incident",
      "2026-11-20T09:00:00Z   prod          9        begin        Ada <ada@example.com>   promote fraud 3 → 4",
      "2026-11-20T10:00:00Z   prod          10       taken-over   Bob <bob@example.com>   goes on with 9: Process 7 of ada-laptop has ended.",
      "2026-11-20T11:00:00Z   prod          11       done         Bob <bob@example.com>   9 is up, after 85 s",
      "2026-11-20T12:00:00Z   prod          12       stable       Ada <ada@example.com>   fraud 4",
      "2026-11-20T13:00:00Z   prod          13       begin        Ada <ada@example.com>   promote fraud 4 → 5",
    ]);
  });

  it("lists what concerns an environment, a subject, and what came since", async () => {
    const numbers = async (...args: string[]) =>
      (JSON.parse((await audit(...args, "--json")).out) as LedgerRecord[]).map(({ number }) => number);
    expect(await numbers("--env", "dev")).toEqual([1, 2]);
    expect(await numbers("--env", "prod", "--platform")).toEqual([1, 2]);
    expect(await numbers("--env", "prod", "--model", "fraud", "--since", "2026-11-20T10:30Z")).toEqual([11, 12, 13]);
    expect(await numbers("--env", "prod", "--since", "2026-11-21")).toEqual([]);
    expect((await audit("--env", "staging", "--model", "fraud")).out).toBe("no record\n");
    expect(JSON.parse((await audit("--env", "prod", "--json")).out)).toEqual(history.records);
  });
});

describe("audit who", () => {
  it("says who put a version there, when, with whose approval, and what came of it", async () => {
    const ran = await audit("who", "fraud@4", "--env", "prod");
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(lines(ran)).toEqual([
      "prod: fraud 3 → 4   record 4",
      "  promoted by   cy (https://github.com/example/millrace/actions/runs/42/attempts/1), 2026-11-20T04:00:00Z",
      "  reason        better\\u001b[31m recall",
      "  approved by   bob, 2026-11-20T03:00:00Z, https://github.com/example/millrace/pull/7#review-1",
      "  gates passed  hold, signature, soak, approvals",
      "  program       3f2a91c",
      "  came up       2026-11-20T05:00:00Z, after 85 s",
      "  thrown out    2026-11-20T06:00:00Z: 31 % errors",
      "",
      "prod: fraud 3 → 4   record 9",
      "  promoted by    Ada <ada@example.com> (on ada-laptop), 2026-11-20T09:00:00Z",
      "  approved by    bob, 2026-11-20T03:00:00Z, https://github.com/example/millrace/pull/7#review-1",
      "  gates passed   hold, signature, approvals",
      "  gate soak      advised: thrown out",
      "  program        3f2a91c",
      "  taken over by  Bob <bob@example.com> (on bob-laptop), 2026-11-20T10:00:00Z: Process 7 of ada-laptop has ended.",
      "  came up        2026-11-20T11:00:00Z, after 85 s",
      "  stable         2026-11-20T12:00:00Z",
      "  ran until      now",
    ]);
  });

  it("says what is not ended, what failed, what came with it, and what nobody put there", async () => {
    expect((await audit("who", "fraud@5")).out).toContain("  came up       not yet: nobody has ended it");
    expect((await audit("who", "fraud@3", "--env", "dev")).out).toContain(
      "  failed        2026-11-20T01:00:00Z, with workloads up: AccessDenied",
    );
    expect((await audit("who", "platform@2026.11.21-1")).out).toContain("  together with  fraud 3");
    expect(await audit("who", "fraud@9", "--env", "prod")).toMatchObject({
      code: 1,
      out: "nobody put fraud@9 into prod; the ledger knows fraud 3, 4, 5\n",
    });
    expect(await audit("who", "churn@1")).toMatchObject({
      code: 1,
      out: "nobody put churn@1 into dev, staging, prod; the ledger knows nothing of churn\n",
    });
    expect((await audit("who", "frod@1", "--env", "prod")).out).toBe(
      "nobody put frod@1 into prod; the ledger knows nothing of frod. Did you mean 'fraud'?\n",
    );
  });
});

describe("audit at", () => {
  const rows = async (...args: string[]): Promise<string[]> =>
    lines(await audit("at", ...args, "--env", "prod"))
      .slice(1)
      .map((line) => line.replace(/ {2,}/g, " "));

  it("says what ran at a time", async () => {
    expect(await rows("2026-11-20T04:30Z")).toEqual([
      "prod fraud 3 2026-11-20T02:00:00Z 2026-11-20T12:00:00Z Ada <ada@example.com> 1 stable",
      "prod platform 2026.11.21-1 2026-11-20T02:00:00Z now Ada <ada@example.com> 1",
    ]);
    expect(await rows("2026-11-20T13:30+02:00")).toEqual([
      "prod fraud 3 2026-11-20T02:00:00Z 2026-11-20T12:00:00Z Ada <ada@example.com> 1 stable",
      "prod fraud 4 2026-11-20T11:00:00Z now Ada <ada@example.com> 9 stable from 2026-11-20T12:00:00Z on",
      "prod platform 2026.11.21-1 2026-11-20T02:00:00Z now Ada <ada@example.com> 1",
    ]);
    expect((await audit("at", "2026-11-20T00:30Z")).out).toBe("nothing ran that the ledger knows of\n");
  });

  it("says everything that ran on a day", async () => {
    expect(await rows("2026-11-20")).toEqual([
      "prod fraud 3 2026-11-20T02:00:00Z 2026-11-20T12:00:00Z Ada <ada@example.com> 1 stable",
      "prod fraud 4 2026-11-20T05:00:00Z 2026-11-20T06:00:00Z cy 4 thrown out: 31 % errors",
      "prod fraud 4 2026-11-20T11:00:00Z now Ada <ada@example.com> 9 stable",
      "prod platform 2026.11.21-1 2026-11-20T02:00:00Z now Ada <ada@example.com> 1",
    ]);
    expect(await rows("2026-11-21")).toHaveLength(2);
    expect(await rows("2026-11-19")).toEqual([]);
  });
});

describe("audit verify", () => {
  const head = (at: number): string => digestOfRecord(history.records[at - 1]!);

  it("prints each chain with its length and its head, and finds an expected head in a chain that has grown", async () => {
    const ran = await audit("verify", "--expect", `prod=${head(13)}`, "--expect", head(7));
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(lines(ran)).toEqual([
      expect.stringMatching(/^✓ dev {7}2 records {3}head [0-9a-f]{64}$/),
      "✓ staging   0 records",
      `✓ prod      13 records   head ${head(13)}`,
    ]);
    expect(JSON.parse((await audit("verify", "--json")).out).chains[2]).toEqual({
      environment: "prod",
      records: 13,
      head: head(13),
      problems: [],
    });
  });

  it("finds by an expected head that the end of a chain was cut", async () => {
    const cut = await ledgerWithHistory();
    rmSync(join(cut.folder, "prod", "00000013.json"));
    expect((await millrace("", "audit", "verify", "--ledger", cut.url)).code).toBe(0);
    const ran = await millrace("", "audit", "verify", "--ledger", cut.url, "--expect", `prod=${head(13)}`);
    expect(ran.code).toBe(1);
    expect(lines(ran).at(-1)).toBe(
      `✗ prod must have the record with digest '${head(13)}', got none: the end of the chain was cut, or it was written anew`,
    );
    expect((await millrace("", "audit", "verify", "--ledger", cut.url, "--expect", `dev=${head(12)}`)).code).toBe(1);
  });

  it("names what was changed, and no other command answers from such a chain", async () => {
    const changed = await ledgerWithHistory();
    const file = join(changed.folder, "prod", "00000009.json");
    writeFileSync(file, readFileSync(file, "utf8").replace("bob", "eve"));
    writeFileSync(join(changed.folder, "notes"), "");
    const ran = await millrace("", "audit", "verify", "--ledger", changed.url);
    expect(ran.code).toBe(1);
    expect(lines(ran).slice(2)).toEqual([
      "✗ prod",
      expect.stringMatching(
        /^ {4}prod\/00000010\.json: previous must be '[0-9a-f]{64}', the digest of prod\/00000009\.json, got/,
      ),
      "✗ notes must lie in the folder of an environment (dev, staging, prod), got an extra file",
    ]);
    for (const args of [[], ["who", "fraud@4"], ["at", "2026-11-20"]]) {
      const refused = await millrace("", "audit", ...args, "--ledger", changed.url);
      expect(refused).toMatchObject({ code: 1, out: "" });
      expect(refused.err).toMatch(
        /^prod\/00000010\.json: previous must be .*\nA ledger is only added to: compare it with a copy/,
      );
    }
  });
});

describe("audit verify, beside what the checkout says", () => {
  const stableIn = (...versions: string[]): string =>
    `${JSON.stringify({ fraud: versions.map((version) => ({ version, sha256: version.repeat(64), image: `sha256:${version.repeat(64)}` })) })}\n`;
  const verifying = (url: string, files: Record<string, unknown> = {}, ...args: string[]): Promise<Ran> =>
    millrace(releasesFolder(files), "audit", "verify", "--ledger", url, ...args);

  it("passes what was stable before the ledger, and what the ledger knows", async () => {
    const ran = await verifying(history.url, { "stable/prod.json": stableIn("1", "2", "3", "4") });
    expect(ran).toMatchObject({ code: 0, err: "" });
    expect(lines(ran)).toHaveLength(3);
  });

  it.each([
    ["one that came later", ["3", "4", "6"], ["6"]],
    ["all", ["7", "8"], ["7", "8"]],
  ])("finds that the end of a chain is gone by what was stable: %s", async (_, stables, gone) => {
    const ran = await verifying(history.url, { "stable/prod.json": stableIn(...stables) });
    expect(ran.code).toBe(1);
    expect(lines(ran).slice(2)).toEqual([
      "✗ prod",
      ...gone.map(
        (version) =>
          `    releases/stable/prod.json has fraud ${version}, and no record of prod brings it: the end of the chain was cut, or this is another ledger`,
      ),
    ]);
    expect(
      JSON.parse((await verifying(history.url, { "stable/prod.json": stableIn(...stables) }, "--json")).out).chains[2].problems,
    ).toHaveLength(gone.length);
  });

  it("finds it by every end that is cut off, as far back as the release that was stable", async () => {
    const cut = await ledgerWithHistory();
    for (let number = 13; number >= 4; number--) {
      rmSync(join(cut.folder, "prod", `${String(number).padStart(8, "0")}.json`));
      const ran = await verifying(cut.url, { "stable/prod.json": stableIn("3", "4") });
      // What a record has begun may still come to its end.
      const isBegun = number > 4;
      expect([number, ran.code]).toEqual([number, isBegun ? 0 : 1]);
      expect(ran.out.includes("! releases/stable/prod.json has fraud 4, and no record of prod calls it stable yet")).toBe(
        isBegun && number <= 12,
      );
    }
  });

  it("says what a pointer names that is still to be promoted", async () => {
    const ran = await verifying(history.url, { "environments/prod.json": pointerOf({ fraud: "6" }) });
    expect(ran.code).toBe(0);
    expect(lines(ran).at(-1)).toBe(
      "! releases/environments/prod.json names fraud 6, and no record of prod brings it: it is still to be promoted, unless the end of the chain was cut",
    );
  });

  it.each<[what: string, make: (folder: string) => void]>([
    ["no folder", () => undefined],
    ["an empty folder", (folder) => mkdirSync(folder)],
  ])("does not call %s verified: nothing was promoted yet, or the ledger is gone", async (_, make) => {
    const { folder, url } = ledgerFolder();
    make(folder);
    const fresh = await verifying(url, { "stable/prod.json": "{}\n", "environments/prod.json": pointerOf({ fraud: "3" }) });
    const none = `! no ledger yet at '${url.length > 80 ? `${url.slice(0, 79)}…` : url}': the first promotion, or npx millrace promote adopt --to <env>, begins it`;
    expect(fresh).toEqual({ code: 0, err: "", out: `${none}\n` });
    const gone = await verifying(url, { "stable/prod.json": stableIn("3") });
    expect(gone.code).toBe(1);
    expect(lines(gone)).toEqual([
      "✗ prod",
      "    releases/stable/prod.json has fraud 3, and no record of prod brings it: the chain is gone, this is another ledger, or nobody has adopted what runs there (npx millrace promote adopt --to prod)",
      none,
    ]);
    expect((await verifying(url, {}, "--expect", "a".repeat(64))).code).toBe(1);
  });

  it("tells of a clock that was wrong, and goes on to find what was changed", async () => {
    const { url } = ledgerFolder();
    const ledger = openLedger(url);
    await ledger.append(word(hour(5), "hold"));
    await ledger.append(word(hour(2), "resume"));
    const ran = await verifying(url, { "stable/prod.json": "{}\n" });
    expect(ran.code).toBe(0);
    expect(lines(ran).at(-1)).toMatch(
      /^! prod\/00000002\.json: .* is before the record before it, .*: the clock of \S+ was wrong$/,
    );
  });

  it("says what is no record of stable versions", async () => {
    const ran = await verifying(history.url, { "stable/prod.json": "{" });
    expect(ran.code).toBe(1);
    expect(ran.out).toContain("releases/stable/prod.json must be JSON");
  });
});

describe("what is typed wrong", () => {
  it.each([
    [["--env", "prdo"], "the environment must be one of dev, staging, prod, got 'prdo'. Did you mean 'prod'?"],
    [["--model", "Fraud"], "'--model' must be the name of a model, got 'Fraud'. Did you mean 'fraud'?"],
    [
      ["--model", "fraud@4"],
      "'--model' must be the name of a model, got 'fraud@4': npx millrace audit who fraud@4 asks about one version",
    ],
    [["--model", "frod"], "'--model' must be a model that there is or was (fraud), got 'frod'. Did you mean 'fraud'?"],
    [["--model", "churn"], "'--model' must be a model that there is or was (fraud), got 'churn'"],
    [["vrify"], "the command must be one of who, at, verify, got 'vrify'. Did you mean 'verify'?"],
    [["--model", "platform"], "'--model' must be the name of a model, got 'platform': '--platform' is the platform"],
    [
      ["--since", "yesterday"],
      "'--since' must be a day, such as 2026-11-20, or a time with its zone, such as 2026-11-20T10:00Z, got 'yesterday'",
    ],
    [
      ["at", "2026-11-31"],
      "the day or time must be a day, such as 2026-11-20, or a time with its zone, such as 2026-11-20T10:00Z, got '2026-11-31'",
    ],
    [
      ["at", "2026-11-20T10:00"],
      "the day or time must be a day, such as 2026-11-20, or a time with its zone, such as 2026-11-20T10:00Z, got '2026-11-20T10:00'",
    ],
    [["at", "2026-11-22"], "the day or time must not be in the future, got '2026-11-22'"],
    [["who", "fraud"], "the release must be <model>@<version> or platform@<id>, got 'fraud'"],
    [
      ["verify", "--expect", "prod=abc"],
      "'--expect' must be <environment>=<digest of 64 hexadecimal digits>, as audit verify prints it, got 'prod=abc'",
    ],
    [
      ["verify", "--expect", `prdo=${"a".repeat(64)}`],
      "the environment must be one of dev, staging, prod, got 'prdo'. Did you mean 'prod'?",
    ],
  ])("%j is refused in a sentence", async (args, sentence) => {
    expect(await audit(...args)).toEqual({ code: 2, out: "", err: `${sentence}\n` });
  });

  it("the ledger is the option's, else the variable's, else that of the settings, and one of them must name it", async () => {
    const settings = JSON.parse(readFileSync(join(PROJECT_FOLDER, "releases", "promotion.json"), "utf8")) as object;
    const naming = async (variable?: string, ledger?: string): Promise<string> => {
      vi.stubEnv("MILLRACE_LEDGER", variable);
      const { code, err } = await millrace(
        releasesFolder({ "promotion.json": { ...settings, ledger } }),
        "audit",
        "--env",
        "staging",
      );
      return `${String(code)} ${err}`;
    };
    expect(await naming()).toBe(
      "2 the ledger must be named by releases/promotion.json, '--ledger' or MILLRACE_LEDGER, got none of them: file:///<folder> or s3://<bucket>/<prefix>?region=<region>\n",
    );
    expect(await naming("s3://example")).toBe(
      "2 MILLRACE_LEDGER must end with ?region=<the bucket's region>, such as ?region=eu-west-1, got nothing\n",
    );
    // Somebody who has set the variable must not read, or write, beside the ledger that everybody uses.
    expect(await naming(history.url, "file:///nowhere")).toBe(
      `2 MILLRACE_LEDGER must be the ledger of releases/promotion.json, 'file:///nowhere', got '${history.url}': unset it; '--ledger' looks into another one\n`,
    );
    vi.stubEnv("PULUMI_BACKEND_URL", "file:///stacks");
    expect(await naming(history.url, "file:///nowhere")).toBe("0 ");
    vi.stubEnv("PULUMI_BACKEND_URL", "s3://stacks");
    expect(await naming(history.url, history.url)).toBe("0 ");
    expect(await naming(undefined, history.url)).toBe("0 ");
    expect((await audit("--env", "staging")).out).toBe("no record\n");
  });
});
