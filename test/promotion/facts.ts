import { type GivenApproval, NOTHING } from "#promotion/approvals/approval";
import type { Candidate, Facts } from "#promotion/gates/gate";
import type { Draft, LedgerRecord } from "#promotion/ledger/record";
import { type Requirements, requirements } from "#promotion/requirements";
import type { Settings } from "#promotion/settings";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { digestOfRelease } from "#stacks/inputs/releases/canonical";
import type { ModelRelease } from "#stacks/inputs/releases/schema";
import { asParent, modelReleaseOf, platformReleaseOf } from "../harness/releases.ts";

/** A Tuesday, at noon in Stockholm. */
export const NOW = new Date("2026-11-24T11:00:00Z");

/** A time some hours before {@link NOW}. */
export const hoursAgo = (hours: number): string => new Date(NOW.getTime() - hours * 3_600_000).toISOString();

export const CHAMPION = modelReleaseOf("fraud", "3");

/** Version 4 of a model, which is to replace version 3. */
export function modelCandidate(rest: Partial<ModelRelease> = {}, champion: ModelRelease | undefined = CHAMPION): Candidate {
  const release = modelReleaseOf("fraud", "4", { author: "Ada <ada@example.com>", parent: asParent(CHAMPION), ...rest });
  return {
    subject: `models/${release.model}`,
    from: champion?.version ?? null,
    to: release.version,
    digest: digestOfRelease(release),
    release,
    champion,
  };
}

export function platformCandidate(): Candidate {
  const release = platformReleaseOf("2026.11.24-1", { author: "Ada" });
  return { subject: "platform", from: "2026.11.21-1", to: release.id, digest: digestOfRelease(release), release };
}

export const SETTINGS: Settings = {
  approvers: {
    staging: { models: ["grace", "linus", "ada"], platform: ["grace"] },
    prod: { models: ["grace", "linus", "ada", "olga"], platform: ["grace", "linus"] },
  },
  freezes: [],
  people: {
    ada: { authors: ["Ada", "ada@example.com"], github: "ada-gh" },
    grace: { authors: ["Grace"], github: "Grace-gh", gitlab: "grace" },
    linus: { authors: ["Linus"], github: "linus-gh", gitlab: "linus" },
    olga: { authors: ["Olga"] },
    tom: { authors: ["Tom"] },
  },
};

export const OWNER = { who: "Tom", host: "laptop", boot: "b", pid: 1, started: "s" };

/** Records with their numbers; what they have in common is filled in. */
export const chain = (environment: EnvironmentName, ...drafts: object[]): LedgerRecord[] =>
  drafts.map(
    (draft, index) => ({ environment, number: index + 1, previous: null, owner: OWNER, ...draft }) as unknown as LedgerRecord,
  );

/** Beginning of a change, which most tests look no further into. */
export const begin = (time: string, candidate: Pick<Candidate, "subject" | "to" | "digest">, rest: object = {}): object => ({
  kind: "begin",
  operation: "promote",
  time,
  changes: [{ subject: candidate.subject, from: null, to: candidate.to, digest: candidate.digest }],
  gates: [],
  approvals: [],
  states: {},
  program: "p",
  ...rest,
});

export const done = (time: string, of: number): Partial<Draft> => ({ kind: "done", time, begin: of, states: {}, seconds: 1 });

export const stable = (time: string, of: number, { subject, to }: Pick<Candidate, "subject" | "to">): Partial<Draft> => ({
  kind: "stable",
  time,
  begin: of,
  subject,
  version: to,
});

/** A version that came up in an environment and has been what runs there for some hours. */
export const ran = (environment: EnvironmentName, candidate: Candidate, hours: number): LedgerRecord[] =>
  chain(
    environment,
    begin(hoursAgo(hours + 2), candidate),
    done(hoursAgo(candidate.subject === "platform" ? hours : hours + 1), 1),
    ...(candidate.subject === "platform" ? [] : [stable(hoursAgo(hours), 1, candidate)]),
  );

export const approvalBy = (
  by: string,
  candidate: Candidate,
  environment: EnvironmentName = "prod",
  rest: Partial<GivenApproval> = {},
): GivenApproval => ({
  by,
  source: `file of ${by}`,
  time: hoursAgo(2),
  approves: [{ environment, subject: candidate.subject, to: candidate.to, digest: candidate.digest }],
  ...rest,
});

/** Facts of a promotion of a model to prod that nothing stops. */
export function factsOf(rest: Partial<Facts> = {}, candidate: Candidate = modelCandidate()): Facts {
  const environment = rest.environment ?? "prod";
  const before = ({ dev: undefined, staging: "dev", prod: "staging" } as const)[environment];
  return {
    environment,
    before,
    candidates: [candidate],
    now: NOW,
    owner: OWNER,
    settings: SETTINGS,
    allowReplace: [],
    records: async (each) => (each === before ? ran(each, candidate, 26) : []),
    signer: async () => "ci",
    previews: async () => [
      { layer: "workloads", create: 0, update: 1, delete: 0, replace: 0, replaced: [], deleted: [], findings: [] },
    ],
    states: async () => [{ layer: "workloads", digest: "a".repeat(64), pending: [], drift: [] }],
    planned: { workloads: "a".repeat(64) },
    misfits: async () => [],
    quotas: async () => [],
    backup: async () => new Date(hoursAgo(9)),
    approvals: async () => ({ ...NOTHING, given: ["grace", "linus"].map((by) => approvalBy(by, candidate, environment)) }),
    ...rest,
  };
}

export const requirementsOf = (environment: EnvironmentName = "prod", rest: Partial<Requirements> = {}): Requirements => ({
  ...requirements[environment],
  ...rest,
});
