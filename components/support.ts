import { CHARTS } from "./versions.ts";

/** What is known of the support of a chart's line, and the versions that belong to it. */
export interface Support {
  /** Line that its project supports as a whole: the beginning of the version. */
  line: string;

  /** Last day of the line's support, `2026-11-30`, in UTC. Absent where the project promises no day; then `policy` says what ends it. */
  ends?: string;

  /** What ends the line where no day is known. */
  policy?: string;

  /** Version of the program in the chart. @default - the version of the chart, without a leading `v` */
  app?: string;

  /** Oldest and newest Kubernetes version that the project supports. Absent where it names none. */
  kubernetes?: readonly [oldest: string, newest: string];

  /** Where this was read. All of it was read by `VERSIONS_READ`. */
  source: string;
}

const ISTIO: Support = {
  line: "1.30",
  // "~Nov 2026 (Expected)": the last day of the month is the latest that this can mean.
  ends: "2026-11-30",
  kubernetes: ["1.32", "1.36"],
  source: "istio.io, data/compatibility/supportStatus.yml",
};

const KARPENTER: Support = {
  line: "1.14",
  policy: "ends with the next minor version",
  // The matrix names the oldest Karpenter for each Kubernetes version: 1.9 for 1.35, 1.13 for 1.36.
  kubernetes: ["1.35", "1.36"],
  source: "endoflife.date, karpenter; Karpenter's compatibility matrix",
};

/** Charts whose project's promise nobody here has read. */
const UNREAD = { policy: "no day is known", source: "none was read" } as const;

/** One entry for each chart: a chart without one does not compile. */
export const SUPPORT: Readonly<Record<keyof typeof CHARTS, Support>> = {
  karpenter: KARPENTER,
  karpenterCrds: KARPENTER,
  kueue: { line: "0.18", ...UNREAD },
  devicePlugin: { line: "0.20", ...UNREAD },
  dcgmExporter: { line: "4.8", ...UNREAD },
  istioBase: ISTIO,
  istiod: ISTIO,
  istioGateway: ISTIO,
  argoRollouts: { line: "2.41", ...UNREAD },
  prometheusCrds: { line: "31.", app: "0.93.1", ...UNREAD },
  prometheusStack: { line: "88.", app: "0.93.1", ...UNREAD },
  pushgateway: { line: "3.", ...UNREAD },
  certManager: {
    line: "1.21",
    policy: "ends with the release of 1.23",
    kubernetes: ["1.33", "1.36"],
    source: "cert-manager.io, Supported Releases; a checker of that table, 2026-10-22 (1.22 is due about November 2026)",
  },
  externalSecrets: {
    line: "1.1",
    ends: "2025-12-19",
    // The table names 1.34 alone, and says that nothing else is tested.
    kubernetes: ["1.34", "1.34"],
    source: "external-secrets.io, Stability and Support",
  },
};

/** A pin whose support ended before a day. */
export interface Ended {
  what: string;
  version: string;
  ends: string;
}

/** Charts whose line was out of support on a day, each line once. */
export function chartsOutOfSupport(day: string): Ended[] {
  const ended = (Object.keys(SUPPORT) as (keyof typeof CHARTS)[]).flatMap((name): Ended[] => {
    const { ends } = SUPPORT[name];
    return ends !== undefined && day > ends ? [{ what: `chart ${CHARTS[name].chart}`, version: CHARTS[name].version, ends }] : [];
  });
  return ended;
}
