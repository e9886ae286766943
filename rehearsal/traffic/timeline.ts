import type { ServingNames } from "#components/serving/names";
import type { Kube } from "../cluster/controlplane/kube.ts";

/** Something that happened to a release, as reported by the API server. */
export interface ReleaseEvent {
  /** Milliseconds since the epoch. */
  at: number;
  kind: "weight" | "rollout" | "analysis";
  text: string;
  /** Share of the new version, percent; on `weight`. */
  weight?: number;
  /** On `rollout`: the controller took the release back. */
  aborted?: boolean;
  /** On `analysis`: `Running`, `Successful`, `Failed`, `Inconclusive`, `Error`. */
  phase?: string;
}

/** Any Kubernetes object, as the API server sends it. */
type Json = Record<string, any>;

/** Watches the rollout of one model: its wanted shares, its phases, the verdicts of its analysis. */
export class Timeline {
  readonly events: ReleaseEvent[] = [];
  rollout: Json = {};
  readonly #last = new Map<string, string>();
  readonly #stop = new AbortController();

  /**
   * @param names of the model's objects, as the product gives them.
   * @param ended says that the cluster has ended, which a watch would ask for ever. @default - it does not
   */
  constructor(kube: Kube, names: ServingNames, ended?: AbortSignal) {
    const { name: model, namespace, split } = names;
    const signal = AbortSignal.any([this.#stop.signal, ...(ended ? [ended] : [])]);
    const named = (name: string): string => `fieldSelector=metadata.name%3D${name}`;
    const watch = (path: string, query: string, see: (object: Json) => void): void => {
      void kube.watch(path, query, (type: string, object: Json) => type !== "SYNC" && see(object), signal);
    };
    watch(`/apis/networking.istio.io/v1/namespaces/${namespace}/virtualservices`, named(split), (object) =>
      this.#weight(object, names),
    );
    watch(`/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts`, named(model), (object) => this.#status(object));
    watch(`/apis/argoproj.io/v1alpha1/namespaces/${namespace}/analysisruns`, "", (object) => this.#analysis(object, model));
  }

  /** Whether the controller says that the version applied last has all traffic. */
  get healthy(): boolean {
    const { status, metadata } = this.rollout;
    return status?.phase === "Healthy" && String(status.observedGeneration) === String(metadata.generation);
  }

  /**
   * When the controller took a release back, milliseconds since the epoch; `undefined` while it has not. The release before it may have been
   * taken back too: that one is over once the controller says so of none.
   */
  abortedSince(from: number): number | undefined {
    const phases = this.events.filter(({ at, kind }) => at >= from && kind === "rollout");
    const began = phases.findIndex(({ aborted }) => aborted === false);
    return began < 0 ? undefined : phases.slice(began).find(({ aborted }) => aborted === true)?.at;
  }

  /** Changes of the wanted share since a moment, each share once. */
  weightsSince(from: number): { at: number; weight: number }[] {
    const changes = this.events.flatMap(({ at, kind, weight }) =>
      kind === "weight" && weight !== undefined && at >= from ? [{ at, weight }] : [],
    );
    return changes.filter((change, index) => change.weight !== changes[index - 1]?.weight);
  }

  stop(): void {
    this.#stop.abort();
  }

  #weight(virtualService: Json, { primaryRoute, canaryService }: ServingNames): void {
    const routes = (virtualService["spec"]?.http ?? []) as Json[];
    const primary = routes.find(({ name }) => name === primaryRoute);
    const weight: number =
      primary?.["route"]?.find((route: Json) => route["destination"].host.split(".")[0] === canaryService)?.weight ?? 0;
    this.#add("weight", { kind: "weight", text: `new version at ${weight} %`, weight });
  }

  #status(rollout: Json): void {
    this.rollout = rollout;
    const { phase = "-", currentStepIndex = "-", abort = false, message = "" } = rollout["status"] ?? {};
    this.#add("rollout", {
      kind: "rollout",
      text: `${phase}, step ${currentStepIndex}${abort ? ", aborted" : ""} ${message}`.trim(),
      aborted: abort,
    });
  }

  #analysis(run: Json, model: string): void {
    const name: string = run["metadata"].name;
    if (!name.startsWith(`${model}-`)) {
      return;
    }
    const metrics: Json[] = run["status"]?.metricResults ?? [];
    const phase: string = run["status"]?.phase ?? "Pending";
    const values = metrics.map(({ name: metric, measurements }) => `${metric} ${measurements?.at(-1)?.value ?? "–"}`).join(", ");
    this.#add(name, { kind: "analysis", text: `${name} ${phase}: ${values}`, phase });
  }

  #add(key: string, event: Omit<ReleaseEvent, "at">): void {
    if (this.#last.get(key) !== event.text) {
      this.#last.set(key, event.text);
      this.events.push({ at: Date.now(), ...event });
    }
  }
}
