import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { CHARTS, type ChartPin, KUBERNETES } from "#components/versions";
import { PROJECT_FOLDER } from "#engine/project";
import { planEnvironment } from "#plan/environment";
import { type ChartFacts, factsOf, type Manifest } from "./charts/facts.ts";

/**
 * Renders the charts of prod with our values by Helm (on PATH), and records what other parts of the platform take for granted of them.
 *
 * `node scripts/record-charts.ts [folder]`: charts are taken from a folder of unpacked charts where it has them, else from where
 * components/versions.ts says that they are published.
 */
const [folder] = process.argv.slice(2);
const RECORD = join(PROJECT_FOLDER, "test/stacks/charts/rendered.json");

const { layers } = await planEnvironment("prod");
const releases = layers
  .flatMap(({ resources }) => resources)
  .filter(({ type }) => type === "kubernetes:helm.sh/v3:Release")
  .map(({ inputs }) => inputs as Release);

const facts: Record<string, ChartFacts> = {};
for (const [name, pin] of Object.entries<ChartPin>(CHARTS)) {
  const release = releases.find(({ chart }) => chart === pin.chart);
  if (release !== undefined) {
    const local = join(folder ?? "", basename(pin.chart));
    const source = folder !== undefined && existsSync(local) ? [local] : published(pin);
    const version = parse(helm("show", "chart", ...source)).version;
    facts[name] = factsOf(version, release.namespace, rendered(release, source));
  }
}
writeFileSync(RECORD, `${JSON.stringify(facts, undefined, 2)}\n`);

interface Release {
  name: string;
  namespace: string;
  chart: string;
  values: object;
}

const published = ({ chart, version, repository }: ChartPin): string[] => [
  chart,
  "--version",
  version,
  ...(repository === undefined ? [] : ["--repo", repository]),
];

function rendered({ name, namespace, values }: Release, source: readonly string[]): Manifest[] {
  const place = mkdtempSync(join(tmpdir(), "charts-"));
  try {
    const file = join(place, "values.json");
    writeFileSync(file, JSON.stringify(values));
    const about = ["--namespace", namespace, "--values", file, "--kube-version", KUBERNETES.default];
    // Charts make monitors only where the cluster knows their kinds.
    const known = ["monitoring.coreos.com/v1", "monitoring.coreos.com/v1/ServiceMonitor"].flatMap((api) => ["--api-versions", api]);
    const text = helm("template", name, ...source, ...about, ...known);
    return parseAllDocuments(text)
      .map((document) => document.toJS() as Manifest | null)
      .flatMap((object) => (object?.kind === "List" ? (object["items"] as Manifest[]) : object ? [object] : []));
  } finally {
    rmSync(place, { recursive: true });
  }
}

function helm(...args: string[]): string {
  return execFileSync("helm", args, { encoding: "utf8", maxBuffer: 64 * 1_024 * 1_024 });
}
