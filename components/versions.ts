import { ADDONS, KUBERNETES } from "./cluster-versions.ts";

/**
 * Every version that Millrace runs, in one place, each with the end of its support or the reason why none is known: what is upgraded is
 * upgraded here, and a pull request that touches this file is an upgrade. A release names models; it never names what stands here.
 */

/** Day on which this file was last compared with its sources. A rehearsal judges support and exceptions on it, not on the day that it runs. */
export const VERSIONS_READ = "2026-11-29";

/** What EKS offers; `npm run refresh:versions` renews it. The first version is the oldest, and the default one the newest. */
export { ADDONS, KUBERNETES };
export type AddonName = keyof typeof ADDONS;

/** What is known of the end of support of a version's line. Everything was read by `VERSIONS_READ`. */
export type Support = {
  /** Line that is supported as a whole: the beginning of the version, without a leading `v`. */
  line: string;
  /** Where this was read. */
  source: string;
  /** Oldest and newest Kubernetes version that the project supports. Absent where it names none. */
  kubernetes?: readonly [oldest: string, newest: string];
} & (
  | {
      /** Last day of the line's support, `2026-11-30`, in UTC. The rules REL-02 and EKS-05 judge it. */
      ends: string;
    }
  | {
      /** Why no day is known, and what ends the line. */
      open: string;
    }
);

/** A Helm chart: where it is published, its exact version and the end of its support. */
export interface ChartPin {
  /** Name, or the whole `oci://` reference when the chart lies in a registry. */
  chart: string;
  version: string;
  /** Chart repository; absent for `oci://`. */
  repository?: string;
  /** Version of the program in the chart. @default - the version of the chart, without a leading `v` */
  app?: string;
  support: Support;
}

const KARPENTER = {
  version: "1.14.1",
  support: {
    line: "1.14",
    open: "ends with the next minor version",
    // The matrix names the oldest Karpenter for each Kubernetes version: 1.9 for 1.35, 1.13 for 1.36.
    kubernetes: ["1.35", "1.36"],
    source: "endoflife.date, karpenter; Karpenter's compatibility matrix",
  },
} as const;

/** Istio's charts lie here from 1.31 on; its repository on storage.googleapis.com is deleted in December 2026 (istio.io, "Retirement of GCP"). */
const ISTIO = {
  version: "1.31.1",
  repository: "https://blob.istio.io/istio-release/charts",
  support: {
    line: "1.31",
    // "~Feb 2027 (Expected)": the last day of the month is the latest that this can mean.
    ends: "2027-02-28",
    kubernetes: ["1.32", "1.37"],
    source: "istio.io, data/compatibility/supportStatus.yml, as of 2026-10-01",
  },
} as const;

const PROMETHEUS_COMMUNITY = "https://prometheus-community.github.io/helm-charts";

/** A line whose project's promise nobody here has read. */
const unread = (line: string): Support => ({ line, open: "no day is known", source: "none was read" });

export const CHARTS = {
  karpenter: { chart: "oci://public.ecr.aws/karpenter/karpenter", ...KARPENTER },
  karpenterCrds: { chart: "oci://public.ecr.aws/karpenter/karpenter-crd", ...KARPENTER },
  kueue: { chart: "oci://registry.k8s.io/kueue/charts/kueue", version: "0.18.3", support: unread("0.18") },
  devicePlugin: {
    chart: "nvidia-device-plugin",
    version: "0.20.0",
    repository: "https://nvidia.github.io/k8s-device-plugin",
    support: unread("0.20"),
  },
  dcgmExporter: {
    chart: "dcgm-exporter",
    version: "4.8.2",
    repository: "https://nvidia.github.io/dcgm-exporter/helm-charts",
    support: unread("4.8"),
  },
  istioBase: { chart: "base", ...ISTIO },
  istiod: { chart: "istiod", ...ISTIO },
  istioGateway: { chart: "gateway", ...ISTIO },
  argoRollouts: {
    chart: "argo-rollouts",
    version: "2.41.1",
    repository: "https://argoproj.github.io/argo-helm",
    support: unread("2.41"),
  },
  prometheusCrds: {
    chart: "prometheus-operator-crds",
    version: "31.0.1",
    repository: PROMETHEUS_COMMUNITY,
    app: "0.93.1",
    support: unread("31"),
  },
  prometheusStack: {
    chart: "kube-prometheus-stack",
    version: "88.5.3",
    repository: PROMETHEUS_COMMUNITY,
    app: "0.93.1",
    support: unread("88"),
  },
  pushgateway: {
    chart: "prometheus-pushgateway",
    version: "3.8.0",
    repository: PROMETHEUS_COMMUNITY,
    support: unread("3"),
  },
  certManager: {
    chart: "cert-manager",
    version: "v1.21.2",
    repository: "https://charts.jetstack.io",
    support: {
      line: "1.21",
      open: "ends with the release of 1.23",
      kubernetes: ["1.33", "1.36"],
      source: "cert-manager.io, Supported Releases; a checker of that table, 2026-10-22 (1.22 is due about November 2026)",
    },
  },
  externalSecrets: {
    chart: "external-secrets",
    version: "2.12.0",
    repository: "https://charts.external-secrets.io",
    support: {
      line: "2.12",
      open: "ends with the release of 2.13, which was not seen by 2026-11-29; a minor version follows every three weeks",
      // The last row that was read, of 2.9, names 1.36.
      kubernetes: ["1.36", "1.36"],
      source: "external-secrets.io, Stability and Support, as of 2026-08-08; 2.12.0 as public repositories deploy it",
    },
  },
  keda: {
    chart: "keda",
    version: "2.21.0",
    repository: "https://kedacore.github.io/charts",
    support: {
      line: "2.21",
      open: "KEDA names no end; fixes come with the next minor version, about every three months",
      kubernetes: ["1.34", "1.36"],
      source: "keda.sh, Cluster, Kubernetes Compatibility of the documentation of 2.22; 2.21.0 as public repositories deploy it",
    },
  },
} as const satisfies Record<string, ChartPin>;

/** Ends of support of what is neither a chart nor Kubernetes. */
export const SUPPORT = {
  addons: {
    line: KUBERNETES.default,
    open: "AWS names versions of add-ons for each Kubernetes version, and keeps them as long as that one",
    source: "EKS user guide, Amazon EKS add-ons",
  },
  postgres: {
    line: "17",
    ends: "2030-02-28",
    source:
      "the calendar of PostgreSQL on Aurora, which names the same days as that of RDS for 13 to 16; that of RDS for 17 was not read",
  },
  nodeImage: { line: "al2023", ends: "2029-06-30", source: "Amazon Linux 2023 FAQs, by a page of 2026-08-07" },
  mlflow: { line: "3", open: "MLflow names no end; fixes come with the next minor version", source: "MLflow, Releases" },
} as const satisfies Record<string, Support>;

/**
 * PostgreSQL of the tracking server, as RDS offers it. Minor upgrades are ours to make: RDS retires old ones and then upgrades them
 * by force (17.1 to 17.4 on 2026-05-31, to 17.7). `aws rds describe-db-engine-versions` lists
 * what an account may choose.
 */
export const POSTGRES = "17.7";

/**
 * Image of all nodes: the release of awslabs/amazon-eks-ami of a day, and the patch version of Kubernetes in it. Never `latest`: each new
 * image would then replace nodes under running training. Seen in a public repository that runs it on EKS 1.36, read 2026-11-29.
 * docs/guides/environments.md says how to move it; rule EKS-14 says when.
 */
const NODE_RELEASE = { day: "20260930", kubernetes: "1.36.4" } as const;

/** The image as an alias of Karpenter. */
export const NODE_IMAGE = `al2023@v${NODE_RELEASE.day}`;

/** The same image as the release of a managed node group. */
export const NODE_GROUP_RELEASE = `${NODE_RELEASE.kubernetes}-${NODE_RELEASE.day}`;

/**
 * MLflow's image: where its project publishes it, and the tag. `-full` carries the PostgreSQL driver, boto3, the auth app and the
 * Prometheus exporter (MLflow documentation, "Self-hosting"). Clusters run a copy in the account's own registry, by the digest that the
 * stack config names: nothing here could ask ghcr.io for it. A copy has the digest of its original (docs/guides/aws.md).
 */
export const MLFLOW = { source: "ghcr.io/mlflow/mlflow", tag: "v3.17.0-full" } as const;

/** `apiVersion` of every custom resource that Millrace writes. */
export const API = {
  certificates: "cert-manager.io/v1",
  externalSecret: "external-secrets.io/v1",
  generator: "generators.external-secrets.io/v1alpha1",
  gateway: "networking.istio.io/v1",
  envoyFilter: "networking.istio.io/v1alpha3",
  telemetry: "telemetry.istio.io/v1",
  karpenter: "karpenter.sh/v1",
  karpenterAws: "karpenter.k8s.aws/v1",
  kserve: "serving.kserve.io/v1beta1",
  kueue: "kueue.x-k8s.io/v1beta2",
  monitoring: "monitoring.coreos.com/v1",
  rollout: "argoproj.io/v1alpha1",
  scaledObject: "keda.sh/v1alpha1",
} as const;
