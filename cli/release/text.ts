// How releases look on a screen.

import type { Difference } from "#promotion/releases/difference";
import type { AnyRelease } from "#promotion/releases/signatures";
import { table } from "#render/table";
import { bold, dim, green, red } from "#render/terminal";
import { digestOfRelease } from "#stacks/inputs/releases/canonical";
import type { ModelRelease } from "#stacks/inputs/releases/schema";

/** What a release says, a line for each value. */
export function releaseText(release: AnyRelease, more: readonly (readonly [string, string])[] = []): string {
  const lines = "model" in release ? ofModel(release) : ofPlatform(release);
  const width = Math.max(...[...lines, ...more].map(([key]) => key.length));
  return [
    bold("model" in release ? `${release.model} ${release.version}` : `platform ${release.id}`),
    ...[...lines, ["digest", digestOfRelease(release)] as const, ...more].map(
      ([key, text]) => `  ${dim(key.padEnd(width))}  ${text}`,
    ),
  ].join("\n");
}

function ofModel({ parent, metrics, image, fetcher, ...release }: ModelRelease): [string, string][] {
  return [
    ...Object.entries(metrics).map(
      ([split, own]) =>
        [
          split,
          Object.entries(own ?? {})
            .map(([name, value]) => `${name} ${value}`)
            .join("   "),
        ] as [string, string],
    ),
    ["data", release.data],
    ["features", release.features],
    ["code", release.code],
    ["run", release.run],
    ["image", `${image.repository}@${image.digest}`],
    ["runtime", release.runtime],
    ...(fetcher ? [["fetcher", `${fetcher.repository}@${fetcher.digest}`] as [string, string]] : []),
    ["path", release.path],
    ["sha256", release.sha256],
    ["parent", parent === null ? "none: the first" : parent.version],
    ["author", release.author],
    ["time", release.time],
  ];
}

const ofPlatform = ({ parent, ...release }: Exclude<AnyRelease, ModelRelease>): [string, string][] => [
  ["program", release.program],
  ["lockfile", release.lockfile],
  ["charts", release.charts],
  ["images", release.images],
  ["parent", parent === null ? "none: the first" : parent.id],
  ["author", release.author],
  ["time", release.time],
];

/** Differences, a line for each; a metric with how far it moved. */
export function differenceText(differences: readonly Difference[]): string {
  if (differences.length === 0) {
    return "no difference";
  }
  return table(
    ["", "from", "to", ""],
    differences.map(({ key, from, to, better }) => {
      const colour = better === undefined ? (text: string) => text : better ? green : red;
      return [key, written(from), colour(written(to)), moved(from, to, better)];
    }),
  );
}

/** A digest by its beginning: two that differ do so there. */
const written = (value: string | number | null): string =>
  value === null ? "–" : String(value).replace(/^((?:sha256:)?[0-9a-f]{12})[0-9a-f]{20,}$/, "$1…");

function moved(from: unknown, to: unknown, better: boolean | undefined): string {
  if (typeof from !== "number" || typeof to !== "number") {
    return "";
  }
  const by = Number((to - from).toPrecision(6));
  return `${by > 0 ? "+" : ""}${by}${better === undefined ? "" : better ? " better" : " worse"}`;
}
