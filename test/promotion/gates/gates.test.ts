import { describe, expect, it, vi } from "vitest";
import { NOTHING } from "#promotion/approvals/approval";
import { checkGates, exitOf } from "#promotion/gates/check";
import type { Facts, Gate, LayerState } from "#promotion/gates/gate";
import { GATES } from "#promotion/gates/index";
import type { Verdict } from "#promotion/ledger/record";
import type { Requirements } from "#promotion/requirements";
import {
  approvalBy,
  begin,
  CHAMPION,
  chain,
  done,
  factsOf,
  hoursAgo,
  modelCandidate,
  NOW,
  platformCandidate,
  ran,
  requirementsOf,
  SETTINGS,
  stable,
} from "../facts.ts";

/** The verdict of one gate. */
const verdictOf = async (gate: string, facts: Facts, requirements = requirementsOf(facts.environment)): Promise<Verdict> =>
  (await checkGates(facts, requirements)).find((each) => each.gate === gate)!;

const CANDIDATE = modelCandidate();
const PLATFORM = platformCandidate();
/** A release of the candidate's name that somebody has written over since. */
const OTHER_BYTES = { ...CANDIDATE, digest: "0".repeat(64) };
const DATABASE = "urn:pulumi:foundation-prod::millrace::millrace:database:Postgres$aws:rds/instance:Instance::database";
const state = (rest: Partial<LayerState>): Partial<Facts> => ({
  states: async () => [{ layer: "workloads", digest: "a".repeat(64), pending: [], drift: [], ...rest }],
});
const preview = (rest: object): Partial<Facts> => ({
  previews: async () => [
    { layer: "foundation", create: 0, update: 0, delete: 0, replace: 0, replaced: [], deleted: [], findings: [], ...rest },
  ],
});
const records = (staging: object[], prod: object[] = [], dev: object[] = []): Partial<Facts> => ({
  records: async (each) => chain(each, ...{ dev, staging, prod }[each]),
});
const approvals = (...given: ReturnType<typeof approvalBy>[]): Partial<Facts> => ({
  approvals: async () => ({ ...NOTHING, given }),
});
const two = [approvalBy("grace", CANDIDATE), approvalBy("linus", CANDIDATE)];
/** Approvals of people who let data go. */
const allowing = (urn: string, ...names: string[]) =>
  names.map((by) => {
    const given = approvalBy(by, CANDIDATE);
    return { ...given, approves: given.approves.map((each) => ({ ...each, allowReplace: [urn] })) };
  });
const withKey = (person: string, key: string) => ({
  ...SETTINGS,
  people: { ...SETTINGS.people, [person]: { ...SETTINGS.people[person]!, key } },
});
const unreachable = async (): Promise<never> => {
  throw new Error("the store cannot be reached\n    at Store.get (/x/store.ts:12:3)");
};

interface Case {
  gate: string;
  what: string;
  facts?: Partial<Facts>;
  candidate?: typeof CANDIDATE;
  requirements?: Partial<Requirements>;
  state: Verdict["state"];
  detail: string;
  remedy?: string;
}

const at = (gate: string, cases: readonly Omit<Case, "gate">[]): Case[] => cases.map((each) => ({ gate, ...each }));

const finding = (message: string, level = "mandatory", policy = "SEC-01") => ({ policy, level, urn: DATABASE, message });
const UNKNOWN = "can't run policy 'SEC-01' from millrace during preview: string value at .x can't be known during preview";
const hold = (subject: string | undefined, kind = "hold") => ({
  kind,
  time: hoursAgo(1),
  reason: "an incident",
  ...(subject && { subject }),
});
const rolled = (version: string, digest: string) => ({ subject: "models/fraud", to: version, digest });
const FIVE = rolled("5", "5".repeat(64));

const CASES: readonly Case[] = [
  ...at("hold", [
    { what: "no records", state: "passed", detail: "none" },
    {
      what: "a hold of all",
      facts: records([], [hold(undefined)]),
      state: "failed",
      detail: `Tom holds everything since ${hoursAgo(1)}: an incident`,
      remedy: "ask Tom; then npx millrace resume --env prod --reason '<why>'",
    },
    {
      what: "a hold of the model",
      facts: records([], [hold("models/fraud")]),
      state: "failed",
      detail: `Tom holds fraud since ${hoursAgo(1)}: an incident`,
      remedy: "ask Tom; then npx millrace resume fraud --env prod --reason '<why>'",
    },
    {
      what: "a hold of another model",
      facts: records([], [hold("models/churn"), hold("platform")]),
      state: "passed",
      detail: "none",
    },
    {
      what: "a hold that has ended",
      facts: records([], [hold(undefined), hold("models/fraud", "resume")]),
      state: "passed",
      detail: "none",
    },
    {
      what: "holds that have all ended",
      facts: records([], [hold("models/fraud"), hold(undefined, "resume")]),
      state: "passed",
      detail: "none",
    },
    {
      what: "no answer",
      facts: { records: unreachable },
      state: "failed",
      detail: "could not be decided: the store cannot be reached",
    },
  ]),
  ...at("signature", [
    { what: "a signature", state: "passed", detail: "fraud 4 by ci" },
    {
      what: "none",
      facts: { signer: () => Promise.reject(new Error("nobody has signed it")) },
      state: "failed",
      detail: "fraud 4: nobody has signed it",
      remedy: "npx millrace release verify says what is wrong with a release; create and sign another one",
    },
    {
      what: "another release of the same name",
      facts: { records: async (each) => ran(each, { ...CANDIDATE, digest: "b".repeat(64) }, 26) },
      state: "failed",
      detail: `fraud 4 must be the release that ran in staging, with digest ${"b".repeat(64)}, got ${CANDIDATE.digest}`,
      remedy: "npx millrace release verify says what is wrong with a release; create and sign another one",
    },
    {
      what: "a release that never ran",
      facts: records([]),
      state: "failed",
      detail: "fraud 4 has not run in staging, so nothing shows that it is the same release",
      remedy: "npx millrace release verify says what is wrong with a release; create and sign another one",
    },
    {
      what: "no answer",
      facts: { records: unreachable },
      state: "failed",
      detail: "could not be decided: the store cannot be reached",
    },
    {
      what: "an unsigned one in dev",
      facts: { environment: "dev", signer: () => Promise.reject(new Error("nobody has signed it")) },
      state: "advised",
      detail: "fraud 4: nobody has signed it",
      remedy: "npx millrace release verify says what is wrong with a release; create and sign another one",
    },
  ]),
  ...at("soak", [
    { what: "long enough", state: "passed", detail: "fraud 4 ran 26 h of 24 h in staging" },
    {
      what: "exactly long enough",
      facts: { records: async (each) => (each === "staging" ? ran(each, CANDIDATE, 24) : []) },
      state: "passed",
      detail: "fraud 4 ran 24 h of 24 h in staging",
    },
    {
      what: "a minute too short",
      facts: { records: async (each) => (each === "staging" ? ran(each, CANDIDATE, 24 - 1 / 60) : []) },
      state: "failed",
      detail: "fraud 4 ran 23 h of 24 h in staging",
      remedy: "wait for 1 h more while it runs there",
    },
    {
      what: "long enough, but other bytes of the name",
      facts: records([
        begin(hoursAgo(50), OTHER_BYTES),
        done(hoursAgo(49), 1),
        stable(hoursAgo(40), 1, OTHER_BYTES),
        begin(hoursAgo(5), CANDIDATE),
        done(hoursAgo(4), 4),
        stable(hoursAgo(3), 4, CANDIDATE),
      ]),
      state: "failed",
      detail: "fraud 4 ran 3 h of 24 h in staging",
      remedy: "wait for 22 h more while it runs there",
    },
    {
      what: "only other bytes of the name",
      facts: { records: async (each) => (each === "staging" ? ran(each, OTHER_BYTES, 90) : []) },
      state: "failed",
      detail: "fraud 4 has not been stable in staging",
      remedy: "promote it to staging first",
    },
    {
      what: "up and not yet stable",
      facts: records([begin(hoursAgo(30), CANDIDATE), done(hoursAgo(29), 1)]),
      state: "failed",
      detail: "fraud 4 has not been stable in staging",
      remedy: "promote it to staging first",
    },
    {
      what: "replaced meanwhile",
      facts: records([
        begin(hoursAgo(50), CANDIDATE),
        done(hoursAgo(49), 1),
        stable(hoursAgo(40), 1, CANDIDATE),
        begin(hoursAgo(30), FIVE),
        done(hoursAgo(29), 4),
        stable(hoursAgo(28), 4, FIVE),
        begin(hoursAgo(8), CANDIDATE, { operation: "rollback" }),
        done(hoursAgo(7), 7),
        stable(hoursAgo(5), 7, CANDIDATE),
      ]),
      state: "failed",
      detail: "fraud 4 ran 15 h of 24 h in staging",
      remedy: "wait for 10 h more while it runs there",
    },
    {
      what: "back after another one was thrown out",
      facts: records([
        begin(hoursAgo(50), CANDIDATE),
        done(hoursAgo(49), 1),
        stable(hoursAgo(40), 1, CANDIDATE),
        begin(hoursAgo(30), FIVE),
        done(hoursAgo(29), 4),
        { kind: "thrown-out", time: hoursAgo(28), begin: 4, subject: "models/fraud", version: "5", why: "errors" },
      ]),
      state: "passed",
      detail: "fraud 4 ran 38 h of 24 h in staging",
    },
    {
      what: "not touched by a change that reached nothing",
      facts: records([
        begin(hoursAgo(50), CANDIDATE),
        done(hoursAgo(49), 1),
        stable(hoursAgo(40), 1, CANDIDATE),
        begin(hoursAgo(30), FIVE),
        { kind: "failed", time: hoursAgo(20), begin: 4, layers: [], why: "refused" },
      ]),
      state: "passed",
      detail: "fraud 4 ran 40 h of 24 h in staging",
    },
    {
      what: "while a change of it is under way",
      facts: records([
        begin(hoursAgo(50), CANDIDATE),
        done(hoursAgo(49), 1),
        stable(hoursAgo(40), 1, CANDIDATE),
        begin(hoursAgo(30), FIVE),
      ]),
      state: "failed",
      detail: "fraud 4 ran 10 h of 24 h in staging",
      remedy: "wait for 15 h more while it runs there",
    },
    {
      what: "thrown out of dev",
      facts: {
        records: async (each) =>
          each === "staging"
            ? ran(each, CANDIDATE, 26)
            : chain(
                each,
                ...(each === "dev"
                  ? [
                      {
                        kind: "thrown-out",
                        time: hoursAgo(90),
                        begin: 1,
                        subject: "models/fraud",
                        version: "4",
                        why: "error rate 31 % > 5 %",
                      },
                    ]
                  : []),
              ),
      },
      state: "failed",
      detail: `fraud 4 was thrown out of dev at ${hoursAgo(90)}: error rate 31 % > 5 %`,
      remedy: "release a version in which that is corrected",
    },
    {
      what: "thrown out of prod itself",
      facts: {
        records: async (each) =>
          each === "staging"
            ? ran(each, CANDIDATE, 26)
            : chain(
                each,
                ...(each === "prod"
                  ? [{ kind: "thrown-out", time: hoursAgo(9), begin: 1, subject: "models/fraud", version: "4", why: "p99" }]
                  : []),
              ),
      },
      state: "failed",
      detail: `fraud 4 was thrown out of prod at ${hoursAgo(9)}: p99`,
      remedy: "release a version in which that is corrected",
    },
    { what: "the platform", candidate: PLATFORM, state: "passed", detail: "platform 2026.11.24-1 ran 26 h of 24 h in staging" },
    {
      what: "the platform, before it was up",
      candidate: PLATFORM,
      facts: records([begin(hoursAgo(90), PLATFORM)]),
      state: "failed",
      detail: "platform 2026.11.24-1 has not been up in staging",
      remedy: "promote it to staging first",
    },
    {
      what: "the platform, half of which came up",
      candidate: PLATFORM,
      facts: records([
        begin(hoursAgo(90), PLATFORM),
        { kind: "failed", time: hoursAgo(89), begin: 1, layers: ["foundation"], why: "x" },
      ]),
      state: "failed",
      detail: "platform 2026.11.24-1 has not been up in staging",
      remedy: "promote it to staging first",
    },
    { what: "dev, which is the first", facts: { environment: "dev" }, state: "passed", detail: "fraud 4 begins here" },
    {
      what: "no answer",
      facts: { records: unreachable },
      state: "failed",
      detail: "could not be decided: the store cannot be reached",
    },
  ]),
  ...at("evaluation", [
    {
      what: "good and better",
      candidate: modelCandidate({ metrics: { test: { auc: 0.931 }, validation: { auc: 0.9 } } }),
      state: "passed",
      detail: "fraud 4: test.auc 0.931 (at least 0.85, champion 0.92)",
    },
    { what: "equal", state: "passed", detail: "fraud 4: test.auc 0.92 (at least 0.85, champion 0.92)" },
    {
      what: "just worse than the champion",
      candidate: modelCandidate({ metrics: { test: { auc: 0.919 }, validation: { auc: 0.9 } } }),
      state: "failed",
      detail: "fraud 4 has test.auc 0.919 and is worse than 3, which runs here with 0.92",
      remedy: "release a better version; what is asked of a model: promotion/requirements.ts",
    },
    {
      what: "worse by what is tolerated",
      candidate: modelCandidate({ metrics: { test: { auc: 0.91 }, validation: { auc: 0.9 } } }),
      requirements: { evaluation: { metric: "test.auc", atLeast: 0.85, tolerance: 0.01 } },
      state: "passed",
      detail: "fraud 4: test.auc 0.91 (at least 0.85, champion 0.92)",
    },
    {
      what: "worse by more than that",
      candidate: modelCandidate({ metrics: { test: { auc: 0.909 }, validation: { auc: 0.9 } } }),
      requirements: { evaluation: { metric: "test.auc", atLeast: 0.85, tolerance: 0.01 } },
      state: "failed",
      detail: "fraud 4 has test.auc 0.909 and is worse than 3, which runs here with 0.92, by more than 0.01",
      remedy: "release a better version; what is asked of a model: promotion/requirements.ts",
    },
    {
      what: "below the floor",
      candidate: modelCandidate({ metrics: { test: { auc: 0.8499 }, validation: { auc: 0.9 } } }),
      state: "failed",
      detail: "fraud 4 has test.auc 0.8499, at least 0.85 is needed",
      remedy: "release a better version; what is asked of a model: promotion/requirements.ts",
    },
    {
      what: "without the metric",
      candidate: modelCandidate({ metrics: { test: { rmse: 3 }, validation: { auc: 0.9 } } }),
      state: "failed",
      detail: "fraud 4 has no test.auc",
      remedy: "release a better version; what is asked of a model: promotion/requirements.ts",
    },
    {
      what: "a metric of its own, of which less is better",
      candidate: modelCandidate(
        { metrics: { test: { rmse: 3.5 }, validation: { auc: 0.9 } } },
        { ...CHAMPION, metrics: { ...CHAMPION.metrics, test: { rmse: 3.4 } } },
      ),
      requirements: { evaluation: { metric: "test.auc", atLeast: 0.85, models: { fraud: { metric: "test.rmse", atMost: 4 } } } },
      state: "failed",
      detail: "fraud 4 has test.rmse 3.5 and is worse than 3, which runs here with 3.4",
      remedy: "release a better version; what is asked of a model: promotion/requirements.ts",
    },
    {
      what: "a champion without it",
      candidate: modelCandidate({}, { ...CHAMPION, metrics: { ...CHAMPION.metrics, test: { rmse: 3 } } }),
      state: "failed",
      detail: "fraud 4 cannot be compared: 3, which runs here, has no test.auc",
      remedy: "release a better version; what is asked of a model: promotion/requirements.ts",
    },
    {
      what: "bad in dev",
      facts: { environment: "dev" },
      candidate: modelCandidate({ metrics: { test: { auc: 0.5 }, validation: { auc: 0.9 } } }),
      state: "advised",
      detail: "fraud 4 has test.auc 0.5, at least 0.85 is needed",
      remedy: "release a better version; what is asked of a model: promotion/requirements.ts",
    },
    { what: "the platform", candidate: PLATFORM, state: "not required", detail: "does not concern this" },
  ]),
  ...at("policies", [
    { what: "nothing found", state: "passed", detail: "0 mandatory, 0 advisory" },
    {
      what: "advice",
      facts: preview({ findings: [finding("x", "advisory")] }),
      state: "passed",
      detail: "0 mandatory, 1 advisory",
    },
    {
      what: "a mandatory rule",
      facts: preview({ findings: [finding("x"), finding("y", "advisory")] }),
      state: "failed",
      detail: "1 mandatory finding (SEC-01)",
      remedy: "npx millrace plan prod shows what to change",
    },
    {
      what: "a mandatory rule that the engine made advisory",
      facts: preview({ findings: [finding(UNKNOWN, "advisory")] }),
      state: "failed",
      detail: "1 mandatory finding (SEC-01), 1 of which could not be decided",
      remedy: "npx millrace plan prod shows what to change",
    },
    {
      what: "the same of a rule that nobody knows",
      facts: preview({ findings: [finding(UNKNOWN, "advisory", "OWN-1")] }),
      state: "failed",
      detail: "1 mandatory finding (OWN-1), 1 of which could not be decided",
      remedy: "npx millrace plan prod shows what to change",
    },
    {
      what: "the same of a rule that is advisory in dev",
      facts: { environment: "dev", ...preview({ findings: [finding(UNKNOWN, "advisory")] }) },
      state: "passed",
      detail: "0 mandatory, 1 advisory",
    },
    {
      what: "no answer",
      facts: { previews: unreachable },
      state: "failed",
      detail: "could not be decided: the store cannot be reached",
    },
  ]),
  ...at("drift", [
    { what: "none", state: "passed", detail: "none" },
    {
      what: "one change",
      facts: state({ drift: ["Rollout fraud: spec.replicas 3 → 5"] }),
      state: "failed",
      detail: "workloads: Rollout fraud: spec.replicas 3 → 5",
      remedy: "pulumi preview --refresh --diff -s <layer>-prod shows it; undo it, or take it into the program",
    },
    {
      what: "five changes",
      facts: state({ drift: ["a", "b", "c", "d", "e"] }),
      state: "failed",
      detail: "workloads: a; workloads: b; workloads: c; and 2 more",
      remedy: "pulumi preview --refresh --diff -s <layer>-prod shows it; undo it, or take it into the program",
    },
    {
      what: "no answer",
      facts: { states: unreachable },
      state: "failed",
      detail: "could not be decided: the store cannot be reached",
    },
  ]),
  ...at("stateful", [
    { what: "nothing replaced", state: "passed", detail: "none" },
    {
      what: "a route replaced",
      facts: preview({ replaced: ["urn:pulumi:p::m::aws:ec2/route:Route::r"] }),
      state: "passed",
      detail: "none",
    },
    {
      what: "the database replaced",
      facts: preview({ replaced: [DATABASE] }),
      state: "failed",
      detail: "database would be replaced, with runs, models and users of the tracking server",
      remedy: `if that is meant, allow it with one approval more: --allow-replace '${DATABASE}'`,
    },
    {
      what: "the database deleted",
      facts: preview({ deleted: [DATABASE] }),
      state: "failed",
      detail: "database would be deleted, with runs, models and users of the tracking server",
      remedy: `if that is meant, allow it with one approval more: --allow-replace '${DATABASE}'`,
    },
    {
      what: "what was allowed",
      facts: { ...preview({ replaced: [DATABASE] }), allowReplace: [DATABASE] },
      state: "passed",
      detail: "1 replacement allowed by name",
    },
    {
      what: "something else than what was allowed",
      facts: { ...preview({ replaced: [DATABASE] }), allowReplace: [`${DATABASE}2`] },
      state: "failed",
      detail: "database would be replaced, with runs, models and users of the tracking server",
      remedy: `if that is meant, allow it with one approval more: --allow-replace '${DATABASE}'`,
    },
    {
      what: "no answer",
      facts: { previews: unreachable },
      state: "failed",
      detail: "could not be decided: the store cannot be reached",
    },
  ]),
  ...at("unmoved", [
    { what: "as planned", state: "passed", detail: "since the plan" },
    { what: "while it is planned", facts: { planned: undefined }, state: "passed", detail: "nobody is at work" },
    {
      what: "moved",
      facts: state({ digest: "b".repeat(64) }),
      state: "failed",
      detail: "workloads has moved since the plan",
      remedy: "npx millrace promote plan --to prod, once nobody is at work there",
    },
    {
      what: "a layer that was not planned",
      facts: { planned: {} },
      state: "failed",
      detail: "workloads has moved since the plan",
      remedy: "npx millrace promote plan --to prod, once nobody is at work there",
    },
    {
      what: "a layer that is gone",
      facts: { planned: { workloads: "a".repeat(64), platform: "c".repeat(64) } },
      state: "failed",
      detail: "platform was planned and cannot be seen any more",
      remedy: "npx millrace promote plan --to prod, once nobody is at work there",
    },
    {
      what: "a pending operation, while it is planned",
      facts: { ...state({ pending: ["creating fraud"] }), planned: undefined },
      state: "failed",
      detail: "workloads has 1 operation that nobody has ended (creating fraud)",
      remedy: "npx millrace promote plan --to prod, once nobody is at work there",
    },
    {
      what: "a lock",
      facts: state({ lockedBy: "grace@laptop since 10:00" }),
      state: "failed",
      detail: "workloads is locked by grace@laptop since 10:00",
      remedy: "npx millrace promote plan --to prod, once nobody is at work there",
    },
    {
      what: "no answer",
      facts: { states: unreachable },
      state: "failed",
      detail: "could not be decided: the store cannot be reached",
    },
  ]),
  ...at("capacity", [
    { what: "room", state: "passed", detail: "every pod fits" },
    {
      what: "a pod too many",
      facts: { misfits: async () => ["mlflow/tracking does not fit"] },
      state: "failed",
      detail: "mlflow/tracking does not fit",
      remedy: "make a pool larger in stacks/inputs/environments/prod.ts",
    },
    {
      what: "a pod too many in dev",
      facts: { environment: "dev", misfits: async () => ["mlflow/tracking does not fit"] },
      state: "advised",
      detail: "mlflow/tracking does not fit",
      remedy: "make a pool larger in stacks/inputs/environments/dev.ts",
    },
    {
      what: "no answer",
      facts: { misfits: unreachable },
      state: "failed",
      detail: "could not be decided: the store cannot be reached",
    },
  ]),
  ...at("quotas", [
    { what: "high enough", state: "passed", detail: "high enough" },
    {
      what: "too low",
      facts: { quotas: async () => ["p5 needs 1,536 vCPUs, the quota is 192"] },
      state: "failed",
      detail: "p5 needs 1,536 vCPUs, the quota is 192",
      remedy: "ask AWS for a higher quota (Service Quotas), and wait until it is granted",
    },
    {
      what: "nobody asked",
      facts: { quotas: async () => undefined },
      state: "failed",
      detail: "no account was asked",
      remedy: "promote with credentials of the account of prod",
    },
    {
      what: "nobody asked in dev",
      facts: { environment: "dev", quotas: async () => undefined },
      state: "advised",
      detail: "no account was asked",
      remedy: "promote with credentials of the account of dev",
    },
    {
      what: "no answer",
      facts: { quotas: unreachable },
      state: "failed",
      detail: "could not be decided: the store cannot be reached",
    },
  ]),
  ...at("backup", [
    { what: "a model", state: "not required", detail: "does not concern this" },
    { what: "fresh", candidate: PLATFORM, state: "passed", detail: "9 h old, less than 24 h is needed" },
    {
      what: "exactly too old",
      candidate: PLATFORM,
      facts: { backup: async () => new Date(hoursAgo(24)) },
      state: "failed",
      detail: "24 h old, less than 24 h is needed",
      remedy: "take a snapshot of the database of prod",
    },
    {
      what: "of tomorrow",
      candidate: PLATFORM,
      facts: { backup: async () => new Date(hoursAgo(-24)) },
      state: "failed",
      detail: `the newest backup is of ${hoursAgo(-24)}, which is still to come`,
      remedy: "set the clock of this machine",
    },
    {
      what: "none",
      candidate: PLATFORM,
      facts: { backup: async () => undefined },
      state: "failed",
      detail: "the database has no backup",
      remedy: "take a snapshot of the database of prod",
    },
    {
      what: "none, of an environment that is not up",
      candidate: PLATFORM,
      facts: {
        backup: async () => undefined,
        states: async () => [{ layer: "foundation", digest: null, pending: [], drift: [] }],
      },
      state: "passed",
      detail: "there is no database yet",
    },
    { what: "in dev", candidate: PLATFORM, facts: { environment: "dev" }, state: "not required", detail: "off in dev" },
    {
      what: "no answer",
      candidate: PLATFORM,
      facts: { backup: unreachable },
      state: "failed",
      detail: "could not be decided: the store cannot be reached",
    },
  ]),
  ...at("window", [
    { what: "a Tuesday at noon", state: "passed", detail: "open mon, tue, wed, thu 09:00–16:00 Europe/Stockholm" },
    {
      what: "the first minute",
      facts: { now: new Date("2026-11-24T08:00:00Z") },
      state: "passed",
      detail: "open mon, tue, wed, thu 09:00–16:00 Europe/Stockholm",
    },
    {
      what: "a second before it",
      facts: { now: new Date("2026-11-24T07:59:59Z") },
      state: "failed",
      detail: "closed; open mon, tue, wed, thu 09:00–16:00 Europe/Stockholm",
      remedy: "promote fraud 4 then",
    },
    {
      what: "the end",
      facts: { now: new Date("2026-11-24T15:00:00Z") },
      state: "failed",
      detail: "closed; open mon, tue, wed, thu 09:00–16:00 Europe/Stockholm",
      remedy: "promote fraud 4 then",
    },
    {
      what: "summer time",
      facts: { now: new Date("2026-07-07T07:00:00Z") },
      state: "passed",
      detail: "open mon, tue, wed, thu 09:00–16:00 Europe/Stockholm",
    },
    {
      what: "a Friday",
      facts: { now: new Date("2026-11-27T11:00:00Z") },
      state: "failed",
      detail: "closed; open mon, tue, wed, thu 09:00–16:00 Europe/Stockholm",
      remedy: "promote fraud 4 then",
    },
    {
      what: "a zone in which it is another day",
      facts: { now: new Date("2026-11-26T23:30:00Z") },
      requirements: { window: { open: "weekly", days: ["fri"], from: "00:00", until: "24:00", zone: "Asia/Tokyo" } },
      state: "passed",
      detail: "open fri 00:00–24:00 Asia/Tokyo",
    },
    { what: "dev", facts: { environment: "dev" }, state: "passed", detail: "always open" },
    ...(
      [
        ["a freeze inside the window", {}, "prod", "failed"],
        ["a freeze of models", { subjects: ["models"] }, "prod", "failed"],
        ["a freeze of the platform", { subjects: ["platform"] }, "prod", "passed"],
        ["a freeze of another environment", { environments: ["staging"] }, "prod", "passed"],
        ["a freeze that ends now", { until: NOW.toISOString() }, "prod", "passed"],
        ["a freeze that begins now", { from: NOW.toISOString() }, "prod", "failed"],
        ["a freeze where it is always open", { environments: ["dev"] }, "dev", "failed"],
      ] as const
    ).map(
      ([what, rest, environment, said]): Omit<Case, "gate"> => ({
        what,
        facts: {
          environment,
          settings: {
            ...SETTINGS,
            freezes: [
              {
                environments: ["prod"],
                from: hoursAgo(1),
                until: "2026-12-01T00:00:00Z",
                reason: "Black Friday",
                ...rest,
              } as never,
            ],
          },
        },
        state: said,
        detail:
          said === "failed"
            ? "frozen until 2026-12-01T00:00:00Z: Black Friday"
            : "open mon, tue, wed, thu 09:00–16:00 Europe/Stockholm",
        ...(said === "failed" && { remedy: "wait until 2026-12-01T00:00:00Z, or end the freeze in releases/promotion.json" }),
      }),
    ),
    {
      what: "no answer",
      facts: { settings: undefined as never },
      state: "failed",
      detail: "could not be decided: Cannot read properties of undefined (reading 'freezes')",
    },
  ]),
  ...at("approvals", [
    { what: "two people", state: "passed", detail: "2 of 2: fraud 4 by grace, linus" },
    {
      what: "one person",
      facts: approvals(two[0]!),
      state: "failed",
      detail: "fraud 4 has 1 of 2 (grace)",
      remedy: "ask grace, linus, ada, olga to approve fraud 4",
    },
    {
      what: "one person twice",
      facts: approvals(two[0]!, { ...two[0]!, source: "a review" }),
      state: "failed",
      detail: "fraud 4 has 1 of 2 (grace)",
      remedy: "ask grace, linus, ada, olga to approve fraud 4",
    },
    ...(
      [
        ["the author", { by: "ada" }, "ada's (file of linus) does not count: ada released fraud 4"],
        ["somebody who is no approver", { by: "tom" }, "tom's (file of linus) does not count: tom asks for the promotion"],
        [
          "another version",
          { approves: [{ ...two[1]!.approves[0]!, to: "3" }] },
          "linus's (file of linus) is of fraud 3 in prod",
        ],
        [
          "another environment",
          { approves: [{ ...two[1]!.approves[0]!, environment: "staging" }] },
          "linus's (file of linus) is of fraud 4 in staging",
        ],
        [
          "another digest",
          { approves: [{ ...two[1]!.approves[0]!, digest: "e".repeat(64) }] },
          "linus's (file of linus) is of another release of the name fraud 4",
        ],
        ["too old", { time: hoursAgo(7 * 24 + 1) }, "linus's (file of linus) is older than 7 days"],
        ["still to come", { time: hoursAgo(-1) }, `linus's (file of linus) is of ${hoursAgo(-1)}, which is still to come`],
      ] as const
    ).map(
      ([what, rest, why]): Omit<Case, "gate"> => ({
        what,
        facts: approvals(two[0]!, { ...two[1]!, ...(rest as object) }),
        state: "failed",
        detail: `fraud 4 has 1 of 2 (grace); not counted: ${why}`,
        remedy: "ask grace, linus, ada, olga to approve fraud 4",
      }),
    ),
    {
      what: "no approver",
      facts: {
        ...approvals(two[0]!, approvalBy("olga", CANDIDATE)),
        settings: { ...SETTINGS, approvers: { prod: { ...SETTINGS.approvers.prod, "models/fraud": ["grace", "linus"] } } },
      },
      state: "failed",
      detail:
        "fraud 4 has 1 of 2 (grace); not counted: olga's (file of olga) does not count: olga is no approver of models/fraud in prod",
      remedy: "ask grace, linus to approve fraud 4",
    },
    {
      what: "nobody named",
      facts: { ...approvals(), settings: { ...SETTINGS, approvers: {} } },
      state: "failed",
      detail: "fraud 4 has 0 of 2",
      remedy: "name approvers of models/fraud in prod in releases/promotion.json",
    },
    {
      what: "whoever opened the pull request",
      facts: { approvals: async () => ({ ...NOTHING, given: two, openedBy: [{ kind: "github", name: "linus-GH" }] }) },
      state: "failed",
      detail: "fraud 4 has 1 of 2 (grace); not counted: linus's (file of linus) does not count: linus opened the pull request",
      remedy: "ask grace, linus, ada, olga to approve fraud 4",
    },
    {
      what: "whoever merges it in a job",
      facts: {
        owner: { ...factsOf().owner, who: "linus-gh", job: "https://ci/1" },
        approvals: async () => ({ ...NOTHING, given: two, openedBy: [{ kind: "github", name: "ada-gh" }] }),
      },
      state: "passed",
      detail: "2 of 2: fraud 4 by grace, linus",
    },
    {
      what: "whoever asks by hand for what somebody else has opened",
      facts: {
        owner: { ...factsOf().owner, who: "linus-gh" },
        approvals: async () => ({ ...NOTHING, given: two, openedBy: [{ kind: "github", name: "ada-gh" }] }),
      },
      state: "failed",
      detail: "fraud 4 has 1 of 2 (grace); not counted: linus's (file of linus) does not count: linus asks for the promotion",
      remedy: "ask grace, linus, ada, olga to approve fraud 4",
    },
    {
      what: "whoever asks by hand",
      facts: { owner: { ...factsOf().owner, who: "Linus <linus@example.com>" } },
      state: "failed",
      detail: "fraud 4 has 1 of 2 (grace); not counted: linus's (file of linus) does not count: linus asks for the promotion",
      remedy: "ask grace, linus, ada, olga to approve fraud 4",
    },
    {
      what: "an author whom nobody knows",
      candidate: modelCandidate({ author: "Mallory" }),
      state: "failed",
      detail:
        "could not be decided: whoever released fraud 4 may not approve it, and nobody in releases/promotion.json is 'Mallory': add it to that person (or job) there, as authors",
    },
    {
      what: "used up",
      facts: records(
        [begin(hoursAgo(50), CANDIDATE), done(hoursAgo(49), 1), stable(hoursAgo(48), 1, CANDIDATE)],
        [begin(hoursAgo(1), CANDIDATE), done(hoursAgo(0.9), 1)],
      ),
      state: "failed",
      detail:
        "fraud 4 has 0 of 2; not counted: grace's (file of grace) was used up by an earlier promotion; linus's (file of linus) was used up by an earlier promotion",
      remedy: "ask grace, linus, ada, olga to approve fraud 4",
    },
    {
      what: "not used up by a promotion that failed",
      facts: records(
        [begin(hoursAgo(50), CANDIDATE), done(hoursAgo(49), 1)],
        [begin(hoursAgo(1), CANDIDATE), { kind: "failed", time: hoursAgo(0.9), begin: 1, layers: [], why: "x" }],
      ),
      state: "passed",
      detail: "2 of 2: fraud 4 by grace, linus",
    },
    {
      what: "data that may go, of which nobody spoke",
      facts: { allowReplace: [DATABASE] },
      state: "failed",
      detail: `fraud 4 has 0 of 3; not counted: grace's (file of grace) does not allow that data goes with ${DATABASE}; linus's (file of linus) does not allow that data goes with ${DATABASE}`,
      remedy: "ask grace, linus, ada, olga to approve fraud 4",
    },
    {
      what: "data that may go, by two of three",
      facts: { allowReplace: [DATABASE], ...approvals(...allowing(DATABASE, "grace", "linus")) },
      state: "failed",
      detail: "fraud 4 has 2 of 3 (grace, linus)",
      remedy: "ask grace, linus, ada, olga to approve fraud 4",
    },
    {
      what: "data that may go, and other data beside it",
      facts: { allowReplace: [DATABASE, `${DATABASE}2`], ...approvals(...allowing(DATABASE, "grace", "linus", "olga")) },
      state: "failed",
      detail: `fraud 4 has 0 of 3; not counted: grace's (file of grace) does not allow that data goes with ${DATABASE}2; linus's (file of linus) does not allow that data goes with ${DATABASE}2; olga's (file of olga) does not allow that data goes with ${DATABASE}2`,
      remedy: "ask grace, linus, ada, olga to approve fraud 4",
    },
    {
      what: "data that may go, as all say",
      facts: { allowReplace: [DATABASE], ...approvals(...allowing(DATABASE, "grace", "linus", "olga")) },
      state: "passed",
      detail: "3 of 3: fraud 4 by grace, linus, olga",
    },
    {
      what: "whoever signed what another one released",
      facts: { settings: withKey("linus", "linus-key") },
      candidate: modelCandidate({ signature: { kind: "key", signer: "linus-key", value: "x" } }),
      state: "failed",
      detail: "fraud 4 has 1 of 2 (grace); not counted: linus's (file of linus) does not count: linus signed fraud 4",
      remedy: "ask grace, linus, ada, olga to approve fraud 4",
    },
    {
      what: "whoever made a commit of another's pull request",
      facts: {
        owner: { ...factsOf().owner, job: "https://ci/1" },
        approvals: async () => ({
          ...NOTHING,
          given: two,
          openedBy: [{ kind: "github", name: "ada-gh" }],
          committedBy: [
            { kind: "github", name: "web-flow" },
            { kind: "author", name: "Linus <linus@example.com>" },
          ],
        }),
      },
      state: "failed",
      detail:
        "fraud 4 has 1 of 2 (grace); not counted: linus's (file of linus) does not count: linus made a commit of the pull request",
      remedy: "ask grace, linus, ada, olga to approve fraud 4",
    },
    {
      what: "what a source refuses",
      facts: { approvals: async () => ({ ...NOTHING, refused: ["eve is nobody in releases/promotion.json"] }) },
      state: "failed",
      detail: "fraud 4 has 0 of 2; not counted: eve is nobody in releases/promotion.json",
      remedy: "ask grace, linus, ada, olga to approve fraud 4",
    },
    {
      what: "approvers who came along with it",
      facts: { approvals: async () => ({ ...NOTHING, unsettled: ["no approval counts: x"], refused: ["y"] }) },
      state: "failed",
      detail: "fraud 4 has 0 of 2; not counted: no approval counts: x; y",
      remedy: "ask grace, linus, ada, olga to approve fraud 4",
    },
    { what: "dev", facts: { environment: "dev" }, state: "not required", detail: "does not concern this" },
    {
      what: "dev, where data may go",
      facts: {
        environment: "dev",
        allowReplace: [DATABASE],
        ...approvals(
          ...allowing(DATABASE, "grace").map((each) => ({
            ...each,
            approves: [{ ...each.approves[0]!, environment: "dev" as const }],
          })),
        ),
      },
      state: "failed",
      detail:
        "fraud 4 has 0 of 1; not counted: grace's (file of grace) does not count: grace is no approver of models/fraud in dev",
      remedy: "name approvers of models/fraud in dev in releases/promotion.json",
    },
    {
      what: "no answer",
      facts: { approvals: unreachable },
      state: "failed",
      detail: "could not be decided: the store cannot be reached",
    },
  ]),
];

describe.each(GATES.map(({ name }) => name))("the gate %s", (name) => {
  it.each(CASES.filter(({ gate }) => gate === name))(
    "$what: $state",
    async ({ facts = {}, candidate = CANDIDATE, requirements, state: said, detail, remedy }) => {
      const whole = factsOf(facts, candidate);
      expect(await verdictOf(name, whole, requirementsOf(whole.environment, requirements))).toEqual({
        gate: name,
        state: said,
        detail,
        ...(remedy !== undefined && { remedy }),
      });
    },
  );

  it("is met, fails, cannot be decided, and is not required, once each at least", async () => {
    const own = CASES.filter(({ gate }) => gate === name);
    expect(own.map(({ state: said }) => said)).toEqual(expect.arrayContaining(["passed", "failed"]));
    expect(name === "evaluation" || own.some(({ detail }) => detail.startsWith("could not be decided: "))).toBe(true);
    const off = requirementsOf("prod", { levels: { [name]: "off" } });
    const asked = vi.fn();
    const nothing = new Proxy(factsOf(), {
      get: (facts, key) => (typeof facts[key as keyof Facts] === "function" ? asked : facts[key as keyof Facts]),
    });
    expect(
      (await checkGates(nothing, { ...off, levels: Object.fromEntries(GATES.map((each) => [each.name, "off"])) })).find(
        ({ gate }) => gate === name,
      ),
    ).toEqual({
      gate: name,
      state: "not required",
      detail: "off in prod",
    });
    expect(asked).not.toHaveBeenCalled();
  });
});

const EXITS = { policies: 5, drift: 7, approvals: 11, unmoved: 12 } as Readonly<Record<string, number>>;
const failing = (name: string): Case =>
  CASES.find(({ gate, state: said, facts }) => gate === name && said === "failed" && facts?.records !== unreachable)!;

describe("a promotion", () => {
  it("is let through, with the gates in their order", async () => {
    const verdicts = await checkGates(factsOf(), requirementsOf());
    expect(verdicts.map(({ gate }) => gate)).toEqual([
      "hold",
      "signature",
      "soak",
      "evaluation",
      "policies",
      "drift",
      "stateful",
      "unmoved",
      "capacity",
      "quotas",
      "backup",
      "window",
      "approvals",
    ]);
    expect(verdicts.filter(({ state: said }) => said !== "passed")).toEqual([
      { gate: "backup", state: "not required", detail: "does not concern this" },
    ]);
    expect(exitOf(verdicts)).toBe(0);
    expect((await checkGates(factsOf({}, PLATFORM), requirementsOf())).filter(({ state: said }) => said === "failed")).toEqual(
      [],
    );
  });

  it.each(GATES.map(({ name }) => name))("is stopped by %s alone, with its exit code", async (name) => {
    const { facts = {}, candidate = CANDIDATE, requirements } = failing(name);
    // A release that has not run the same way fails another gate too.
    const verdicts = await checkGates(factsOf(facts, candidate), requirementsOf("prod", requirements));
    const failed = verdicts.filter(({ state: said }) => said === "failed");
    expect(failed.map(({ gate }) => gate)).toContain(name);
    expect(exitOf(failed.filter(({ gate }) => gate === name))).toBe(EXITS[name] ?? 10);
  });

  it("that several gates stop has exit code 10, unless they have the same", async () => {
    const verdict = (gate: string): Verdict => ({ gate, state: "failed", detail: "x" });
    expect(exitOf([verdict("policies"), verdict("drift")])).toBe(10);
    expect(exitOf([verdict("hold"), verdict("soak")])).toBe(10);
    expect(exitOf([verdict("unmoved"), { ...verdict("drift"), state: "advised" }])).toBe(12);
    expect(exitOf([verdict("own")])).toBe(10);
    expect(exitOf([])).toBe(0);
  });

  it("asks each question once, all at one time", async () => {
    const states = vi.fn(factsOf().states);
    const asked = vi.fn(factsOf().records);
    await checkGates(factsOf({ states, records: asked }), requirementsOf());
    expect(states).toHaveBeenCalledTimes(1);
    expect(asked.mock.calls.map(([each]) => each).sort()).toEqual(["dev", "prod", "staging"]);
  });

  it("fails where a gate does not answer within ten minutes, and reports the others in order", async () => {
    vi.useFakeTimers();
    try {
      const waiting = checkGates(factsOf({ states: () => new Promise(() => undefined) }), requirementsOf());
      await vi.advanceTimersByTimeAsync(600_000);
      const verdicts = await waiting;
      expect(verdicts.filter(({ state: said }) => said === "failed")).toEqual(
        ["drift", "unmoved"].map((gate) => ({
          gate,
          state: "failed",
          detail: "could not be decided: no answer within 10 minutes",
        })),
      );
      expect(verdicts.map(({ gate }) => gate)).toEqual(GATES.map(({ name }) => name));
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each<[what: string, check: () => unknown, detail: string]>([
    [
      "throws an error",
      () => {
        throw new Error("no");
      },
      "could not be decided: no",
    ],
    [
      "throws text of several lines",
      () => {
        throw "one\n\u001b[2Jtwo";
      },
      "could not be decided: one; \\u001b[2Jtwo",
    ],
    ["returns nothing", () => undefined, "could not be decided: Cannot read properties of undefined (reading 'detail')"],
    ["says nothing", () => ({ passed: true, detail: " " }), "could not be decided: the gate said nothing"],
    ["says something else than yes", () => ({ passed: "yes", detail: "d" }), "d"],
  ])("fails where a gate of a team %s", async (_, check, detail) => {
    const own: Gate = { name: "own", summary: "ours", exit: 9, check: check as Gate["check"] };
    const verdicts = await checkGates(factsOf(), requirementsOf(), [...GATES, own]);
    expect(verdicts.at(-1)).toEqual({ gate: "own", state: "failed", detail });
    expect(exitOf(verdicts, [...GATES, own])).toBe(9);
  });
});
