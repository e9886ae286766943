import type * as pulumi from "@pulumi/pulumi";
import { fields, number, optional, wholeNumber } from "../../shape.ts";
import { check } from "../../validation.ts";
import type { Analysis } from "../strategies/analysis.ts";
import { ANALYSIS_DEFAULTS } from "../strategies/analysis.ts";

/** What a new version is measured by: the limits of `Analysis`, by the metrics that SageMaker sends to CloudWatch. */
export interface EndpointLimits extends Pick<Analysis, "maxErrorShare" | "minRequests"> {
  /** Answers of the model that take longer are slow, milliseconds: less than `requestSeconds`. The way to the model is not in it. @default 200 */
  latencyTargetMs?: number;

  /**
   * Share of slow answers above which a version is bad, 0.0001 to 0.5. An alarm compares the percentile above which this share
   * lies: 0.05 is the 95th. @default 0.05
   */
  maxSlowShare?: number;

  /** Time that one measurement looks back, seconds: a multiple of 60, as SageMaker sends metrics once a minute. @default 60 */
  windowSeconds?: number;
}

export const endpointLimits = fields<EndpointLimits>({
  // No share of errors is above 1.
  maxErrorShare: optional(number({ min: 0, max: 0.9999 })),
  // SageMaker itself ends a request after 60 seconds.
  latencyTargetMs: optional(wholeNumber({ min: 1, max: 60_000 })),
  maxSlowShare: optional(number({ min: 0.0001, max: 0.5 })),
  windowSeconds: optional(wholeNumber({ min: 60, max: 600 })),
  // One in so many is the smallest share there is: more requests tell nothing more.
  minRequests: optional(wholeNumber({ min: 1, max: 10_000 })),
});

const { maxErrorShare, latencyTargetMs, maxSlowShare } = ANALYSIS_DEFAULTS;

/** SageMaker sends a metric a minute, and a managed endpoint begins with fewer users than a cluster. */
export const LIMIT_DEFAULTS = {
  maxErrorShare,
  latencyTargetMs,
  maxSlowShare,
  windowSeconds: 60,
  minRequests: 20,
} as const satisfies Required<EndpointLimits>;

/** Bad measurements in a row that make an alarm: one alone is forgiven, as it is in a canary of ours. */
export const MEASUREMENTS = 2;

/** Until a metric of SageMaker can be read, seconds: a minute for it to be sent, and one for CloudWatch. */
const ARRIVAL_SECONDS = 120;

/** From the first bad answer to the alarm, seconds. */
export const alarmSeconds = ({ windowSeconds }: Required<EndpointLimits>): number =>
  MEASUREMENTS * windowSeconds + ARRIVAL_SECONDS;

/** @throws {pulumi.ResourceError} when a limit is one that no metric can pass, so that its alarm never fires. */
export function checkLimits(
  limits: Required<EndpointLimits>,
  requestSeconds: number,
  first: FirstStep,
  on: pulumi.Resource,
): void {
  const { windowSeconds, maxSlowShare, latencyTargetMs, minRequests } = limits;
  check.that(windowSeconds % 60 === 0, "limits.windowSeconds", "a multiple of 60", windowSeconds, on);
  check.that(
    Number.isInteger(Number((maxSlowShare * 10_000).toFixed(6))),
    "limits.maxSlowShare",
    "a multiple of 0.0001",
    maxSlowShare,
    on,
  );
  check.that(
    latencyTargetMs < requestSeconds * 1_000,
    "limits.latencyTargetMs",
    `less than requestSeconds (${requestSeconds}), after which no answer comes`,
    latencyTargetMs,
    on,
  );
  const { instances, requestsPerMinute = Infinity } = first;
  const most = (instances * requestsPerMinute * windowSeconds) / 60;
  check.that(
    minRequests <= most,
    "limits.minRequests",
    `at most ${most}, as many as the instances of the first step get in limits.windowSeconds (${instances} × ${requestsPerMinute} a minute)`,
    minRequests,
    on,
  );
}

/** Who meets a new version first. */
interface FirstStep {
  /** Instances of the new version. */
  instances: number;
  /** Requests a minute of one of them, above which there are more instances. @default - nobody says */
  requestsPerMinute?: number;
}
