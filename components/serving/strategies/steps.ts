import { FORCE_HEADER, MIRROR_ROUTE, type ServingNames } from "../names.ts";
import { NEW_PODS } from "./drift.ts";

// The steps of which a release is made.

interface Argument {
  name: string;
  value: string;
}

/** A step of Argo Rollouts, as far as we write them. */
export type Step =
  | { setWeight: number }
  | { pause: { duration?: string } }
  | { setCanaryScale: { weight: number } | { matchTrafficWeight: true } }
  | { setHeaderRoute: { name: string; match: { headerName: string; headerValue: { exact: string } }[] } }
  | { setMirrorRoute: { name: string; percentage?: number; match?: { method: { exact: string } }[] } }
  | { analysis: { templates: { templateName: string }[]; args?: (Argument | typeof NEW_PODS)[] } };

/** Index of the step at which users first reach the new version: the background watch begins there, not before. */
export const firstWeight = (steps: readonly Step[]): number => steps.findIndex((step) => "setWeight" in step);

/**
 * The same queries must have measured the stable version before any user is touched: a query that finds nothing there would find nothing
 * anywhere. Passes on any value at all: how good the old version is must not decide whether a better one may come.
 */
export const measurable = ({ stableService, gate }: ServingNames): Step =>
  analysis(gate, { service: stableService, maxErrorShare: 1, maxSlowShare: 1 });

/** The new version was seen to answer well and in time. */
export const healthy = ({ canaryService, gate }: ServingNames): Step => analysis(gate, { service: canaryService });

/** The new version was seen to predict as the old one does. */
export const alike = ({ drift }: ServingNames): Step => ({
  analysis: { templates: [{ templateName: drift }], args: [NEW_PODS] },
});

/** The new version was seen to answer the same requests as the old one does. */
export const compared = ({ comparison }: ServingNames): Step => analysis(comparison);
/** What users make of the present version is counted: an A/B test would wait for days, and then find nothing. */
export const counted = ({ outcomes }: ServingNames): Step => analysis(outcomes);

/** What users made of both versions says which one is better; see `AbTest`. */
export const verdict = ({ verdict }: ServingNames): Step => analysis(verdict);

/** The gateway was seen to serve this share, percent: nearer to it than to the one before, so that a missed raise is told apart. */
export function served(wanted: number, before: number, { share }: ServingNames): Step {
  const tolerance = (wanted - before) / 2;
  return analysis(share, { atLeast: (wanted - tolerance) / 100, atMost: Math.min(wanted + tolerance, 100) / 100 });
}

/** Pods for a share of the traffic, percent, whatever share it has. */
export const podsFor = (weight: number): Step => ({ setCanaryScale: { weight } });

/** Requests with the header reach the new version from here on. */
export const forceRoute = (): Step => ({
  setHeaderRoute: {
    name: FORCE_HEADER.route,
    match: [{ headerName: FORCE_HEADER.name, headerValue: { exact: FORCE_HEADER.value } }],
  },
});

/** The gateway sends the new version a copy of every request of a user, and throws its answer away. All scoring protocols use POST. */
export const mirror = (): Step => ({
  setMirrorRoute: { name: MIRROR_ROUTE, percentage: 100, match: [{ method: { exact: "POST" } }] },
});

/** A route without a match is removed. */
export const noMirror = (): Step => ({ setMirrorRoute: { name: MIRROR_ROUTE } });

export const wait = (seconds: number): Step => ({ pause: { duration: `${seconds}s` } });

/** Waits for `millrace serve promote`, or `abort`. */
export const waitForPerson = (): Step => ({ pause: {} });

/**
 * Without arguments it names none: the controller leaves an empty list out when it writes the Rollout, owns the steps from then on, and the
 * next `pulumi up` is refused with a conflict.
 */
const analysis = (templateName: string, args?: Record<string, string | number>): Step => ({
  analysis: {
    templates: [{ templateName }],
    ...(args && { args: Object.entries(args).map(([name, value]) => ({ name, value: String(value) })) }),
  },
});
