import { FORCE_HEADER, type ServingNames } from "../names.ts";
import { NEW_PODS } from "./canary-analysis.ts";

interface Argument {
  name: string;
  value: string;
}

/** A step of Argo Rollouts, as far as we write them. */
export type Step =
  | { setWeight: number }
  | { pause: { duration: string } }
  | { setCanaryScale: { weight: number } | { matchTrafficWeight: true } }
  | { setHeaderRoute: { name: string; match: { headerName: string; headerValue: { exact: string } }[] } }
  | { analysis: { templates: { templateName: string }[]; args: (Argument | typeof NEW_PODS)[] } };

/** Shares and times of a release; see `Canary`. */
export interface Shares {
  weights: readonly number[];
  stepSeconds: number;
  soakSeconds: number;
  /** Whether predictions are compared too. @default false */
  drift?: boolean;
}

/**
 * The steps of a release.
 *
 * Before any user is touched, the same queries must have measured the stable version: a query that finds nothing there would find
 * nothing anywhere, and "nothing found" must never promote. Before each raise, and before the old version may go, the new one must
 * have been measured and found good; before the last raise and the end, the gateway must be seen to serve the share that it was told.
 *
 * `matchTrafficWeight` comes after the first weight: at weight 0 it means no pods, Argo Rollouts 1.9.1 then stops the pod that has just
 * loaded its model and removes the header route for good.
 */
export function canarySteps({ weights, stepSeconds, soakSeconds, drift = false }: Shares, names: ServingNames): Step[] {
  return [
    measurable(names),
    { setCanaryScale: { weight: weights[0] ?? 100 } },
    forceRoute(),
    ...weights.flatMap((weight, at): Step[] => [
      ...raiseGates(weights, at, names, drift),
      ...(at === 1 ? [{ setCanaryScale: { matchTrafficWeight: true as const } }] : []),
      { setWeight: weight },
      { pause: { duration: `${weight === 100 ? soakSeconds : stepSeconds}s` } },
    ]),
    healthy(names),
    served(weights, weights.length - 1, names),
  ];
}

/** Index of the step at which users first reach the new version: the background watch begins there, not before. */
export const firstWeight = (steps: readonly Step[]): number => steps.findIndex((step) => "setWeight" in step);

/** Predictions are compared before the last raise alone: earlier a version may have too few of them. */
function raiseGates(weights: readonly number[], at: number, names: ServingNames, drift: boolean): Step[] {
  if (at === 0) {
    return [];
  }
  return weights[at] === 100
    ? [healthy(names), ...(drift ? [alike(names)] : []), served(weights, at - 1, names)]
    : [healthy(names)];
}

/** Passes on any value at all: how good the old version is must not decide whether a better one may come. */
const measurable = ({ stableService, gate }: ServingNames): Step =>
  analysis(gate, { service: stableService, maxErrorShare: 1, maxSlowShare: 1 });

const healthy = ({ canaryService, gate }: ServingNames): Step => analysis(gate, { service: canaryService });

const alike = ({ drift }: ServingNames): Step => ({ analysis: { templates: [{ templateName: drift }], args: [NEW_PODS] } });

/** The observed share must be nearer to this step's weight than to the one before: a gateway that missed a raise is told apart. */
function served(weights: readonly number[], at: number, { share }: ServingNames): Step {
  const [wanted, before] = [weights[at] ?? 100, weights[at - 1] ?? 0];
  const tolerance = (wanted - before) / 2;
  return analysis(share, { atLeast: (wanted - tolerance) / 100, atMost: Math.min(wanted + tolerance, 100) / 100 });
}

const forceRoute = (): Step => ({
  setHeaderRoute: {
    name: FORCE_HEADER.route,
    match: [{ headerName: FORCE_HEADER.name, headerValue: { exact: FORCE_HEADER.value } }],
  },
});

const analysis = (templateName: string, args: Record<string, string | number>): Step => ({
  analysis: {
    templates: [{ templateName }],
    args: Object.entries(args).map(([name, value]) => ({ name, value: String(value) })),
  },
});
