import { type Fault, unless } from "../../findings.ts";
import { CHARTS, chartOf, repositoryOf } from "../../kubernetes/charts.ts";
import { text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { type ImageSources, strangeImages } from "./images.ts";

/** Where each chart is published, by its people. */
const PUBLISHERS: Readonly<Record<string, readonly string[]>> = {
  "argo-rollouts": ["argoproj.github.io/argo-helm", "ghcr.io/argoproj"],
  "cert-manager": ["charts.jetstack.io", "quay.io/jetstack"],
  "external-secrets": ["charts.external-secrets.io", "ghcr.io/external-secrets", "oci.external-secrets.io"],
  "kube-prometheus-stack": ["prometheus-community.github.io", "ghcr.io/prometheus-community"],
  "prometheus-operator-crds": ["prometheus-community.github.io", "ghcr.io/prometheus-community"],
  "prometheus-pushgateway": ["prometheus-community.github.io", "ghcr.io/prometheus-community"],
  "nvidia-device-plugin": ["nvidia.github.io"],
  "dcgm-exporter": ["nvidia.github.io"],
  keda: ["kedacore.github.io", "ghcr.io/kedacore"],
  karpenter: ["public.ecr.aws/karpenter"],
  "karpenter-crd": ["public.ecr.aws/karpenter"],
  kueue: ["registry.k8s.io/kueue", "us-central1-docker.pkg.dev/k8s-staging-images"],
  ...Object.fromEntries(
    ["base", "istiod", "gateway", "cni", "ztunnel"].map((chart) => [
      chart,
      ["blob.istio.io", "istio-release.storage.googleapis.com", "gcr.io/istio-release"],
    ]),
  ),
};

/** Publishers of charts that clusters often have besides. */
const WELL_KNOWN: readonly string[] = [
  ...Object.values(PUBLISHERS).flat(),
  ...["aws", "kubernetes", "kubernetes-sigs", "open-telemetry", "grafana", "kedacore", "kyverno", "opencost", "vmware-tanzu"].map(
    (people) => `${people}.github.io`,
  ),
];

/** Registries in which everybody has a place. */
const PUBLIC =
  /^(ghcr\.io|docker\.io|registry-1\.docker\.io|quay\.io|public\.ecr\.aws|gcr\.io|[\w-]+\.github\.io|raw\.githubusercontent\.com|registry\.gitlab\.com)(\/|$)/;

/** A registry of an AWS account. */
const OWN = /^\d{12}\.dkr\.ecr\.[\w-]+\.amazonaws\.com(\.cn)?\//;

interface Sources extends ImageSources {
  /** Whether an address that nobody listed is refused too, and not only one where everybody has a place. */
  strict: boolean;
  /** The only place of charts: a registry with a path, or a folder of the program. @default - publishers and mirrors may be asked */
  charts?: string;
}

const LISTED: Sources = { mirrors: [], strict: true, charts: "", images: "" };

export const CTL_03 = rule<Sources>({
  id: "CTL-03",
  title: "The charts of controllers and their images come from their publishers, or from a mirror of one's own",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["SLSA L2"],
  remediation:
    "Name the repository of the chart's publisher, and leave the images to the chart. List a mirror of your own in the parameter `mirrors`. Where `charts` or `images` names their only place, take each from there; `npm run policies` writes both from the stack config.",
  parameters: { dev: LISTED, staging: LISTED, prod: LISTED },
  elsewhere: { mirrors: [], strict: false, charts: "", images: "" },
  types: CHARTS,
  check: (chart, sources) => [
    ...(sources.charts ? elsewhere(chart, sources.charts) : strangeSource(chart, sources)),
    ...(sources.strict ? strangeImages(chart, sources) : []),
  ],
});

/** Where a cluster has one place of charts, its publishers are none. */
function elsewhere(chart: Resource, charts: string): Fault[] {
  const { inputs } = chart;
  const repository = repositoryOf(chart);
  const got = text(inputs, "chart") ?? text(inputs, "path") ?? "nothing";
  const archive = `./${charts}/${chartOf(chart)}-${text(inputs, "version")}.tgz`;
  const want = charts.startsWith("oci://") ? `${charts}/${chartOf(chart)}` : archive;
  return unless(repository === undefined && got === want, {
    property: repository?.property ?? "chart",
    got: repository?.address ?? got,
    want: repository === undefined ? want : `left out: charts come from ${charts} only`,
  });
}

function strangeSource(chart: Resource, { mirrors, strict }: Sources): Fault[] {
  const published = PUBLISHERS[chartOf(chart)];
  const { property, address } = sourceOf(chart);
  if (address === undefined || (published === undefined && !strict)) {
    return [];
  }
  // Of a chart that nobody listed, only a place is refused in which everybody has one.
  const isRefused = PUBLIC.test(address) || (strict && published !== undefined);
  const isKnown = [...(published ?? WELL_KNOWN), ...mirrors].some((each) => address === each || address.startsWith(`${each}/`));
  return unless(isKnown || OWN.test(address) || !isRefused, {
    property,
    got: address,
    want:
      published === undefined
        ? "that of a publisher, or one that `mirrors` lists"
        : `that of its publisher, ${published.join(" or ")}`,
  });
}

/** The repository of a chart without its scheme; none for a folder of the program. */
function sourceOf(resource: Resource): { property: string; address: string | undefined } {
  const chart = text(resource.inputs, "chart") ?? "";
  const written = /^\w+:\/\//.test(chart) ? { property: "chart", address: chart } : repositoryOf(resource);
  return {
    property: written?.property ?? "chart",
    address: written?.address
      .replace(/^\w+:\/\//, "")
      .replace(/^[^@/]*@/, "")
      .toLowerCase(),
  };
}
