import type { ReleaseResult } from "../outcome.ts";
import { deviation } from "../traffic/sample.ts";

/** What came of a scenario that was tried several times. */
export function repeated(releases: readonly ReleaseResult[], times: number): string {
  const total = sum(releases.map((each) => each.total));
  const failed = sum(releases.map((each) => each.failed));
  return [`${times} times`, shares(releases), thrownOut(releases), `${failed} of ${total.toLocaleString("en")} failed`]
    .filter((part) => part !== "")
    .join(" · ");
}

/** Each share, of all good releases together. */
function shares(releases: readonly ReleaseResult[]): string {
  const windows = releases.filter(({ kind }) => kind === "good").flatMap((each) => each.windows);
  return [...Map.groupBy(windows, ({ wanted }) => wanted)]
    .filter(([wanted]) => wanted < 100)
    .map(([wanted, some]) => {
      const n = sum(some.map((each) => each.total));
      const share = sum(some.map(({ observed, total }) => observed * total)) / n / 100;
      const sigmas = Math.abs(deviation(share, wanted / 100, n)).toFixed(1);
      return `${(100 * share).toFixed(2)} % of ${n.toLocaleString("en")} (${sigmas} σ)`;
    })
    .join(", ");
}

/** The longest times of bad releases: nobody is helped by a mean. */
function thrownOut(releases: readonly ReleaseResult[]): string {
  const bad = releases.filter(({ kind, faultToAbort }) => kind === "bad" && faultToAbort !== undefined);
  if (bad.length === 0) {
    return "";
  }
  const off = bad.map(({ abortToOff = Number.NaN }) => abortToOff).toSorted((one, other) => one - other);
  const whole = bad.map(({ faultToAbort = Number.NaN }, at) => faultToAbort + (bad[at]?.abortToLastAnswer ?? 0));
  const p95 = off[Math.ceil(0.95 * off.length) - 1] ?? Number.NaN;
  return `first answer → last one at most ${Math.max(...whole).toFixed(1)} s · verdict → traffic off ${p95.toFixed(2)} s (p95), ${off.at(-1)?.toFixed(2)} s at most`;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
