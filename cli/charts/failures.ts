import { HostError, RemoteError } from "#toolchain/oci/http";
import type { Chart } from "./pins.ts";

/** @param what begins the sentence where the error is not one of ours. */
export const sentenceOf = (error: unknown, what: string): string =>
  error instanceof RemoteError ? error.message : `${what}: ${error instanceof Error ? error.message : String(error)}`;

/** Why charts cannot be had: what is true of all charts of a publisher is said once. */
export class Failures {
  /** Charts by what is said of them. */
  readonly #said = new Map<string, Chart[]>();
  /** Publishers that give nothing, and what is said of them. */
  readonly #closed = new Map<string, string>();

  /** Whether the publisher of a chart gives nothing: it is not asked again. */
  areOf(chart: Chart): boolean {
    const sentence = this.#closed.get(hostOf(chart));
    return sentence !== undefined && this.#note(sentence, chart);
  }

  add(chart: Chart, error: unknown): void {
    const sentence = sentenceOf(error, `${chart.name} ${chart.version} cannot be had from ${chart.published}`);
    this.#note(sentence, chart);
    if (error instanceof HostError && error.host === hostOf(chart)) {
      this.#closed.set(error.host, sentence);
    }
  }

  /** A sentence for each reason, with the charts that it concerns where it does not name its own. */
  sentences(): string[] {
    return [...this.#said].map(([sentence, charts]) =>
      charts.every((chart) => names(sentence, chart)) ? sentence : `${sentence} (concerns ${charts.map(nameOf).join(", ")})`,
    );
  }

  #note(sentence: string, chart: Chart): true {
    this.#said.set(sentence, [...(this.#said.get(sentence) ?? []), chart]);
    return true;
  }
}

const nameOf = ({ name, version }: Chart): string => `${name} ${version}`;

/** Whether a sentence says of itself which chart it is about. */
const names = (sentence: string, chart: Chart): boolean =>
  sentence.includes(nameOf(chart)) || sentence.startsWith(`${chart.name} `) || sentence.startsWith(chart.archive);

/** Whom a chart is asked from. */
export const hostOf = ({ published }: Chart): string => new URL(published).host;
