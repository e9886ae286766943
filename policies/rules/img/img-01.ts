import { HOSTED_MODEL } from "../../aws/types.ts";
import { type Fault, type Finding, together, unless } from "../../findings.ts";
import { CHARTS, isChart } from "../../kubernetes/charts.ts";
import { WORKLOAD_PATCHES, WORKLOADS } from "../../kubernetes/workloads.ts";
import { at, type Bag, isSet, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { eachImage, type Image, ofTeamPods } from "./images.ts";

const BY_DIGEST = /^[^\s@]+@sha256:[0-9a-f]{64}$/;

/**
 * Containers name their image. A chart's images are inside the chart and not visible here. They stay the same as long as the chart's
 * version does, so the version must be exact, and its values must not set an image or tag that can change.
 */
export const IMG_01 = rule({
  id: "IMG-01",
  title: "Images are named by digest and charts by exact version",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["NIST AI RMF MANAGE 3.1"],
  remediation:
    "Name the image `<repository>@sha256:<digest>`, with the digest that the registry returned for the push. Give a chart one exact version.",
  peers: ["CKV_K8S_14", "CKV_K8S_43", "kyverno require-image-checksum"],
  types: [...WORKLOADS, ...WORKLOAD_PATCHES, ...CHARTS, HOSTED_MODEL],
  check: (resource) => (isChart(resource) ? movingParts(resource) : eachImage(resource, moving)),
  admission: ofTeamPods({
    expression: "variables.images.all(i, i.matches('^[^@]+@sha256:[0-9a-f]{64}$') && !i.contains(':latest@'))",
    message: "each image must be named by its digest, <repository>@sha256:<64 hexadecimal digits>, without the tag `latest`",
  }),
});

/** Only the digest counts, whatever the tag before it is. But a reader would take `latest` seriously, so it is refused. */
const moving = ({ path, image }: Image): Fault[] =>
  unless(BY_DIGEST.test(image) && !image.includes(":latest@"), {
    property: path,
    got: image,
    want: "an image named by its digest, <repository>@sha256:<64 hexadecimal digits>, without the tag `latest`",
  });

const EXACT_VERSION = /^v?\d+\.\d+\.\d+([-+][\w.+-]+)?$/;

/** A chart of the older kind may say its version again, for its download. */
const VERSIONS: readonly (readonly string[])[] = [["version"], ["fetchOpts", "version"]];

const movingParts = ({ inputs }: Resource): Finding[] =>
  together(
    () => {
      const said = VERSIONS.filter((path) => isSet(inputs, ...path));
      // A chart from a file contains its version.
      return said.length === 0 && isFile(inputs)
        ? []
        : (said.length === 0 ? VERSIONS.slice(0, 1) : said).flatMap((path) => inexact(inputs, path));
    },
    () => latestIn(at(inputs, "values"), "values"),
  );

function inexact(inputs: Bag, path: readonly string[]): Fault[] {
  const got = shown(at(inputs, ...path));
  return unless(EXACT_VERSION.test(got), { property: path.join("."), got, want: "one exact version, for example 1.4.2" });
}

/** A folder or an archive of the program, or an archive elsewhere that has its version in its name. */
function isFile(inputs: Bag): boolean {
  const chart = text(inputs, "chart") ?? "";
  return (
    isSet(inputs, "path") ||
    (/^[a-z][a-z0-9+.-]*:\/\//i.test(chart) ? /-v?\d+\.\d+\.\d+[\w.+-]*\.tgz$/.test(chart) : /^\.{0,2}\/|\.tgz$/.test(chart))
  );
}

/**
 * Images that a chart's values name with the tag `latest`. Only objects and the keys of images and tags are read, so that an unknown
 * value elsewhere does not leave the rule undecided.
 */
function latestIn(value: unknown, path: string): Finding[] {
  if (typeof value !== "object" || value === null) {
    return [];
  }
  const checks = Object.keys(value).map((key) => () => {
    const property = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
    if (holdsMore(value, key)) {
      return latestIn(at(value, key), property);
    }
    const image = /(image|tag)$/i.test(key) ? shown(at(value, key)) : "";
    return unless(!/(^|:)latest$/.test(image), { property, got: image, want: "a fixed tag or a digest" });
  });
  return together(checks);
}

const holdsMore = (value: object, key: string): boolean =>
  typeof Reflect.getOwnPropertyDescriptor(value, key)?.value === "object";
