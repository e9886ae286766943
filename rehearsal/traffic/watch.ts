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
}

/** Traffic on one model, and how its release goes. */
export class Watched {
  readonly met: Met;
  readonly #load: Load;
  readonly #timeline: Timeline;

  constructor({ model }: Served, load: LoadOptions, timeline: Timeline) {
    this.met = { model, total: 0, failed: 0, byVersion: {} };
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
    const { met } = this;
    met.total += samples.length;
    met.failed += samples.filter(failed).length;
    for (const { version } of samples.filter((sample) => sample.version !== "")) {
      met.byVersion[version] = (met.byVersion[version] ?? 0) + 1;
    }
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
