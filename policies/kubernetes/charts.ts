import { text } from "../read.ts";
import type { Resource } from "../resource.ts";

/** Every type of chart: one that Helm installs, and those that Pulumi renders. */
export const CHARTS: readonly string[] = [
  "kubernetes:helm.sh/v3:Release",
  "kubernetes:helm.sh/v4:Chart",
  "kubernetes:helm.sh/v3:Chart",
];

export const isChart = ({ type }: Pick<Resource, "type">): boolean => CHARTS.includes(type);

/** Where a chart's version may follow its name: `oci://a/b/karpenter:1.8.1`, `karpenter-1.8.1.tgz`. */
const BEHIND_NAME = /[:@].*$|(-v?\d+(\.\d+)*[\w.+-]*)?\.tgz$/;

/** Name of a chart, from whichever repository: `karpenter` of `oci://public.ecr.aws/karpenter/karpenter`. */
export const chartOf = ({ inputs }: Pick<Resource, "inputs">): string =>
  (text(inputs, "chart") ?? text(inputs, "path") ?? "").replace(/\/+$/, "").split("/").at(-1)?.replace(BEHIND_NAME, "") ?? "";

/** Options of a chart's download; each type has its own name for them. */
export const DOWNLOADS = ["repositoryOpts", "fetchOpts"] as const;

/** The address of a chart's repository, and where it stands; `undefined` where the chart names its place itself. */
export const repositoryOf = ({ inputs }: Pick<Resource, "inputs">): { property: string; address: string } | undefined =>
  DOWNLOADS.flatMap((options) => {
    const address = text(inputs, options, "repo");
    return address === undefined ? [] : { property: `${options}.repo`, address };
  })[0];
