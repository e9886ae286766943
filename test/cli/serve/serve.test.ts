import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { openLedger } from "#promotion/ledger/ledger";
import { begin, done, fraud, hour, ledgerFolder, stable } from "../../promotion/ledger/records.ts";
import { millrace } from "../release/run.ts";
import { answerOf, FakeCluster, type State } from "./cluster.ts";

afterEach(() => void vi.unstubAllEnvs());

/** Runs the command; the cluster that it asks is there for one run. */
const typed = async (...args: string[]): Promise<string> => {
  const { code, out, err } = await millrace(join(PROJECT_FOLDER, "releases"), "serve", ...args);
  return `${String(code)} ${out}${err}`.trimEnd();
};

/** Without the time since the step began, which is that of the clock. */
const untimed = (said: string): string => said.replace(/for 3 min \d+ s of/, "for … of");

const SETS = [
  { hash: "old", version: "3", ready: 2 },
  { hash: "new", version: "4", ready: 1 },
];
const GOING = { phase: "Progressing", stableRS: "old", currentPodHash: "new", canary: { weights: { canary: { weight: 20 } } } };
const ago = (seconds: number): string => new Date(Date.now() - seconds * 1_000).toISOString();

/** Index of a step of our own canary: from the pods of the first share to the last look at the share that is served. */
const STEP = { pods: 1, pauseAt20: 8, gate: 9 };

const SERVES: State = {
  status: {
    ...GOING,
    phase: "Paused",
    message: "CanaryPauseStep",
    currentStepIndex: STEP.pauseAt20,
    pauseConditions: [{ reason: "CanaryPauseStep", startTime: ago(192) }],
  },
  sets: SETS,
  runs: [
    {
      template: "fraud-watch",
      results: {
        "error-share": [
          ["Inconclusive", "[]"],
          ["Successful", "[0.0002]"],
          ["Successful", "[0.0004]"],
        ],
        "slow-share": [["Successful", "[0.01]"], ["Failed", "[0.08]"], ["Error"]],
      },
    },
    // Of the release before.
    { template: "fraud-watch", hash: "old", results: { "error-share": [["Failed", "[0.9]"]] } },
  ],
};

const SERVES_LONG: State = { ...SERVES, duration: "1h30m" };

const WAITS: State = {
  ...SERVES,
  status: {
    ...GOING,
    phase: "Paused",
    message: "InconclusiveAnalysisRun",
    currentStepIndex: STEP.gate,
    pauseConditions: [{ reason: "InconclusiveAnalysisRun", startTime: ago(10) }],
  },
};

const COMPARED: State = {
  ...WAITS,
  strategy: { kind: "shadow" },
  status: { ...WAITS.status, currentStepIndex: 4 },
  runs: [
    {
      template: "fraud-comparison",
      results: {
        "failed-share": [["Successful", "[0]"]],
        "different-share": [
          ["Inconclusive", "[]"],
          ["Inconclusive", "[0.21]"],
        ],
        slowdown: [["Successful", "[1.02]"]],
      },
    },
  ],
};

/** An A/B test at its end: chance explains what the new version does better. */
const UNDECIDED: State = {
  strategy: { kind: "abTest", outcomes: { attempts: "impression", successes: "click" } },
  status: { ...WAITS.status, currentStepIndex: 10, canary: { weights: { canary: { weight: 50 } } } },
  sets: SETS,
  runs: [
    {
      template: "fraud-watch",
      results: {
        "outcomes-harm": [
          ["Inconclusive", "[]"],
          ["Successful", "[0.61]"],
        ],
      },
    },
    { template: "fraud-verdict", results: { outcomes: [["Inconclusive", "[0.8]"]] } },
  ],
};

const STABLE: State = { status: { phase: "Healthy", stableRS: "new", currentPodHash: "new" }, sets: [SETS[1]!] };
const THROWN_OUT: State = {
  status: {
    ...GOING,
    phase: "Degraded",
    abort: true,
    message: 'RolloutAborted: Metric "error-share" assessed Failed',
    canary: { weights: { canary: { weight: 0 } } },
  },
  sets: [SETS[0]!],
};

const inCluster = async (now: State, after: State = now, prometheus = true): Promise<FakeCluster> =>
  new FakeCluster(await answerOf(now), await answerOf(after), prometheus);

describe("serve status", () => {
  it("shows the step, the share that is served, and both versions beside each limit", async () => {
    await inCluster(SERVES);
    expect(untimed(await typed("status", "fraud"))).toBe(
      [
        "0 fraud  3 → 4   step 9 of 18: 20 % for … of 5 min   observed 19.7 %",
        "                now      stable   limit",
        "  error-share   0.0004   0.0003   0.01    ·✓✓",
        "  slow-share    0.08     0.0003   0.05    ✓✗?",
        "  version 3: 2 of 2 pods ready · version 4: 1 of 2 pods ready",
      ].join("\n"),
    );
  });

  it("shows the same where Prometheus may not be asked, without what it would say", async () => {
    await inCluster(SERVES, SERVES, false);
    const said = untimed(await typed("status", "fraud"));
    expect(said).toContain("step 9 of 18: 20 % for … of 5 min\n");
    expect(said).toMatch(/error-share {3}0\.0004 {3}– /);
  });

  it("says what waits for a person, and what the person may type", async () => {
    await inCluster(WAITS);
    const said = await typed("status");
    expect(said).toContain("fraud  3 → 4   step 10 of 18 waits for a person: InconclusiveAnalysisRun");
    expect(said).toContain("npx millrace serve promote fraud --env <environment> --reason");
  });

  it("says what an undecided test has found, and that a person decides", async () => {
    await inCluster(UNDECIDED);
    const said = await typed("status", "fraud");
    expect(said).toContain("fraud  3 → 4   step 11 of 17 waits for a person: InconclusiveAnalysisRun");
    expect(said).toMatch(/outcomes-harm +0\.61 +– +at least -3 +·✓/);
    expect(said).toMatch(/outcomes +0\.8 +– +at least 1\.6449 +~/);
    expect(said).toContain("give it all users anyway:  npx millrace serve promote fraud --env <environment> --reason");
  });

  it.each<[string, State, string]>([
    ["a stable version", STABLE, "0 fraud  4   stable, all users\n  version 4: 1 of 2 pods ready"],
    [
      "pods that start",
      { ...SERVES, status: { ...GOING, canary: {}, currentStepIndex: STEP.pods }, runs: [] },
      "step 2 of 18: 0 %, starts pods",
    ],
    [
      "what does not go on",
      { ...SERVES, status: { ...GOING, phase: "Degraded", message: "ProgressDeadlineExceeded" } },
      "3 → 4   does not go on: ProgressDeadlineExceeded",
    ],
    ["a time as Argo Rollouts takes it", SERVES_LONG, "20 % for … of 90 min"],
    [
      "a version that was thrown out",
      THROWN_OUT,
      '0 fraud  3   4 was thrown out: RolloutAborted: Metric "error-share" assessed Failed',
    ],
  ])("shows %s", async (_, state, text) => {
    await inCluster(state);
    expect(untimed(await typed("status", "fraud"))).toContain(text);
  });

  it("shows what a comparison of answers has found, and who decides", async () => {
    await inCluster(COMPARED);
    const said = untimed(await typed("status", "fraud"));
    expect(said).toContain("3 → 4   step 5 of ");
    expect(said).toContain(" waits for a person");
    expect(said).toMatch(/different-share +0\.21 +– +0\.05 +·~/);
    expect(said).toMatch(/failed-share +0 +– +0\.01 +✓/);
  });

  it("is JSON with the same facts", async () => {
    await inCluster(SERVES);
    const [live] = JSON.parse((await typed("status", "--json")).slice(2));
    expect(live).toMatchObject({
      model: "fraud",
      state: "going",
      stable: "3",
      version: "4",
      weight: 20,
      observed: 19.7,
      step: { number: 9, of: 18, what: "serves", for: 300 },
    });
    expect(live.measurements[0]).toEqual({
      name: "error-share",
      value: 0.0004,
      stable: 0.0003,
      limit: 0.01,
      verdicts: ["no data", "good", "good"],
    });
  });

  it.each<[string, State, RegExp]>([
    ["0, once it is stable", STABLE, /^0 /],
    ["13, once it is thrown out", THROWN_OUT, /^13 /],
  ])("with --watch ends with %s", async (_, state, code) => {
    await inCluster(state);
    expect(await typed("status", "fraud", "--watch")).toMatch(code);
  });

  it.each<[string, string, string]>([
    ["no JSON", "hello", "1 kubectl must answer with JSON, got 'hello'."],
    ["nothing", "", "1 kubectl must answer with JSON, got nothing."],
    ["another object", '{"items": 3}', "1 kubectl must answer with objects of Argo Rollouts 1.9: items must be a list."],
  ])("says so where kubectl answers with %s", async (_, text, sentence) => {
    new FakeCluster({ items: [] }).says(text);
    expect(await typed("status")).toContain(sentence);
  });

  it("leaves out a Rollout of something else", async () => {
    const { items } = await answerOf(STABLE);
    new FakeCluster({ items: [...items, { kind: "Rollout", metadata: { name: "web", namespace: "shop" }, spec: {} }] });
    expect(await typed("status")).toBe("0 fraud  4   stable, all users\n  version 4: 1 of 2 pods ready");
  });

  it("names the models that there are", async () => {
    await inCluster(STABLE);
    expect(await typed("status", "fruad")).toBe(
      "2 the model must be one that the cluster serves (fraud), got 'fruad'. Did you mean 'fraud'?",
    );
    new FakeCluster({ items: [] });
    expect(await typed("status")).toBe("0 the cluster serves no model");
    new FakeCluster({ items: [] });
    expect(await typed("status", "fraud")).toContain("(it serves none), got 'fraud'");
  });
});

const ON = ["--env", "prod", "--reason", "complaints", "--yes"];

describe("serve promote", () => {
  it("makes a measurement again that could not be made", async () => {
    const cluster = await inCluster(WAITS, SERVES);
    expect(await typed("promote", "fraud", ...ON)).toMatch(/^0 fraud {2}3 → 4 {3}step 9 of 18: 20 %/);
    expect(cluster.patches).toEqual([
      '--request-timeout=20s -n models-risk patch rollout fraud --subresource=status --type=merge -p {"metadata":{"resourceVersion":"7"},"status":{"pauseConditions":null}}',
    ]);
  });

  it("goes on behind a verdict that was undecided, and does not ask for it again", async () => {
    const cluster = await inCluster(UNDECIDED, SERVES);
    expect(await typed("promote", "fraud", ...ON)).toMatch(/^0 /);
    expect(cluster.patches).toEqual([
      '--request-timeout=20s -n models-risk patch rollout fraud --subresource=status --type=merge -p {"metadata":{"resourceVersion":"7"},"status":{"pauseConditions":null,"controllerPause":false,"currentStepIndex":11}}',
    ]);
  });

  it("measures errors and latency again at a test, where it could not", async () => {
    const cluster = await inCluster({ ...UNDECIDED, status: { ...UNDECIDED.status, currentStepIndex: 11 } }, SERVES);
    expect(await typed("promote", "fraud", ...ON)).toMatch(/^0 /);
    expect(cluster.patches[0]).toContain('"status":{"pauseConditions":null}}');
  });

  it.each<[string, State, string]>([
    [
      "goes on by itself",
      SERVES,
      "fraud 4 must wait for a person, it goes on by itself (step 9 of 18): its times are not cut short",
    ],
    ["is stable", STABLE, "fraud 4 must wait for a person, it is stable: there is no release to go on with"],
    ["was thrown out", THROWN_OUT, "fraud 4 must wait for a person, it was thrown out: release another version"],
  ])("changes nothing where a release %s", async (_, state, sentence) => {
    const cluster = await inCluster(state);
    expect(await typed("promote", "fraud", ...ON)).toMatch(new RegExp(`^2 [^]*${sentence.replaceAll(/[()]/g, "\\$&")}$`));
    expect(cluster.patches).toEqual([]);
  });
});

describe("serve abort", () => {
  it("gives users back, and says so once they have the version before", async () => {
    const cluster = await inCluster(SERVES, THROWN_OUT);
    expect(await typed("abort", "fraud", ...ON)).toContain("fraud  3   4 was thrown out");
    expect(cluster.patches).toEqual([
      '--request-timeout=20s -n models-risk patch rollout fraud --subresource=status --type=merge -p {"metadata":{"resourceVersion":"7"},"status":{"abort":true}}',
    ]);
  });

  it("asks, and does nothing where nobody can be asked", async () => {
    const cluster = await inCluster(SERVES);
    expect(await typed("abort", "fraud", ...ON.slice(0, -1))).toContain("'--yes' must be given where nobody can be asked");
    expect(cluster.patches).toEqual([]);
  });

  it("is of a release that has a version before it", async () => {
    const cluster = await inCluster({ ...SERVES, status: { ...SERVES.status, stableRS: "" } });
    expect(await typed("abort", "fraud", ...ON)).toContain("fraud must have a stable version to go back to, 4 is its first");
    expect(cluster.patches).toEqual([]);
  });

  it("decides by what the cluster says when it acts, not by what was shown", async () => {
    const shownThen = await answerOf(WAITS);
    const [now] = (await answerOf({ ...SERVES, version: "5" })).items;
    const cluster = new FakeCluster(shownThen);
    cluster.says(JSON.stringify(now), "rollout.json");
    expect(await typed("promote", "fraud", ...ON)).toContain("fraud must still release 4, it releases 5 by now: look again");
    expect(cluster.patches).toEqual([]);
    const other = new FakeCluster(shownThen);
    other.says(JSON.stringify((await answerOf(SERVES)).items[0]), "rollout.json");
    expect(await typed("promote", "fraud", ...ON)).toContain("its times are not cut short");
    expect(other.patches).toEqual([]);
  });

  it("looks again where the controller has written in between, and gives up where it always does", async () => {
    const cluster = new FakeCluster(await answerOf(SERVES));
    cluster.conflicts();
    expect(await typed("abort", "fraud", ...ON)).toMatch(/^1 [^]*the object has been modified/);
    expect(cluster.patches).toHaveLength(5);
  });

  it("demands that the cluster says which environment it is", async () => {
    const text = JSON.stringify(await answerOf(SERVES)).replaceAll("s3://millrace-prod-models/", "s3://models/");
    const cluster = new FakeCluster(JSON.parse(text));
    expect(await typed("abort", "fraud", ...ON)).toContain("fraud must say that it is of prod, it names no environment");
    expect(cluster.patches).toEqual([]);
  });

  it("touches no other environment than the one that was named", async () => {
    const answer = await answerOf(SERVES);
    const text = JSON.stringify(answer).replaceAll("s3://millrace-prod-models/", "s3://millrace-staging-models/");
    const cluster = new FakeCluster(JSON.parse(text));
    expect(await typed("abort", "fraud", ...ON)).toContain(
      "MODEL_URI 's3://millrace-staging-models/models/fraud/4' is of staging: take the kubeconfig of the cluster of prod",
    );
    expect(cluster.patches).toEqual([]);
  });
});

describe("the ledger", () => {
  const word = (kind: "hold", subject: string) => ({
    kind,
    subject,
    environment: "prod" as const,
    time: hour(1),
    owner: begin(hour(1), [fraud(null, "3")]).owner,
    reason: "an incident",
  });

  it("says who gave users back, and why", async () => {
    const { url } = ledgerFolder();
    vi.stubEnv("MILLRACE_LEDGER", url);
    vi.stubEnv("PULUMI_BACKEND_URL", "file:///nowhere");
    await inCluster(SERVES, THROWN_OUT);
    expect(await typed("abort", "fraud", ...ON)).toMatch(/^0 /);
    expect(
      (await openLedger(url).records("prod")).map(({ kind, ...rest }) => [
        kind,
        (rest as any).subject,
        (rest as any).version,
        (rest as any).reason,
      ]),
    ).toEqual([["aborted", "models/fraud", "4", "complaints"]]);
  });

  it("holds a release where it waits, and no way back", async () => {
    const { url } = ledgerFolder();
    await openLedger(url).append(word("hold", "models/fraud"));
    vi.stubEnv("MILLRACE_LEDGER", url);
    vi.stubEnv("PULUMI_BACKEND_URL", "file:///nowhere");
    const cluster = await inCluster(WAITS, SERVES);
    expect(await typed("promote", "fraud", ...ON)).toMatch(
      /^2 [^]*fraud must not be held in prod, .* holds it \(an incident\); when that is over: npx millrace resume fraud/,
    );
    expect(cluster.patches).toEqual([]);
    vi.stubEnv("MILLRACE_LEDGER", url);
    vi.stubEnv("PULUMI_BACKEND_URL", "file:///nowhere");
    await inCluster(WAITS, THROWN_OUT);
    expect(await typed("abort", "fraud", ...ON)).toMatch(/^0 /);
  });
});

describe("serve history", () => {
  it("shows every version that an environment served, and how it ended", async () => {
    const { url } = ledgerFolder();
    const ledger = openLedger(url);
    await ledger.appendAfter(undefined, begin(hour(1), [fraud(null, "3")]));
    await ledger.append(done(hour(2), 1));
    await ledger.append(stable(hour(3), 1, "3"));
    const said = await typed("history", "fraud", "--env", "prod", "--ledger", url);
    expect(said).toMatch(/^0 version {3}from/);
    expect(said).toMatch(/\n3 +\S+ +now +stable after 60\.0 min/);
    expect(await typed("history", "frod", "--env", "prod", "--ledger", url)).toContain("Did you mean 'fraud'?");
    expect(await typed("history", "fraud@3", "--env", "prod", "--ledger", url)).toMatch(
      /^2 the model must be the name of a model/,
    );
  });
});
