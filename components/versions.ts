/**
 * Every version that Millrace runs, in one place: what is upgraded is upgraded here, and a pull request that touches this file is
 * an upgrade. A release names models; it never names what stands here.
 */

/** Day on which this file was last compared with its sources. A rehearsal judges support and exceptions on it, not on the day that it runs. */
export const VERSIONS_READ = "2026-11-28";

/**
 * Kubernetes versions of EKS, with the day on which standard support ends (14 months from the release on EKS) and the day on which
 * extended support ends (12 months later, at a price per cluster and hour). 1.36 is the newest that public repositories run on EKS and
 * that cert-manager lists; 1.37 appeared upstream on 2026-08-26, and no cluster of it on EKS was seen on 2026-11-28.
 */
export const KUBERNETES = {
  default: "1.36",
  /** EKS user guide, "Understand the Kubernetes version lifecycle on EKS", and endoflife.date; read 2026-11-21. */
  standardSupportEnds: { "1.34": "2026-12-02", "1.35": "2027-03-27", "1.36": "2027-08-02" },
  /** The same sources; 1.36 is derived: 12 months after its standard support. */
  extendedSupportEnds: { "1.34": "2027-12-02", "1.35": "2028-03-27", "1.36": "2028-08-02" },
} as const;

/**
 * EKS add-ons, for Kubernetes 1.36. Seen in public repositories that run such clusters, on 2026-11-28; metrics-server was not seen with 1.36.
 * Nothing here could ask AWS. `aws eks describe-addon-versions --kubernetes-version 1.36` decides: ask it before the first `pulumi up` in an account.
 */
export const ADDONS = {
  "vpc-cni": "v1.22.4-eksbuild.3",
  "eks-pod-identity-agent": "v1.3.10-eksbuild.3",
  "kube-proxy": "v1.36.0-eksbuild.25",
  coredns: "v1.14.3-eksbuild.23",
  "aws-ebs-csi-driver": "v1.66.0-eksbuild.1",
  "metrics-server": "v0.9.0-eksbuild.11",
  "eks-node-monitoring-agent": "v1.6.6-eksbuild.1",
} as const;
export type AddonName = keyof typeof ADDONS;

/** A Helm chart: where it is published, and its exact version. */
export interface ChartPin {
  /** Name, or the whole `oci://` reference when the chart lies in a registry. */
  chart: string;
  version: string;
  /** Chart repository; absent for `oci://`. */
  repository?: string;
}

export const CHARTS = {
  karpenter: { chart: "oci://public.ecr.aws/karpenter/karpenter", version: "1.14.1" },
  karpenterCrds: { chart: "oci://public.ecr.aws/karpenter/karpenter-crd", version: "1.14.1" },
  kueue: { chart: "oci://registry.k8s.io/kueue/charts/kueue", version: "0.18.3" },
  devicePlugin: { chart: "nvidia-device-plugin", version: "0.20.0", repository: "https://nvidia.github.io/k8s-device-plugin" },
  dcgmExporter: { chart: "dcgm-exporter", version: "4.8.2", repository: "https://nvidia.github.io/dcgm-exporter/helm-charts" },
  istioBase: { chart: "base", version: "1.30.4", repository: "https://istio-release.storage.googleapis.com/charts" },
  istiod: { chart: "istiod", version: "1.30.4", repository: "https://istio-release.storage.googleapis.com/charts" },
  istioGateway: { chart: "gateway", version: "1.30.4", repository: "https://istio-release.storage.googleapis.com/charts" },
  argoRollouts: { chart: "argo-rollouts", version: "2.41.1", repository: "https://argoproj.github.io/argo-helm" },
  prometheusCrds: {
    chart: "prometheus-operator-crds",
    version: "31.0.1",
    repository: "https://prometheus-community.github.io/helm-charts",
  },
  prometheusStack: {
    chart: "kube-prometheus-stack",
    version: "88.5.3",
    repository: "https://prometheus-community.github.io/helm-charts",
  },
  pushgateway: {
    chart: "prometheus-pushgateway",
    version: "3.8.0",
    repository: "https://prometheus-community.github.io/helm-charts",
  },
  certManager: { chart: "cert-manager", version: "v1.21.2", repository: "https://charts.jetstack.io" },
  externalSecrets: { chart: "external-secrets", version: "1.1.1", repository: "https://charts.external-secrets.io" },
} as const satisfies Record<string, ChartPin>;

/**
 * PostgreSQL of the tracking server, as RDS offers it. Minor upgrades are ours to make: RDS retires old ones and then upgrades them
 * by force (17.1 to 17.4 on 2026-05-31, to 17.7). `aws rds describe-db-engine-versions` lists
 * what an account may choose.
 */
export const POSTGRES = "17.7";

/**
 * Image of all nodes: the release of awslabs/amazon-eks-ami of a day, and the patch version of Kubernetes in it. Never `latest`: each new
 * image would then replace nodes under running training. Seen in a public repository that runs it on EKS 1.36, read 2026-11-29.
 * docs/guides/environments.md says how to move it; rule EKS-13 says when.
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
  kueue: "kueue.x-k8s.io/v1beta2",
  monitoring: "monitoring.coreos.com/v1",
  rollout: "argoproj.io/v1alpha1",
} as const;
