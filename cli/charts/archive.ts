import { parse } from "yaml";
import { shown } from "#stacks/wording";
import { type ChartArchive, NoChart, readChartArchive } from "#toolchain/chart-archive";
import type { Chart } from "./pins.ts";

/** Values of a chart, with those of the charts inside of it. */
function valuesOf({ files }: ChartArchive): unknown {
  const yaml = (path: string): any => parse(files.get(path) ?? "") ?? {};
  const inner = [...files.keys()].flatMap((path) => /^charts\/([^/]+)\/values\.yaml$/.exec(path)?.[1] ?? []);
  const { _internal_defaults_do_not_set: internal = {}, ...values } = yaml("values.yaml");
  const all = { ...internal, ...values };
  return inner.reduce((sum, chart) => ({ ...sum, [chart]: merged(yaml(`charts/${chart}/values.yaml`), all[chart]) }), all);
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const merged = (under: unknown, over: unknown): unknown =>
  isMap(under) && isMap(over)
    ? { ...under, ...Object.fromEntries(Object.entries(over).map(([key, value]) => [key, merged(under[key], value)])) }
    : (over ?? under);

const valueAt = (values: unknown, path: string): unknown =>
  path.split(".").reduce((at, key) => (isMap(at) ? at[key] : undefined), values);

/** What stands against an archive. */
export interface ArchiveProblems {
  /** It is another chart, another version, or no chart at all: a sentence. */
  other?: string;
  /** Values that are not as the table of images says, a sentence each. */
  images: string[];
}

/** Holds an archive against its pin and the table of images. */
export async function archiveProblems(chart: Chart, archive: Buffer): Promise<ArchiveProblems> {
  const { name, version } = chart;
  const other = (got: string): ArchiveProblems => ({
    other: `${chart.archive} must be the chart ${name} ${version}, got ${got}`,
    images: [],
  });
  try {
    const read = await readChartArchive(archive, /^(charts\/[^/]+\/)?values\.yaml$/);
    const { about } = read;
    if (about.name !== name || String(about.version) !== version) {
      return other(about.name === undefined ? "no chart" : `${about.name} ${about.version}`);
    }
    const values = valuesOf(read);
    const images = chart.values.flatMap(({ path, was }) => {
      const is = valueAt(values, path);
      return is === was
        ? []
        : [`${chart.archive}: its value ${path} must be '${was}', as components/chart-images.ts says, got ${shown(is)}`];
    });
    return { images };
  } catch (error) {
    return other(error instanceof NoChart ? error.message : "a chart whose values.yaml is not YAML");
  }
}
