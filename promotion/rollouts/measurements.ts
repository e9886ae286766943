import * as z from "zod";
import { type ServingNames, serviceHost } from "#components/serving/names";
import { shareAlone } from "#components/serving/queries";
import { understood } from "./kubectl.ts";
import type { Prometheus } from "./prometheus.ts";

/** One number by which a release is judged. */
export interface Measurement {
  /** Such as `error-share`. */
  name: string;
  /** What the new version had at the last measurement that found anything; nothing before the first. */
  value?: number;
  /** What the stable version has now; nothing where Prometheus does not say, and of a number about both versions. */
  stable?: number;
  /** Above which a version is bad. */
  limit?: number;
  /** Below which the gateway serves another share than it was told, or the new version is not better; of no other measurement. */
  atLeast?: number;
  /** Verdicts so far, the newest last. `undecided`: neither good nor bad, so that a person decides. */
  verdicts: ("good" | "bad" | "undecided" | "no data" | "no answer")[];
}

const METRIC = z.object({
  name: z.string(),
  successCondition: z.string().default(""),
  provider: z.object({ prometheus: z.object({ address: z.string(), query: z.string() }).optional() }),
});

const RUN = z.object({
  kind: z.literal("AnalysisRun"),
  metadata: z.object({ name: z.string(), creationTimestamp: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({
    args: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]),
    metrics: z.array(METRIC),
  }),
  status: z
    .object({
      phase: z.string().default(""),
      metricResults: z
        .array(
          z.object({
            name: z.string(),
            measurements: z.array(z.object({ phase: z.string(), value: z.string().optional() })).default([]),
          }),
        )
        .default([]),
    })
    .prefault({}),
});

export type Run = z.infer<typeof RUN>;
type Metric = z.infer<typeof METRIC>;

/** The AnalysisRuns of one version, the oldest first. */
export function runsIn(items: readonly { kind: string }[], hash: string): Run[] {
  return items
    .filter(({ kind }) => kind === "AnalysisRun")
    .map((item) => understood(item, RUN))
    .filter(({ metadata }) => metadata.labels["rollouts-pod-template-hash"] === hash)
    .sort((one, other) => one.metadata.creationTimestamp.localeCompare(other.metadata.creationTimestamp));
}

/** Where the measurements come from, and how far one looks back, seconds. */
export function sourceOf(runs: readonly Run[]): { address: string; windowSeconds: number } | undefined {
  const { address, query = "" } =
    runs.flatMap(({ spec }) => spec.metrics.flatMap(({ provider }) => provider.prometheus ?? []))[0] ?? {};
  const seconds = /\[(\d+)s\]/.exec(query)?.[1];
  return address === undefined || seconds === undefined ? undefined : { address, windowSeconds: Number(seconds) };
}

const VERDICTS: Record<string, Measurement["verdicts"][number]> = {
  Successful: "good",
  Failed: "bad",
  Inconclusive: "no data",
};

/** Verdicts that are kept of each number. */
const KEPT = 10;

/** The numbers that the release is judged by: those of the run that watches it, and of the gate that it stands at. */
export async function measurementsOf(
  runs: readonly Run[],
  names: ServingNames,
  prometheus: Prometheus | undefined,
): Promise<Measurement[]> {
  const newest = new Map(runs.flatMap((run) => run.spec.metrics.map((metric) => [metric.name, { run, metric }] as const)));
  return Promise.all([...newest.values()].map(({ run, metric }) => measurementOf(metric, run, names, prometheus)));
}

async function measurementOf(
  metric: Metric,
  run: Run,
  { namespace, canaryService, stableService }: ServingNames,
  prometheus: Prometheus | undefined,
): Promise<Measurement> {
  const filled = (text: string): string =>
    run.spec.args.reduce((all, { name, value = "" }) => all.replaceAll(`{{args.${name}}}`, value), text);
  const results = run.status.metricResults.find(({ name }) => name === metric.name)?.measurements ?? [];
  const value = results.map((each) => numberIn(each.value)).findLast((each) => each !== undefined);
  const condition = filled(metric.successCondition);
  const limit = /result\[0\] <= ([\d.e-]+)\s*$/.exec(condition)?.[1];
  const atLeast = /result\[0\] >=? (-?[\d.e-]+)/.exec(condition)?.[1];
  const query = shareAlone(filled(metric.provider.prometheus?.query ?? ""));
  const [canary, stableHost] = [canaryService, stableService].map((service) => serviceHost(service, namespace)) as [
    string,
    string,
  ];
  const ofStable = query.replaceAll(canary, stableHost);
  // A number about both versions, such as the share that is served, has no other side.
  const isOfBoth = ofStable === query || query.includes(stableHost);
  const stable = isOfBoth ? undefined : await prometheus?.(ofStable);
  return {
    name: metric.name,
    ...(value !== undefined && { value }),
    ...(stable !== undefined && { stable }),
    ...(limit !== undefined && { limit: Number(limit) }),
    ...(atLeast !== undefined && { atLeast: Number(atLeast) }),
    verdicts: results.slice(-KEPT).map(verdictOf),
  };
}

/** What came of a measurement; Argo Rollouts calls it inconclusive where there was no number, and where one neither passes nor fails. */
const verdictOf = ({ phase, value }: { phase: string; value?: string | undefined }): Measurement["verdicts"][number] =>
  phase === "Inconclusive" && numberIn(value) !== undefined ? "undecided" : (VERDICTS[phase] ?? "no answer");

/** A vector of one number, as Argo Rollouts writes it: `[0.02]`. */
function numberIn(value: string | undefined): number | undefined {
  const number = Number.parseFloat(value?.replace(/^\[/, "") ?? "");
  return Number.isFinite(number) ? number : undefined;
}
