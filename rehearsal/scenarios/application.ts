import { outcomeShare } from "#components/serving/outcome-query";
import { failed, type Sample } from "../traffic/sample.ts";
import { until } from "../until.ts";
import type { Stage } from "./stage.ts";

/** Of how many attempts one succeeds, by the version that made the prediction. */
export type Successes = (version: string) => number;

/** Event of each answer, and of each that did what it was for. */
export const EVENTS = { attempts: "impression", successes: "click" } as const;

const POLL = 500;
/** Seconds within which Prometheus has loaded a rule of a release, and has found and scraped the application twice. */
const FOUND = 60;

/** The application that shows predictions to users, and counts what they make of them: `mlops_business_events_total`. */
export class Application {
  readonly #counts = new Map<string, { attempts: number; successes: number }>();
  #read = 0;

  /** Counts what users make of the answers that they get from now on, until the signal. */
  follow(samples: () => readonly Sample[], of: Successes, signal: AbortSignal): void {
    const timer = setInterval(() => {
      const all = samples();
      for (const { version } of all.slice(this.#read).filter((sample) => !failed(sample))) {
        const count = this.#counts.get(version) ?? { attempts: 0, successes: 0 };
        this.#counts.set(version, count);
        count.attempts += 1;
        count.successes += Math.random() < of(version) ? 1 : 0;
      }
      this.#read = all.length;
    }, POLL);
    signal.addEventListener("abort", () => clearInterval(timer));
  }

  /** The series. @param labels besides those of all, such as `,audience="true"`. */
  text(model: string, labels = ""): string {
    return [...this.#counts]
      .flatMap(([version, counts]) =>
        (["attempts", "successes"] as const).map(
          (kind) =>
            `mlops_business_events_total{model="${model}",model_version="${version}",event="${EVENTS[kind]}"${labels}} ${counts[kind]}\n`,
        ),
      )
      .join("");
  }
}

/**
 * Waits until Prometheus records the events, as it does where a team declares a test before the first release that the test judges.
 *
 * @param audienceOnly whether those of an audience alone count. @default - everybody's
 */
export async function untilRecorded({ dataPlane, served: { namespace, model } }: Stage, audienceOnly = false): Promise<void> {
  const asked = new URL("/api/v1/query", dataPlane.prometheusUrl);
  asked.searchParams.set("query", outcomeShare({ namespace, model, ...EVENTS, audienceOnly }));
  await until("events of the application, recorded by Prometheus,", FOUND, async () => {
    const { data } = (await (await fetch(asked)).json()) as { data?: { result: unknown[] } };
    return data?.result.length ? true : undefined;
  });
}
