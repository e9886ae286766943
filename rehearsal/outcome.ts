import type { DeletionOrder } from "./deletion-order.ts";
import type { PhaseName } from "./results.ts";
import type { ShareWindow } from "./traffic/sample.ts";
import type { ReleaseEvent } from "./traffic/timeline.ts";
import type { TrainingStory } from "./training/story.ts";

/** One step of a rehearsal, as it ended. The tools come before the phases. */
export interface PhaseResult {
  name: PhaseName | "tools";
  state: "done" | "failed" | "skipped";
  /** What came of it, in a few words. */
  detail: string;
  seconds: number;
}

/** A layer that came up. */
export interface LayerResult {
  layer: string;
  /** Resources that a provider made; components and the stack itself do not count. */
  created: number;
  seconds: number;
  /** Resources by their provider: `aws`, `kubernetes`, `random`. */
  byProvider: Record<string, number>;
}

/** Answers in one second of a release, for the picture. */
export interface Second {
  /** Seconds since the release began. */
  at: number;
  total: number;
  /** Answers of the new version. */
  fresh: number;
  failed: number;
}

/** What users met while a version was released. */
export interface ReleaseResult {
  model: string;
  version: string;
  kind: "good" | "bad";
  /** `promoted` when it took over all traffic, `rolled back` when the controller took it back. */
  verdict: "promoted" | "rolled back";
  seconds: number;
  windows: ShareWindow[];
  total: number;
  /** Requests that failed for users, and how many of those the new version answered. */
  failed: number;
  failedByNew: number;
  /** Of the failed ones, those that no version answered in time: the gateway did. */
  unanswered: number;
  /** Requests a second. */
  rate: number;
  /** Of a bad release, seconds: first answer of the new version → abort; abort → its last answer. */
  faultToAbort?: number;
  abortToLastAnswer?: number;
  /** The same, until the last request was sent that it answered: then traffic was off. Answers to those under way may come later. */
  abortToOff?: number;
  /** Why the controller gave the release up, in its own words. */
  reason?: string;
  /** Of a bad release, seconds from asking for the old version again until the controller is at rest. */
  revertSeconds?: number;
  /** Other models that were checked, and had not changed. */
  untouched?: string[];
  timeline: Second[];
  events: (ReleaseEvent & { seconds: number })[];
}

/** Training on GPUs, by the team that lends what it does not use and the one that borrows. */
export interface TrainingResult extends TrainingStory {
  lender: string;
  borrower: string;
  /** Findings of the harness that were proved, by their numbers. */
  proved: string[];
  /** GPU seconds from the purchase of nodes to their end, once all are gone. */
  bought?: number;
}

/** What Prometheus scrapes and evaluates. */
export interface MonitoringResult {
  /** Rules that are loaded, of so many objects. */
  rules: number;
  ruleObjects: number;
  /** Monitors that have become jobs, and targets of those. */
  monitors: number;
  targets: number;
  up: number;
  /** Jobs of the targets that are down: nothing runs behind them in a rehearsal. */
  down: string[];
}

/** Everything that a rehearsal found out. */
export interface Outcome {
  environment: string;
  began: string;
  seconds: number;
  ok: boolean;
  phases: PhaseResult[];
  layers: LayerResult[];
  releases: ReleaseResult[];
  /** Changes that a second preview wanted to make. */
  changesOnSecondPreview?: number;
  /** Models that answered through the gateway, in the version that the release names. */
  answers?: { model: string; version: string }[];
  /** The team and model that were added by two entries and one `up`, and how many resources that made; it changed no other. */
  secondTeam?: { team: string; model: string; created: number };
  /** What became of the jobs that two teams trained on GPUs. */
  training?: TrainingResult;
  /** What Prometheus had made of the monitors and rules of the cluster. */
  monitoring?: MonitoringResult;
  /** Bad changes that the policy pack found, and what it did about each. */
  mutants?: { rule: string; what: string; level: string }[];
  /** Bad objects sent past the program, and who refused each. */
  admission?: { rule: string; refusedBy: string }[];
  /** Whether resources of components were deleted before what the components depend on. */
  deletionOrder?: DeletionOrder;
  /** What was left after destroy, one line each. */
  leftovers?: string[];
  tools: { name: string; version: string; from: string }[];
  /** Times that were shortened for the rehearsal, as handed to the program. */
  pace: Record<string, number>;
  /** Where charts came from, one line for each way. */
  charts?: string[];
  /** What was simulated, in words for the screen. */
  simulated: string[];
  /** Resident memory of each process of the cluster at its end, MiB. */
  memory: Record<string, number>;
  failure?: { phase: string; reason: string; log?: string };
}
