import { existsSync, globSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { extract } from "tar";
import { parse } from "yaml";
import type { Values } from "#components/pods/workload";
import type { Schema } from "./schema.ts";
import type { ChartSource } from "./tree.ts";

/** Folder of a chart in a folder of charts: its own, or that of its archive, unpacked. `undefined` where it is not there. */
export async function unpackedChart(folder: string, name: string, version: string, place: string): Promise<string | undefined> {
  const own = join(folder, name);
  if (statSync(own, { throwIfNoEntry: false })?.isDirectory()) {
    return own;
  }
  const archive = join(folder, `${name}-${version}.tgz`);
  if (!existsSync(archive)) {
    return undefined;
  }
  const cwd = join(place, `${name}-${version}`);
  mkdirSync(cwd, { recursive: true });
  await extract({ file: archive, cwd });
  return join(cwd, name);
}

/** A chart, with the charts inside of it. */
export function readChart(chart: string): { version: string; source: ChartSource } {
  const { version, dependencies = [] } = yaml(join(chart, "Chart.yaml"));
  return { version: String(version), source: sourceOf(chart, dependencies) };
}

/** A chart that another one needs (Helm documentation, "Chart dependencies"). */
interface Dependency {
  name: string;
  alias?: string;
  /** Paths of values that switch it on, with commas. */
  condition?: string;
  /** Keys below `tags` that do. */
  tags?: string[];
}

function sourceOf(chart: string, dependencies: readonly Dependency[]): ChartSource {
  const text = textOf(join(chart, "values.yaml"));
  const schema = textOf(join(chart, "values.schema.json"));
  const inner = dependencies.map(({ name, alias = name }): [string, ChartSource | undefined] => {
    const folder = join(chart, "charts", name);
    return [alias, existsSync(join(folder, "Chart.yaml")) ? readChart(folder).source : undefined];
  });
  return {
    values: (parse(text) as Values | null) ?? {},
    text,
    ...(schema !== "" && { schema: JSON.parse(schema) as Schema }),
    templates: globSync("{templates,files}/**/*.{yaml,yml,tpl,txt}", { cwd: chart })
      .map((file) => readFileSync(join(chart, file), "utf8"))
      // A file is a template, too, where a controller fills it in later.
      .filter((text) => text.includes(".Values") || text.includes("define"))
      .join("\n"),
    inner: Object.fromEntries(inner),
    switches: dependencies.flatMap(({ condition = "", tags = [] }) => [
      ...condition.split(",").flatMap((path) => path.trim() || []),
      ...tags.map((tag) => `tags.${tag}`),
    ]),
  };
}

const textOf = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");

const yaml = (file: string): Values => (parse(readFileSync(file, "utf8")) as Values | null) ?? {};
