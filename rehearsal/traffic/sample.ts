/** One request as its user saw it. */
export interface Sample {
  /** When the answer arrived, milliseconds since the epoch. */
  at: number;
  /** From sending to the end of the answer, milliseconds. */
  ms: number;
  /** HTTP status; 0 when no answer came. */
  status: number;
  /** Version that answered, as it said itself; empty without an answer. */
  version: string;
  /** Who sent it, where users are named. */
  person?: string;
  /** Whether it predicted the class that the row has, where labels are known. */
  right?: boolean;
}

export const failed = ({ status }: Sample): boolean => status < 200 || status >= 300;

/** How many requests there were, and how many of them failed. */
export const counted = (samples: readonly Sample[]): { failed: number; total: number } => ({
  failed: samples.filter(failed).length,
  total: samples.length,
});

export interface Summary {
  total: number;
  failed: number;
  byVersion: Record<string, number>;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

/** Counts and times of the samples between two moments. */
export function summarise(samples: readonly Sample[], from = 0, to = Infinity): Summary {
  const inside = samples.filter(({ at }) => at >= from && at < to);
  const byVersion: Record<string, number> = {};
  for (const { version } of inside) {
    byVersion[version] = (byVersion[version] ?? 0) + 1;
  }
  const times = inside.map(({ ms }) => ms).sort((a, b) => a - b);
  const quantile = (q: number): number => Number((times[Math.floor(q * (times.length - 1))] ?? 0).toFixed(1));
  return { total: inside.length, failed: inside.filter(failed).length, byVersion, p50: quantile(0.5), p99: quantile(0.99) };
}

/** A time in which the share of the new version should be constant. */
export interface ShareWindow extends Summary {
  /** Share asked for, percent. */
  wanted: number;
  /** Share that users met, percent. */
  observed: number;
  /** Distance between the two in standard errors of a binomial; 0 at 0 % and 100 %. */
  sigmas: number;
  seconds: number;
}

/** Time after a change of share whose requests count for neither share, milliseconds. */
const SETTLE = 1_000;

/** One window for each wanted share, from when it was set until the next one. */
export function shareWindows(
  samples: readonly Sample[],
  changes: readonly { at: number; weight: number }[],
  version: string,
  end: number,
): ShareWindow[] {
  return changes.map(({ at, weight }, index) => {
    const until = changes[index + 1]?.at ?? end;
    const summary = summarise(samples, at + SETTLE, until);
    const share = (summary.byVersion[version] ?? 0) / Math.max(1, summary.total);
    return {
      wanted: weight,
      observed: 100 * share,
      sigmas: deviation(share, weight / 100, summary.total),
      seconds: (until - at) / 1000,
      ...summary,
    };
  });
}

/** How many standard errors an observed share lies away from the wanted one, given the number of requests. */
export function deviation(observed: number, wanted: number, requests: number): number {
  const error = Math.sqrt((wanted * (1 - wanted)) / Math.max(1, requests));
  return error === 0 ? 0 : (observed - wanted) / error;
}
