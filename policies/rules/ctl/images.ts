import type { Fault } from "../../findings.ts";
import { chartOf } from "../../kubernetes/charts.ts";
import { at, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { valuesOf } from "./charts.ts";
import { HOST, misnamed } from "./image-names.ts";

const ISTIO = ["docker.io/istio", "gcr.io/istio-release", "registry.istio.io"];

/** Where the people of each chart publish its images. */
const IMAGES: Readonly<Record<string, readonly string[]>> = {
  "argo-rollouts": ["quay.io/argoproj"],
  "cert-manager": ["quay.io/jetstack"],
  "external-secrets": ["ghcr.io/external-secrets", "oci.external-secrets.io"],
  "kube-prometheus-stack": [
    "quay.io/prometheus",
    "quay.io/prometheus-operator",
    "quay.io/thanos",
    "quay.io/kiwigrid",
    "docker.io/grafana",
    "registry.k8s.io",
    "ghcr.io/jkroepke",
  ],
  "prometheus-pushgateway": ["quay.io/prometheus"],
  "nvidia-device-plugin": ["nvcr.io/nvidia"],
  "dcgm-exporter": ["nvcr.io/nvidia"],
  keda: ["ghcr.io/kedacore"],
  karpenter: ["public.ecr.aws/karpenter"],
  kueue: ["registry.k8s.io/kueue", "us-central1-docker.pkg.dev/k8s-staging-images"],
  ...Object.fromEntries(["istiod", "gateway", "cni", "ztunnel"].map((chart) => [chart, ISTIO])),
};

/** A registry of an AWS account. */
const OWN = /^\d{12}\.dkr\.ecr(-fips)?\.[\w-]+\.amazonaws\.com(\.cn)?(\/|$)/;

/** A name with its publisher's host. A mirror may as well give images names of its own. */
const BEHIND_MIRROR = /^[^/:]*\.[^/]*(\/|$)/;

/** Where images may come from. */
export interface ImageSources {
  /** Mirrors of one's own, by the beginning of their addresses. */
  mirrors: readonly string[];
  /** The only place of images, as the beginning of each name. @default - publishers and mirrors may be asked */
  images?: string;
}

/**
 * Images of somebody else in the values of a chart: whatever its version, they are not what its people tested. What comes from a publisher,
 * or from the only place of images, must have the name that the chart has there, too.
 */
export function strangeImages(chart: Resource, { mirrors, images = "" }: ImageSources): Fault[] {
  const name = chartOf(chart);
  const published = IMAGES[name] ?? [];
  return namesIn(valuesOf(chart), "values").flatMap(({ property, got }) => {
    if (images !== "") {
      const isThere = got.startsWith(`${images}/`);
      return isThere
        ? misnamed({ property, got: got.slice(images.length + 1), mirror: `${images}/`, published }, name)
        : [{ property, got, want: `an image of ${images}` }];
    }
    if (published.length === 0 || OWN.test(got)) {
      return [];
    }
    const own = mirrors.find((each) => isOf(got, each));
    if (own !== undefined) {
      const rest = got.slice(own.length + 1);
      return BEHIND_MIRROR.test(rest) ? misnamed({ property, got: rest, mirror: `${own}/`, published }, name) : [];
    }
    return published.some((each) => isOf(got, each))
      ? misnamed({ property, got, published }, name)
      : [{ property, got, want: `left to the chart, or an image of ${published.join(" or ")}` }];
  });
}

/** Keys of whole addresses, where they hold a text: of an image, and of the place of several. */
const WHOLE = ["image", "hub", "imageRegistry", "imageNamespace"];

/** Names of images in values, as far as they say where an image comes from. */
function namesIn(value: unknown, path: string, depth = 0, ofImages = false): { property: string; got: string }[] {
  if (typeof value !== "object" || value === null || depth > 8) {
    return [];
  }
  return Object.keys(value).flatMap((key) => {
    const property = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
    const each = at(value, key);
    if (typeof each === "string") {
      return WHOLE.includes(key) && each !== "" && each !== "auto" ? [{ property, got: each.toLowerCase() }] : [];
    }
    // A chart of several programs has a map of each below `image`.
    const isImage = /image$/i.test(key);
    const [registry, repository] = isImage || ofImages ? [text(each, "registry"), text(each, "repository")] : [];
    const got = [registry, repository].filter((part) => (part ?? "") !== "").join("/");
    return got === ""
      ? namesIn(each, property, depth + 1, isImage)
      : [{ property: `${property}.${repository === undefined ? "registry" : "repository"}`, got: got.toLowerCase() }];
  });
}

/** Whether an image lies at an address. One without a host lies in the registry of its chart, and one without a path is the chart's. */
function isOf(image: string, address: string): boolean {
  const under = HOST.test(image) ? address : address.replace(HOST, "");
  return image === under || image.startsWith(`${under}/`) || (HOST.test(image) && under.startsWith(`${image}/`));
}
