import type { ChartPin } from "#components/versions";
import type { ChartFile, CrdSource, ProjectFiles } from "#toolchain/projects";
import { type PackedChart, packedChart } from "./packed.ts";
import { nameOf, recordedChart } from "./recorded.ts";

/** Charts whose programs run here as pods, so that their webhooks are answered. */
const ANSWERED = new Set(["kueue"]);

/** Charts that bring the definitions of a source; where they come from their project's sources, nobody else may install those. */
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
const WAYS = ["from their projects' sources", "from their projects' sources, without webhooks", "recorded, pods only"] as const;

type ChartWay = (typeof WAYS)[number];

/** The charts of a rehearsal, each from the best place that has it. */
export class ChartShelf {
  readonly #notes: string;
  readonly #files: ReadonlyMap<string, ChartFile>;
  readonly #packed = new Map<string, Promise<PackedChart>>();
  readonly #ways = new Map<string, ChartWay>();

  /** @param notes folder of the pods that the program noted, for charts that nobody has. */
  constructor(notes: string, { charts }: Pick<ProjectFiles, "charts">) {
    this.#notes = notes;
    this.#files = new Map(charts.map((file) => [file.name, file]));
  }

  /** The archive that Helm is given. */
  async archive(pin: ChartPin): Promise<Buffer> {
    const name = nameOf(pin);
    const file = this.#files.get(name);
    if (file === undefined) {
      this.#ways.set(name, "recorded, pods only");
      return recordedChart(this.#notes, pin);
    }
    const packing = this.#packed.get(name) ?? packedChart(file.path, pin, ANSWERED.has(name));
    this.#packed.set(name, packing);
    const { archive, webhooks } = await packing;
    this.#ways.set(name, webhooks > 0 ? "from their projects' sources, without webhooks" : "from their projects' sources");
    return archive;
  }

  /** Charts that Helm has asked for, by the way in which they came: one line for each way. */
  ways(): string[] {
    return WAYS.map((way) => ({ way, names: [...this.#ways].filter(([, each]) => each === way).map(([name]) => name) }))
      .filter(({ names }) => names.length > 0)
      .map(({ way, names }) => `${way}: ${names.sort().join(", ")}`);
  }
}

/** Files of the definitions that no chart of the shelf brings: they must be there before the first `up`. */
export function definitionsWithoutChart({ definitions, charts }: ProjectFiles): string[] {
  const names = new Set<string>(charts.map(({ name }) => name));
  return definitions.filter(({ source }) => !names.has(BROUGHT_BY[source])).map(({ path }) => path);
}
