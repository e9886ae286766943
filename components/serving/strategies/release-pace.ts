import { SCRAPE_SECONDS } from "../../mesh/gateway-telemetry.ts";
import { closed, type Fault, faultIn, fields, optional, type Rule } from "../../shape.ts";
import { given } from "../../validation.ts";
import { type Canary, canaryShape } from "./canary.ts";
import { type Analysis, analysisShape, faultInTimes, type GateTimes } from "./canary-analysis.ts";

/** Shares and times of a release: what may differ between models, apart from the limits that a version is measured by. */
export type ReleasePace = Omit<Canary, "kind" | "analysis"> & Pick<Analysis, "intervalSeconds" | "windowSeconds" | "minRequests">;

const { analysis: _, ...shares } = canaryShape;
const { intervalSeconds, windowSeconds, minRequests } = analysisShape;
const SHAPE = { ...shares, intervalSeconds, windowSeconds, minRequests };

/** The rule of each field by itself. It is optional as a whole, as each field is. */
export const releasePace: Rule<ReleasePace, true> = optional(closed(fields<ReleasePace>(SHAPE)));

/** Two scrapes of the gateway, seconds: over less, Prometheus finds no increase. A rehearsal scrapes more often and shortens it. */
const SHORTEST_WINDOW = 2 * SCRAPE_SECONDS;

/**
 * Looks for a fault in what somebody wrote as a pace: another type, an unknown field, a value out of its range, times that do not fit
 * each other.
 *
 * @param argument path of the value, for example `fraud.canary`
 * @param times that hold where the pace names none.
 */
export function faultInPace(argument: string, pace: unknown, times: GateTimes): Fault | undefined {
  const fault = faultIn(argument, pace, releasePace);
  if (fault || pace === undefined) {
    return fault;
  }
  const said = given(pace as ReleasePace);
  if (said.windowSeconds !== undefined && said.windowSeconds < SHORTEST_WINDOW) {
    const must = `at least ${SHORTEST_WINDOW}, so that it holds two scrapes of the gateway`;
    return { argument: `${argument}.windowSeconds`, must, value: said.windowSeconds };
  }
  const misfit = faultInTimes(said, { ...times, ...said });
  return misfit && { ...misfit, argument: `${argument}.${misfit.argument}` };
}
