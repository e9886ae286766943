import * as z from "zod";
import { serviceHost, servingNames } from "#components/serving/names";
import { servedShare } from "#components/serving/queries";
import { kubectl, understood } from "./kubectl.ts";
import { type Measurement, measurementsOf, runsIn, sourceOf } from "./measurements.ts";
import { progressIn, type ReleaseStep, type RolloutProgress } from "./progress.ts";
import { prometheusAt } from "./prometheus.ts";

/** A model as it is served now, and how its release goes. */
export interface LiveModel extends Pick<RolloutProgress, "state" | "version" | "weight" | "message"> {
  model: string;
  namespace: string;
  /** Version that has all users who have not the new one. */
  stable: string;
  /** What the release does at present; nothing at rest. */
  step?: ReleaseStep;
  /** Share of the answers that came from the new version lately, percent; nothing where Prometheus does not say. */
  observed?: number;
  /** What the release is judged by. */
  measurements: Measurement[];
  /** Pods of each version. */
  pods: { version: string; ready: number; wanted: number }[];
}

const LABELS = z.record(z.string(), z.string()).default({});
const VARIABLES = z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]);
const POD = z.object({ template: z.object({ spec: z.object({ containers: z.array(z.object({ env: VARIABLES })) }) }) });

const containersIn = (spec: unknown) => POD.safeParse(spec).data?.template.spec.containers ?? [];

const OBJECT = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string(), labels: LABELS }),
});

const STATUS = z.object({
  status: z.object({ stableRS: z.string().default(""), currentPodHash: z.string().default("") }).prefault({}),
});

const REPLICAS = z.object({
  spec: z.object({ replicas: z.number().default(0) }),
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
  const { items } = understood(await kubectl("get", all, ...where, "-o", "json"), z.object({ items: z.array(OBJECT) }));
  const owned = Map.groupBy(items, ownerOf);
  return Promise.all(
    items
      .filter(servesModel)
      .map((rollout) => liveModel(rollout, owned.get(keyOf(rollout.metadata.namespace, rollout.metadata.name)) ?? [])),
  );
}

/** A Rollout of something else is nobody's model. */
const servesModel = ({ kind, spec }: Item): boolean =>
  kind === "Rollout" && containersIn(spec).some(({ env }) => env.some(({ name }) => name === "MODEL_VERSION"));

/** @param own what belongs to the Rollout. */
async function liveModel(rollout: Item, own: readonly Item[]): Promise<LiveModel> {
  const { name: model, namespace } = rollout.metadata;
  const { status } = understood(rollout, STATUS);
  const { state, version, step, weight, message } = progressIn(rollout);
  const sets = own.filter(({ kind }) => kind === "ReplicaSet").map(replicasOf);
  const runs = state === "stable" ? [] : runsIn(own, status.currentPodHash);
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
    ...(state !== "stable" && state !== "thrown out" && { step }),
    ...(observed !== undefined && { observed: 100 * observed }),
    measurements,
    pods: sets.filter(({ wanted }) => wanted > 0).map(({ version, ready, wanted }) => ({ version, ready, wanted })),
  };
}

/** The Rollout that something belongs to; nothing where it is none's. */
function ownerOf({ metadata }: Item): string | undefined {
  const owner = OWNERS.safeParse(metadata["ownerReferences"]).data?.find(({ kind }) => kind === "Rollout");
  return owner && keyOf(metadata.namespace, owner.name);
}

const keyOf = (namespace: string, name: string): string => `${namespace}/${name}`;

const OWNERS = z.array(z.object({ kind: z.string(), name: z.string() }));

function replicasOf(item: Item): { hash: string; version: string; ready: number; wanted: number } {
  const { spec, status } = understood(item, REPLICAS);
  const version = containersIn(item["spec"])
    .flatMap(({ env }) => env)
    .findLast(({ name }) => name === "MODEL_VERSION")?.value;
  return {
    hash: item.metadata.labels[HASH] ?? "",
    version: version ?? "",
    ready: status.readyReplicas,
    wanted: spec.replicas,
  };
}
