import type { Served } from "../served.ts";
import { Load, type LoadOptions } from "./load.ts";
import { failed, type Sample } from "./sample.ts";
import type { Timeline } from "./timeline.ts";

/** What a model's users have met so far. */
export interface Met {
  model: string;
  total: number;
  failed: number;
  /** Answers by version; requests without an answer have none. */
  byVersion: Record<string, number>;
  /** By second of the clock: `at` is milliseconds since the epoch. */
  timeline: MetSecond[];
  /** When the last answer of each version came, milliseconds since the epoch. */
  lastAnswers: Record<string, number>;
}

interface MetSecond extends Pick<Met, "total" | "failed" | "byVersion"> {
  at: number;
}

/** Traffic on one model, and how its release goes. */
export class Watched {
  readonly met: Met;
  readonly #load: Load;
  readonly #timeline: Timeline;

  constructor({ model }: Served, load: LoadOptions, timeline: Timeline) {
    this.met = { model, total: 0, failed: 0, byVersion: {}, timeline: [], lastAnswers: {} };
    this.#load = new Load(load);
    this.#timeline = timeline;
  }

  /** What has come in since the last call, in one line, and where the release stands. */
  line(seconds: number): string {
    const samples = this.#load.take();
    this.#count(samples);
    const rate = Math.round(samples.length / seconds);
    return [
      `${this.met.model}  ${rate}/s  ${sharesOf(samples)}  ${samples.filter(failed).length} failed`,
      releaseLine(this.#timeline),
    ].join(" · ");
  }

  async stop(): Promise<void> {
    await this.#load.stop();
    this.#timeline.stop();
    this.#count(this.#load.take());
  }

  #count(samples: readonly Sample[]): void {
    samples.forEach((sample) => count(this.met, sample));
  }
}

/** Adds an answer to what a model's users have met. */
export function count(met: Met, sample: Sample): void {
  const at = Math.floor(sample.at / 1000) * 1000;
  let second = met.timeline.at(-1);
  // Answers come in their order, or nearly so.
  if (second === undefined || second.at < at) {
    second = { at, total: 0, failed: 0, byVersion: {} };
    met.timeline.push(second);
  }
  for (const each of [met, second]) {
    each.total += 1;
    each.failed += failed(sample) ? 1 : 0;
    if (sample.version !== "") {
      each.byVersion[sample.version] = (each.byVersion[sample.version] ?? 0) + 1;
    }
  }
  if (sample.version !== "") {
    met.lastAnswers[sample.version] = Math.max(sample.at, met.lastAnswers[sample.version] ?? 0);
  }
}

/** `v3 95.2 %  v4 4.8 %`: by version, the lowest first. */
export function sharesOf(samples: readonly Sample[]): string {
  const versions = [...new Set(samples.map(({ version }) => version))].filter((version) => version !== "");
  const shares = versions
    .sort((a, b) => Number(a) - Number(b))
    .map((version) => {
      const share = (100 * samples.filter((sample) => sample.version === version).length) / samples.length;
      return `v${version} ${share.toFixed(1)} %`;
    });
  return shares.join("  ") || "no answers";
}

/** The controller's own words: phase, step, and why it waits. */
export function releaseLine({ rollout }: Pick<Timeline, "rollout">): string {
  const { phase = "unknown", message = "", currentStepIndex: step } = rollout["status"] ?? {};
  const steps: number = rollout["spec"]?.strategy?.canary?.steps?.length ?? 0;
  const at = phase !== "Healthy" && step !== undefined ? `, step ${step} of ${steps}` : "";
  return `release ${phase}${at}${message === "" ? "" : `: ${message}`}`;
}
