import * as z from "zod";
import { serviceHost, servingNames } from "#components/serving/names";
import { servedShare } from "#components/serving/queries";
import { kubectl } from "./kubectl.ts";
import { type Measurement, measurementsOf, runsIn, sourceOf } from "./measurements.ts";
import { progressIn, type RolloutProgress } from "./progress.ts";
import { prometheusAt } from "./prometheus.ts";

/** A model as it is served now, and how its release goes. */
export interface LiveModel extends Pick<RolloutProgress, "state" | "version" | "weight" | "message"> {
  model: string;
  namespace: string;
  /** Version that has all users who have not the new one. */
  stable: string;
  /** What the release does at present; nothing at rest. */
  step?: LiveStep;
  /** Share of the answers that came from the new version lately, percent; nothing where Prometheus does not say. */
  observed?: number;
  /** What the release is judged by. */
  measurements: Measurement[];
  /** Pods of each version. */
  pods: { version: string; ready: number; wanted: number }[];
}

/** A step of a release. */
export interface LiveStep {
  number: number;
  of: number;
  what: "starts pods" | "opens the forced route" | "serves" | "measures" | "waits for a person";
  /** Since when, and for how long in all, seconds; where it has a time. */
  since?: number;
  for?: number;
}

const LABELS = z.record(z.string(), z.string()).default({});
const VARIABLES = z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]);
const TEMPLATE = z.object({ spec: z.object({ containers: z.array(z.object({ env: VARIABLES })) }) });

const OBJECT = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string(), labels: LABELS }),
});

const ROLLOUT = z.object({
  spec: z.object({
    strategy: z
      .object({ canary: z.object({ steps: z.array(z.record(z.string(), z.unknown())).default([]) }).optional() })
      .default({}),
  }),
  status: z
    .object({
      stableRS: z.string().default(""),
      currentPodHash: z.string().default(""),
      currentStepIndex: z.number().default(0),
      pauseConditions: z.array(z.object({ reason: z.string(), startTime: z.string() })).default([]),
    })
    .prefault({}),
});

const REPLICAS = z.object({
  spec: z.object({ replicas: z.number().default(0), template: TEMPLATE }),
  status: z.object({ readyReplicas: z.number().default(0) }).prefault({}),
});

type Item = z.infer<typeof OBJECT>;

/** Label of what belongs to one version. */
const HASH = "rollouts-pod-template-hash";

/**
 * The models that a cluster serves.
 *
 * @param namespace of the models. @default - all that there are
 * @throws {MachineError} when the cluster does not answer.
 */
export async function liveModels(namespace?: string): Promise<LiveModel[]> {
  const where = namespace === undefined ? ["--all-namespaces"] : ["-n", namespace];
  const all = "rollouts.argoproj.io,analysisruns.argoproj.io,replicasets.apps";
  const { items } = z.object({ items: z.array(OBJECT) }).parse(JSON.parse(await kubectl("get", all, ...where, "-o", "json")));
  return Promise.all(items.filter(({ kind }) => kind === "Rollout").map((rollout) => liveModel(rollout, items)));
}

async function liveModel(rollout: Item, items: readonly Item[]): Promise<LiveModel> {
  const { name: model, namespace } = rollout.metadata;
  const { status, spec } = ROLLOUT.parse(rollout);
  const { state: said, version, weight, message } = progressIn(JSON.stringify(rollout));
  const sets = items.filter(({ kind, metadata }) => kind === "ReplicaSet" && isOwn(metadata, rollout)).map(replicasOf);
  const step = stepOf(spec.strategy.canary?.steps ?? [], status);
  const state = said === "paused" && step.what !== "waits for a person" ? "going" : said;
  const runs =
    state === "stable"
      ? []
      : runsIn(
          items.filter(({ metadata }) => isOwn(metadata, rollout)),
          status.currentPodHash,
        );
  const names = servingNames(model, namespace);
  const source = sourceOf(runs);
  const prometheus = source && prometheusAt(source.address);
  const measurements = await measurementsOf(runs, names, prometheus);
  const hosts = [names.canaryService, names.stableService].map((service) => serviceHost(service, namespace)) as [string, string];
  const share = source && servedShare(...hosts, { windowSeconds: source.windowSeconds, minRequests: 1 });
  const observed = share !== undefined && state === "going" ? await prometheus?.(share) : undefined;
  return {
    model,
    namespace,
    state,
    version,
    stable: sets.find(({ hash }) => hash === status.stableRS)?.version ?? "",
    weight,
    message,
    ...((state === "going" || state === "paused") && { step }),
    ...(observed !== undefined && { observed: 100 * observed }),
    measurements,
    pods: sets.filter(({ wanted }) => wanted > 0).map(({ version, ready, wanted }) => ({ version, ready, wanted })),
  };
}

const isOwn = (metadata: Item["metadata"], rollout: Item): boolean =>
  metadata.namespace === rollout.metadata.namespace &&
  ((metadata["ownerReferences"] ?? []) as { kind: string; name: string }[]).some(
    ({ kind, name }) => kind === "Rollout" && name === rollout.metadata.name,
  );

function replicasOf(item: Item): { hash: string; version: string; ready: number; wanted: number } {
  const { spec, status } = REPLICAS.parse(item);
  const variables = spec.template.spec.containers.flatMap(({ env }) => env);
  return {
    hash: item.metadata.labels[HASH] ?? "",
    version: variables.findLast(({ name }) => name === "MODEL_VERSION")?.value ?? "",
    ready: status.readyReplicas,
    wanted: spec.replicas,
  };
}

/** A release waits for a person where nothing else ends its pause: no measurement could be made, or a step has no time. */
function stepOf(
  steps: readonly Record<string, unknown>[],
  { currentStepIndex: at, pauseConditions: [pause] }: z.infer<typeof ROLLOUT>["status"],
): LiveStep {
  const place = { number: Math.min(at + 1, steps.length), of: steps.length };
  const step = steps[at] ?? {};
  const since = pause && { since: (Date.now() - Date.parse(pause.startTime)) / 1_000 };
  const duration = secondsIn((step["pause"] as { duration?: string | number } | undefined)?.duration);
  if (pause !== undefined && (pause.reason !== "CanaryPauseStep" || duration === undefined)) {
    return { ...place, what: "waits for a person", ...since };
  }
  if ("pause" in step) {
    return { ...place, what: "serves", ...since, ...(duration !== undefined && { for: duration }) };
  }
  if ("analysis" in step) {
    return { ...place, what: "measures" };
  }
  return {
    ...place,
    what: "setHeaderRoute" in step ? "opens the forced route" : "setCanaryScale" in step ? "starts pods" : "serves",
  };
}

const UNITS: Record<string, number> = { "": 1, s: 1, m: 60, h: 3_600 };

/** A time as Argo Rollouts writes it: `30`, `"30s"`, `"5m"`. */
function secondsIn(duration: string | number | undefined): number | undefined {
  const [, number, unit = ""] = /^(\d+)([smh]?)$/.exec(String(duration ?? "")) ?? [];
  return number === undefined ? undefined : Number(number) * UNITS[unit]!;
}
