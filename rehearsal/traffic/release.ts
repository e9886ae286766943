import { setTimeout as sleep } from "node:timers/promises";
import { servingNames } from "#components/serving/names";
import type { RehearsalCluster } from "../cluster/cluster.ts";
import { GATEWAY } from "../cluster/isolation/addresses.ts";
import { weightsOf } from "../models.ts";
import type { ReleaseResult, Second } from "../outcome.ts";
import { type Served, VERSION_HEADER } from "../served.ts";
import { Load, type LoadOptions } from "./load.ts";
import { failed, type Sample, shareWindows } from "./sample.ts";
import { Timeline } from "./timeline.ts";

export interface ReleaseOptions {
  cluster: RehearsalCluster;
  served: Served;
  version: string;
  kind: "good" | "bad";
  /** Applies the changed release file: `pulumi up`. */
  apply: () => Promise<void>;
  /** How long users go on after the end, seconds: long enough for the old pods to be stopped under load. */
  afterSeconds: number;
  update: (text: string) => void;
}

/** Requests a second: enough for the fewest answers of a measurement at 5 %. */
export const RATE = 250;
/** How long a release may take, seconds: so much for loading and the end, and so much a share. */
const patienceFor = (shares: number): number => 120 + 30 * shares;
const BEFORE_SECONDS = 4;

/** Releases a version under constant load and tells what users met. */
export async function rehearseRelease(options: ReleaseOptions): Promise<ReleaseResult> {
  const { cluster, served, version, kind, apply, afterSeconds, update } = options;
  const { model, namespace } = served;
  const timeline = new Timeline(cluster.kube, servingNames(model, namespace), cluster.ended);
  const load = new Load(loadOn(served, RATE));
  const live = setInterval(() => update(liveLine(load.samples, version, timeline)), 1_000);
  try {
    await sleep(BEFORE_SECONDS * 1000);
    const began = Date.now();
    await apply();
    const patience = patienceFor(weightsOf(model).length);
    await until(`version ${version} to be ${kind === "good" ? "promoted" : "taken back"}`, patience, () => {
      const started = timeline.weightsSince(began).some(({ weight }) => weight > 0);
      const aborted = timeline.abortedSince(began) !== undefined;
      if (started && kind === "good" && aborted) {
        throw new Error(`a good version must be promoted, version ${version} was taken back: ${messageOf(timeline)}`);
      }
      return started && (kind === "good" ? timeline.healthy : aborted);
    });
    const ended = Date.now();
    await sleep(afterSeconds * 1000);
    await load.stop();
    return resultOf({ options, samples: load.samples, timeline, began, ended });
  } finally {
    clearInterval(live);
    timeline.stop();
    await load.stop();
  }
}

/** Load on a model through the gateway. */
export const loadOn = ({ host, path, bodies }: Served, rate: number): LoadOptions => ({
  gateway: GATEWAY,
  host,
  path,
  bodies,
  rate,
  versionHeader: VERSION_HEADER,
});

async function until(what: string, seconds: number, holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + seconds * 1000; !holds(); await sleep(50)) {
    if (Date.now() > deadline) {
      throw new Error(`waited ${seconds} s for ${what}`);
    }
  }
}

function liveLine(samples: readonly Sample[], version: string, timeline: Timeline): string {
  const recent = samples.filter(({ at }) => at > Date.now() - 2_000);
  const fresh = recent.filter((sample) => sample.version === version).length;
  const bad = samples.filter(failed).length;
  const share = recent.length === 0 ? 0 : (100 * fresh) / recent.length;
  const { phase = "starting", message = "" } = timeline.rollout["status"] ?? {};
  return `new version ${share.toFixed(0)} % of ${Math.round(recent.length / 2)}/s · ${bad} failed · ${phase} ${message}`.trim();
}

/** What was seen of a release. */
interface Told {
  options: Pick<ReleaseOptions, "served" | "version" | "kind">;
  /** Every request, those before the release too. */
  samples: readonly Sample[];
  timeline: Timeline;
  /** When the version was asked for, and when the controller was done with it, milliseconds since the epoch. */
  began: number;
  ended: number;
}

/** What users met, made from every request and what the controller did. */
export function resultOf({ options, samples, timeline, began, ended }: Told): ReleaseResult {
  const { served, version, kind } = options;
  const during = samples.filter(({ at }) => at >= began);
  const raises = timeline.weightsSince(began);
  const steps = kind === "good" ? stepsTo100(raises) : raises.filter(({ weight }) => weight > 0);
  const bad = during.filter(failed);
  return {
    model: served.model,
    version,
    kind,
    verdict: kind === "good" ? "promoted" : "rolled back",
    seconds: (ended - began) / 1000,
    windows: shareWindows(samples, steps, version, kind === "good" ? ended : abortedAt(timeline, began)).filter(
      ({ wanted }) => wanted > 0,
    ),
    total: during.length,
    failed: bad.length,
    failedByNew: bad.filter((sample) => sample.version === version).length,
    unanswered: bad.filter((sample) => sample.version === "").length,
    rate: RATE,
    ...(kind === "bad" && rollback(during, timeline, { version, began })),
    timeline: secondBySecond(during, version, began),
    events: timeline.events.filter(({ at }) => at >= began).map((event) => ({ ...event, seconds: (event.at - began) / 1000 })),
  };
}

/**
 * From the first share of a version on: a version that it overtakes may be raised once more before, and loses its share then. After a full
 * promotion the controller swaps the Services and writes 0 again: that is the end, not a step.
 */
function stepsTo100<T extends { weight: number }>(raises: readonly T[]): T[] {
  const all = raises.slice(0, raises.findIndex(({ weight }) => weight === 100) + 1);
  return all.slice(all.findLastIndex(({ weight }) => weight === 0) + 1);
}

const abortedAt = (timeline: Timeline, began: number): number => timeline.abortedSince(began) ?? Date.now();

/** What the controller says of the release. */
const messageOf = ({ rollout }: Timeline): string => rollout["status"]?.message ?? "";

function rollback(
  samples: readonly Sample[],
  timeline: Timeline,
  { version, began }: { version: string; began: number },
): Partial<ReleaseResult> {
  const answers = samples.filter((sample) => sample.version === version);
  const abort = abortedAt(timeline, began);
  const since = (moments: readonly number[]): number => Math.max(0, (Math.max(...moments, abort) - abort) / 1000);
  return {
    faultToAbort: (abort - (answers[0]?.at ?? abort)) / 1000,
    abortToLastAnswer: since(answers.map(({ at }) => at)),
    abortToOff: since(answers.map(({ at, ms }) => at - ms)),
    reason: messageOf(timeline),
  };
}

function secondBySecond(samples: readonly Sample[], version: string, began: number): Second[] {
  const seconds: Second[] = [];
  for (const sample of samples) {
    const at = Math.floor((sample.at - began) / 1000);
    const second = (seconds[at] ??= { at, total: 0, fresh: 0, failed: 0 });
    second.total += 1;
    second.fresh += sample.version === version ? 1 : 0;
    second.failed += failed(sample) ? 1 : 0;
  }
  return seconds.filter(Boolean);
}
