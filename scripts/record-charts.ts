import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import type { Values } from "#components/pods/workload";
import { CHARTS, type ChartPin, KUBERNETES } from "#components/versions";
import { PROJECT_FOLDER } from "#engine/project";
import { planEnvironment } from "#plan/environment";
import { type ChartFacts, factsOf, type Manifest } from "./charts/facts.ts";

/**
 * Renders the charts of prod with our values by Helm (on PATH), and records what other parts of the platform take for granted of them.
 *
 * `npm run record:charts [-- <folder>]`: charts are taken from a folder of unpacked charts where it has them, else from where
 * components/versions.ts says that they are published.
 */
const [folder] = process.argv.slice(2);
const RECORD = join(PROJECT_FOLDER, "test/stacks/charts/rendered.json");

interface Release {
  name: string;
  namespace: string;
  chart: string;
  values: Values;
}

const { layers } = await planEnvironment("prod");
const releases = layers
  .flatMap(({ resources }) => resources)
  .filter(({ type }) => type === "kubernetes:helm.sh/v3:Release")
  .map(({ inputs }) => inputs as Release);

const place = mkdtempSync(join(tmpdir(), "charts-"));
const facts: Record<string, ChartFacts> = {};
try {
  for (const [name, pin] of Object.entries<ChartPin>(CHARTS)) {
    const release = releases.find(({ chart }) => chart === pin.chart);
    if (release !== undefined) {
      const chart = unpacked(pin);
      facts[name] = factsOf({
        read: yaml(join(chart, "Chart.yaml"))["version"],
        name: release.name,
        namespace: release.namespace,
        manifests: rendered(release, chart),
        values: release.values,
        defaults: defaultsOf(chart),
      });
    }
  }
} finally {
  rmSync(place, { recursive: true });
}
writeFileSync(RECORD, JSON.stringify(facts));
execFileSync(join(PROJECT_FOLDER, "node_modules/.bin/biome"), ["format", "--write", RECORD], { stdio: "inherit" });

/** Folder of a chart. */
function unpacked({ chart, version, repository }: ChartPin): string {
  const given = join(folder ?? "", basename(chart));
  if (folder !== undefined && existsSync(given)) {
    return given;
  }
  const from = repository === undefined ? [] : ["--repo", repository];
  helm("pull", chart, "--version", version, ...from, "--untar", "--untardir", place);
  return join(place, basename(chart));
}

/** Values of a chart, with those of the charts in it under their names. */
function defaultsOf(chart: string): Values {
  const { _internal_defaults_do_not_set: internal = {}, ...stated } = yaml(join(chart, "values.yaml"));
  const own: Values = { ...internal, ...stated };
  const inner = join(chart, "charts");
  const charts = existsSync(inner) ? readdirSync(inner, { withFileTypes: true }).filter((each) => each.isDirectory()) : [];
  return charts.reduce<Values>((all, { name }) => ({ ...all, [name]: { ...defaultsOf(join(inner, name)), ...all[name] } }), own);
}

function yaml(file: string): Values {
  return existsSync(file) ? (parse(readFileSync(file, "utf8")) ?? {}) : {};
}

function rendered({ name, namespace, values }: Release, chart: string): Manifest[] {
  const file = join(place, "values.json");
  writeFileSync(file, JSON.stringify(values));
  const about = ["--namespace", namespace, "--values", file, "--kube-version", KUBERNETES.default];
  // Charts make monitors only where the cluster knows their kinds.
  const known = ["monitoring.coreos.com/v1", "monitoring.coreos.com/v1/ServiceMonitor"].flatMap((api) => ["--api-versions", api]);
  return parseAllDocuments(helm("template", name, chart, ...about, ...known))
    .map((document) => document.toJS() as Manifest | null)
    .flatMap((object) => (object?.kind === "List" ? (object["items"] as Manifest[]) : object ? [object] : []));
}

function helm(...args: string[]): string {
  return execFileSync("helm", args, { encoding: "utf8", maxBuffer: 64 * 1_024 * 1_024 });
}
