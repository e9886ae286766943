import { Parser } from "tar";
import { parse } from "yaml";
import { shown } from "#stacks/wording";
import type { Chart } from "./pins.ts";

/** What an archive of a chart says of itself. */
interface Content {
  about: { name?: string; version?: string };
  values: unknown;
}

/** Reads `Chart.yaml` and `values.yaml` of an archive, and of the charts inside of it. */
async function contentOf(archive: Buffer, name: string): Promise<Content> {
  const files = await filesOf(archive, /^[^/]+\/(charts\/[^/]+\/)?(Chart|values)\.yaml$/);
  const yaml = (path: string): any => parse(files.get(path) ?? "") ?? {};
  const inner = [...files.keys()].flatMap((path) => /^[^/]+\/charts\/([^/]+)\/values\.yaml$/.exec(path)?.[1] ?? []);
  const { _internal_defaults_do_not_set: internal = {}, ...values } = yaml(`${name}/values.yaml`);
  const all = { ...internal, ...values };
  return {
    about: yaml(`${name}/Chart.yaml`),
    values: inner.reduce(
      (sum, chart) => ({ ...sum, [chart]: merged(yaml(`${name}/charts/${chart}/values.yaml`), all[chart]) }),
      all,
    ),
  };
}

/** Texts of the files whose paths fit. */
function filesOf(archive: Buffer, wanted: RegExp): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  return new Promise((resolve, reject) => {
    const parser = new Parser({
      filter: (path) => wanted.test(path),
      onReadEntry: (entry) => {
        const chunks: Buffer[] = [];
        entry.on("data", (chunk) => void chunks.push(chunk));
        entry.on("end", () => void files.set(entry.path, Buffer.concat(chunks).toString()));
      },
    });
    parser.on("end", () => resolve(files));
    parser.on("error", reject);
    parser.end(archive);
  });
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
  const { about, values } = await contentOf(archive, name).catch((): Content => ({ about: {}, values: {} }));
  if (about.name !== name || String(about.version) !== version) {
    const got = about.name === undefined ? "no chart" : `${about.name} ${about.version}`;
    return { other: `${chart.archive} must be the chart ${name} ${version}, got ${got}`, images: [] };
  }
  const images = chart.values.flatMap(({ path, was }) => {
    const is = valueAt(values, path);
    return is === was
      ? []
      : [`${chart.archive}: its value ${path} must be '${was}', as components/chart-images.ts says, got ${shown(is)}`];
  });
  return { images };
}
