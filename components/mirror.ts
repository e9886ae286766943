import type * as pulumi from "@pulumi/pulumi";
import { chartName, chartPath } from "./chart.ts";
import { fields, matching, optional } from "./shape.ts";

/** Where a cluster without a way to the internet takes charts from. */
export interface Mirror {
  /**
   * A registry that holds each chart under its own name, `oci://registry.example.com/charts`, or a folder of the program with archives,
   * `<name>-<version>.tgz`. @default - the repository of each chart's publisher
   */
  charts?: string;
}

const REGISTRY = /oci:\/\/[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+/;

/** Below the program's own folder. */
const FOLDER = /(?!\.{1,2}(\/|$))[\w.-]+(\/(?!\.{1,2}(\/|$))[\w.-]+)*/;

export const CHARTS_FORM = new RegExp(`^(${REGISTRY.source}|${FOLDER.source})$`);
export const CHARTS_RULE =
  "oci://<registry>/<path>, or a folder of the program by its path from the root; without a slash at the end";

export const mirror = fields<Mirror>({ charts: optional(matching(CHARTS_FORM, CHARTS_RULE)) });

const RELEASE = "kubernetes:helm.sh/v3:Release";

/** Arguments of a resource with everything in them taken from a mirror. */
export function fromMirror(type: string, args: pulumi.Inputs, { charts }: Mirror): pulumi.Inputs {
  if (type !== RELEASE || charts === undefined) {
    return args;
  }
  const { repositoryOpts: _, ...rest } = args;
  const name = chartName(args["chart"] as string);
  return { ...rest, chart: chartPath(charts, { name, version: args["version"] as string }) };
}
