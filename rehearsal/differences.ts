import { chartsOutOfSupport, type Ended } from "#components/support";
import { KUBERNETES } from "#components/versions";

/** A program or a definition that a rehearsal runs in another version than an account gets. */
export interface Difference {
  what: string;
  deployed: string;
  rehearsed: string;
  /** Day on which it was last found necessary. */
  since: string;
  reason: string;
}

/** Every difference between what is deployed and what is rehearsed. A test compares the pins: one that is missing or settled here fails. */
export const DIFFERENCES: readonly Difference[] = [
  {
    what: "Kubernetes",
    deployed: "1.36",
    rehearsed: "1.35",
    since: "2026-11-28",
    reason: "the pinned module of the control plane builds; 1.36 was not tried",
  },
  {
    what: "Istio",
    deployed: "1.30.4",
    rehearsed: "1.31.0-main.20260827",
    since: "2026-11-28",
    reason: "no tag of istio.io/istio is a version for Go: a snapshot is what builds",
  },
  {
    what: "External Secrets' definitions",
    deployed: "1.1.1",
    rehearsed: "1.3.2",
    since: "2026-11-28",
    reason: "the definitions come from the last release that Go accepts; both serve external-secrets.io/v1",
  },
  {
    what: "Prometheus",
    deployed: "3.14.0",
    rehearsed: "3.13.2",
    since: "2026-11-28",
    reason: "the pinned module builds; 3.14.0 was not tried",
  },
];

/** What was out of support on a day: Kubernetes and charts. */
export function outOfSupport(day: string): Ended[] {
  const ends: Readonly<Record<string, string>> = KUBERNETES.standardSupportEnds;
  const end = ends[KUBERNETES.default];
  return [
    ...(end !== undefined && day > end ? [{ what: "Kubernetes on EKS", version: KUBERNETES.default, ends: end }] : []),
    ...chartsOutOfSupport(day),
  ];
}

/** The lines of a rehearsal's screen about versions. */
export const versionLines = (day: string): string[] => [
  ...DIFFERENCES.map(
    ({ what, deployed, rehearsed, reason }) => `${what}: rehearsed ${rehearsed}, deployed ${deployed} (${reason})`,
  ),
  ...outOfSupport(day).map(({ what, version, ends }) => `${what} ${version}: out of support since ${ends}`),
];
