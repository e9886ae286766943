import * as pulumi from "@pulumi/pulumi";
import { chartName, chartPath, type PinnedChart, pinnedAs } from "./chart.ts";
import { CHART_IMAGES } from "./chart-images.ts";
import { imageMirror, isLater, mirrored, REGISTRY_HOST, REGISTRY_PART, withMirroredPods } from "./image-mirror.ts";
import type { Values } from "./pods/workload.ts";
import { fields, matching, optional } from "./shape.ts";

/** Where a cluster without a way to the internet takes charts and images from. */
export interface Mirror {
  /**
   * A registry that holds each chart under its own name, `oci://registry.example.com/charts`, or a folder of the program with archives,
   * `<name>-<version>.tgz`. @default - the repository of each chart's publisher
   */
  charts?: string;

  /**
   * Beginning of the name of every image, `<registry>/<path>`: `quay.io/a/b` is `<registry>/<path>/quay.io/a/b` there. Images in a private
   * registry of ECR stay there. @default - each image comes from its publisher
   */
  images?: string;
}

const PORT = /6553[0-5]|655[0-2]\d|65[0-4]\d\d|6[0-4]\d{3}|[1-5]\d{4}|[1-9]\d{0,3}/;
const REGISTRY = `oci://${REGISTRY_HOST.source}(:(${PORT.source}))?(/${REGISTRY_PART.source})+`;

/** Below the program's own folder. */
const FOLDER = /(?!\.{1,2}(\/|$))[\w.-]+(\/(?!\.{1,2}(\/|$))[\w.-]+)*/;

export const CHARTS_FORM = new RegExp(`^(${REGISTRY}|${FOLDER.source})$`);
export const CHARTS_RULE =
  "oci://<registry>/<path>, or a folder of the program by its path from the root; without a slash at the end";

export const mirror = fields<Mirror>({
  charts: optional(matching(CHARTS_FORM, CHARTS_RULE)),
  images: optional(imageMirror),
});

const RELEASE = "kubernetes:helm.sh/v3:Release";

/** Arguments of a resource with everything in them taken from a mirror. */
export function fromMirror(type: string, args: pulumi.Inputs, { charts, images }: Mirror): pulumi.Inputs {
  if (!type.startsWith("kubernetes:")) {
    return args;
  }
  if (type !== RELEASE) {
    return images === undefined ? args : withMirroredPods(args, images);
  }
  const { chart, version, values } = args as { chart: string; version: string; values: Values };
  const moved = images === undefined ? args : { ...args, values: withImages(values, pinnedAs(chart), images) };
  if (charts === undefined) {
    return moved;
  }
  const { repositoryOpts: _, ...rest } = moved;
  return { ...rest, chart: chartPath(charts, { name: chartName(chart), version }) };
}

/** Values of a chart with its images, and those of containers in the values, taken from a mirror, where they name no other. */
function withImages(values: Values, pin: PinnedChart | undefined, images: string): unknown {
  const own = pin === undefined ? [] : CHART_IMAGES[pin];
  return own.reduce<unknown>(
    (all, { path, was }) => placed(all, path.split("."), movedName(was, images)),
    withMirroredPods(values, images),
  );
}

/** A whole name, or the beginning of one: a registry, or a registry with a path. */
const movedName = (was: string, images: string): string => (was.includes("/") ? mirrored(was, images) : `${images}/${was}`);

/** Values with a text at a path, unless they have one there. Maps may be known only later. */
function placed(values: unknown, [key = "", ...rest]: string[], text: string): unknown {
  if (isLater(values)) {
    return pulumi.output(values).apply((known) => placed(known, [key, ...rest], text));
  }
  if (values !== undefined && values !== null && (typeof values !== "object" || Array.isArray(values))) {
    return values;
  }
  const map = (values ?? {}) as Values;
  const own: unknown = map[key];
  return { ...map, [key]: rest.length === 0 ? (own ?? text) : placed(own, rest, text) };
}
