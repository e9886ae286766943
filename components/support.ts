import { CLUSTER_VERSIONS_AS_OF } from "./cluster-versions.ts";
import { ADDONS, CHARTS, type ChartPin, KUBERNETES, MLFLOW, NODE_IMAGE, POSTGRES, SUPPORT, type Support } from "./versions.ts";

/** A version that an account gets, with the end of its support. */
export interface Pin {
  what: string;
  version: string;
  support: Support;
}

const kubernetes: Support = {
  line: KUBERNETES.default,
  ends: KUBERNETES.standardSupportEnds[KUBERNETES.default],
  source: `what EKS said by ${CLUSTER_VERSIONS_AS_OF}`,
};

/** Every version that an account gets. */
export const PINS: readonly Pin[] = [
  { what: "Kubernetes on EKS", version: KUBERNETES.default, support: kubernetes },
  ...Object.entries(ADDONS).map(([name, version]) => ({
    what: `add-on ${name}`,
    version,
    support: { ...SUPPORT.addons, line: version.replace(/^v/, "") },
  })),
  ...Object.values<ChartPin>(CHARTS).map(({ chart, version, support }) => ({ what: `chart ${chart}`, version, support })),
  { what: "PostgreSQL on RDS", version: POSTGRES, support: SUPPORT.postgres },
  { what: "image of the nodes", version: NODE_IMAGE, support: SUPPORT.nodeImage },
  { what: "MLflow", version: MLFLOW.tag, support: SUPPORT.mlflow },
];

/** A pin whose support ended before a day. */
export interface Ended {
  what: string;
  version: string;
  ends: string;
}

/** What was out of support on a day. */
export const outOfSupport = (day: string): Ended[] =>
  PINS.flatMap(({ what, version, support }) =>
    "ends" in support && day > support.ends ? [{ what, version, ends: support.ends }] : [],
  );
