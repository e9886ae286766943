import type { ReleaseResult } from "../outcome.ts";
import { demand, demandBad } from "../phases/releases.ts";
import type { Stage } from "./stage.ts";

/** Something that happens to a version of a model while users are there, and what must come of it. */
export interface Scenario {
  /** What it does, in one line. */
  summary: string;
  /** @returns in a few words what came of it. @throws {Error} when something does not hold. */
  run(stage: Stage): Promise<string>;
}

/** Requests that wait for a slow version are its own: those that the gateway answers in its place, and those that were sent before the verdict. */
const withoutWaits = (result: ReleaseResult): ReleaseResult => ({
  ...result,
  failed: result.failed - result.unanswered,
  abortToLastAnswer: result.abortToOff ?? Number.NaN,
});

/**
 * @param late whether requests may wait for the version.
 * @throws {Error} unless a version lost its users by this measurement, in time, and nobody else met an error.
 */
export function demandThrownOut(result: ReleaseResult, metric: string, late = false): string {
  demandBad(late ? withoutWaits(result) : result);
  const { version, reason = "", faultToAbort = Number.NaN, windows, failed, total } = result;
  const [off = Number.NaN, last = Number.NaN] = [result.abortToOff, result.abortToLastAnswer];
  demand(reason.includes(`"${metric}"`), `version ${version} must be thrown out by ${metric}, the controller says: ${reason}`);
  return `v${version} thrown out by ${metric} ${faultToAbort.toFixed(1)} s after its first answer, at ${windows.at(-1)?.wanted ?? 0} % · traffic off ${off.toFixed(2)} s later, last answer ${last.toFixed(2)} s · ${failed} of ${total.toLocaleString("en")} failed, all its own`;
}

/** @throws {Error} when a request failed. */
export function demandUnharmed({ failed, total }: Pick<ReleaseResult, "failed" | "total">): string {
  demand(failed === 0, `no request may fail, ${failed} of ${total} did`);
  return `0 of ${total.toLocaleString("en")} failed`;
}
