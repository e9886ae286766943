import type { CHARTS } from "../versions.ts";

/**
 * Where nodes fetch from, by host name of the registry: the buckets of the node's own region in which it keeps image layers. Only
 * those pass the S3 gateway endpoint. A registry without a bucket there is reached through the NAT gateways: its layers lie on a
 * content network or in a bucket of another region, which the endpoint does not carry.
 */
export const REGISTRIES = {
  /** ECR of our account and of EKS' add-ons (ECR user guide, "Amazon ECR interface VPC endpoints", minimum S3 bucket permissions). */
  "amazonaws.com": (region) => [`prod-${region}-starport-layer-bucket`],
  /** Answers AWS clients with a redirect to the bucket of their region (kubernetes/registry.k8s.io, cmd/archeio, buckets.go). */
  "registry.k8s.io": (region) => [`prod-registry-k8s-io-${region}`],
  /** Redirects to a bucket in us-east-1, and to its content network from elsewhere (Red Hat, "Firewall rules for quay.io"). */
  "quay.io": (region) => (region === "us-east-1" ? ["quayio-production-s3"] : []),
  /** CloudFront. */
  "public.ecr.aws": () => [],
  /** Cloudflare (Docker documentation, "Allowlist for Docker Desktop"). */
  "docker.io": () => [],
  /** pkg-containers.githubusercontent.com. */
  "ghcr.io": () => [],
  /** NVIDIA's content network. */
  "nvcr.io": () => [],
  /** Google Artifact Registry. */
  "gcr.io": () => [],
} as const satisfies Record<string, (region: string) => string[]>;

export type Registry = keyof typeof REGISTRIES;

/** Registries of the images that each chart starts, as its default values name them. */
export const CHART_REGISTRIES = {
  karpenter: ["public.ecr.aws"],
  karpenterCrds: [],
  kueue: ["registry.k8s.io"],
  devicePlugin: ["nvcr.io", "registry.k8s.io"],
  dcgmExporter: ["nvcr.io"],
  istioBase: [],
  istiod: ["docker.io"],
  istioGateway: ["docker.io"],
  argoRollouts: ["quay.io"],
  prometheusCrds: [],
  prometheusStack: ["quay.io", "registry.k8s.io", "docker.io", "ghcr.io"],
  pushgateway: ["quay.io"],
  certManager: ["quay.io"],
  externalSecrets: ["ghcr.io"],
  keda: ["ghcr.io"],
} as const satisfies Record<keyof typeof CHARTS, readonly Registry[]>;

/**
 * Buckets of AWS that the machines read from: packages of Amazon Linux (AL2023 user guide, "Managing repositories") and the updates of
 * the SSM agent (Systems Manager user guide, "SSM Agent communications with AWS managed S3 buckets").
 */
const machineBuckets = (region: string): string[] => [
  `al2023-repos-${region}-de612dc2`,
  `amazon-ssm-${region}`,
  `amazon-ssm-packages-${region}`,
];

/** Every foreign bucket from which a node or an access host of a region reads. */
export const readableBuckets = (region: string): string[] => [
  ...Object.values(REGISTRIES).flatMap((buckets) => buckets(region)),
  ...machineBuckets(region),
];

/** The registry of an image, as its name says; Docker's where it names none. `undefined` for a host that is not in the table. */
export function registryOf(image: string): Registry | undefined {
  const [first = ""] = image.split("/");
  const host = image.includes("/") && /[.:]/.test(first) ? first.replace(/:\d+$/, "") : "docker.io";
  return (Object.keys(REGISTRIES) as Registry[]).find((registry) => host === registry || host.endsWith(`.${registry}`));
}
