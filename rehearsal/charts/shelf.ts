import { chartName } from "#components/chart";
import type { ChartPin } from "#components/versions";
import type { CrdFile, CrdSource } from "#toolchain/projects";
import type { FoundChart } from "./found.ts";
import { madeChart } from "./made.ts";
import { type PackedChart, packedChart } from "./packed.ts";
import { notedValues, recordedChart } from "./recorded.ts";

/** Charts whose programs run here as pods, so that their webhooks are answered. */
const ANSWERED = new Set(["base", "istiod", "kueue"]);

/** Charts that bring the definitions of a source; where one is not recorded, nobody else may install those. */
const BROUGHT_BY: Record<CrdSource, string> = {
  "argo-rollouts": "argo-rollouts",
  "cert-manager": "cert-manager",
  "external-secrets": "external-secrets",
  istio: "base",
  karpenter: "karpenter-crd",
  "karpenter-aws": "karpenter-crd",
  kueue: "kueue",
  "prometheus-operator": "prometheus-operator-crds",
};

/** Where charts come from, in words for the screen. The webhooks that are left out fail closed, and their controllers do not run here. */
const WAYS = {
  archive: "as published",
  "archive without webhooks": "as published, without webhooks",
  sources: "from their projects' sources",
  "sources without webhooks": "from their projects' sources, without webhooks",
  manifests: "made from their projects' manifests and our values",
  recorded: "recorded, pods only",
} as const;

type ChartWay = keyof typeof WAYS;

/** The charts of a rehearsal, each from the best place that has it. */
export class ChartShelf {
  readonly #notes: string;
  readonly #found: ReadonlyMap<string, FoundChart>;
  readonly #packed = new Map<string, Promise<PackedChart>>();
  readonly #ways = new Map<string, ChartWay>();

  /** @param notes folder of the pods that the program noted, for charts that nobody has. */
  constructor(notes: string, found: readonly FoundChart[]) {
    this.#notes = notes;
    this.#found = new Map(found.map((chart) => [chart.name, chart]));
  }

  /** The archive that Helm is given. */
  async archive(pin: ChartPin): Promise<Buffer> {
    const name = chartName(pin.chart);
    const found = this.#found.get(name);
    if (found === undefined) {
      this.#ways.set(name, "recorded");
      return recordedChart(this.#notes, pin);
    }
    if (found.kind === "manifests") {
      this.#ways.set(name, found.kind);
      return madeChart(found.path, pin, notedValues(this.#notes, name));
    }
    const packing = this.#packed.get(name) ?? packedChart({ path: found.path, kind: found.kind }, pin, ANSWERED.has(name));
    this.#packed.set(name, packing);
    const { archive, webhooks } = await packing;
    this.#ways.set(name, webhooks > 0 ? `${found.kind} without webhooks` : found.kind);
    return archive;
  }

  /** Charts that Helm has asked for, by the way in which they came: one line for each way. */
  ways(): string[] {
    const came = (way: ChartWay): string[] => [...this.#ways].filter(([, each]) => each === way).map(([name]) => name);
    return (Object.keys(WAYS) as ChartWay[])
      .filter((way) => came(way).length > 0)
      .map((way) => `${WAYS[way]}: ${came(way).sort().join(", ")}`);
  }
}

/** Files of the definitions that no chart of the shelf brings: they must be there before the first `up`. */
export function definitionsWithoutChart(definitions: readonly CrdFile[], charts: readonly FoundChart[]): string[] {
  const names = new Set(charts.map(({ name }) => name));
  return definitions.filter(({ source }) => !names.has(BROUGHT_BY[source])).map(({ path }) => path);
}
