import { servingNames } from "#components/serving/names";
import type { Json, Kube } from "#rehearsal/cluster/controlplane/kube";
import { Timeline } from "#rehearsal/traffic/timeline";

/** What the API server may tell of a release, as objects that it sends. */
export const virtualService = (canaryWeight: number): Json => ({
  spec: {
    http: [
      { name: "force-canary", route: [{ destination: { host: "fraud-canary" }, weight: 100 }] },
      {
        name: "primary",
        route: [
          { destination: { host: "fraud-stable.models-risk.svc.cluster.local" }, weight: 100 - canaryWeight },
          { destination: { host: "fraud-canary.models-risk.svc.cluster.local" }, weight: canaryWeight },
        ],
      },
    ],
  },
});

export const rollout = (status: Json, generation = 2): Json => ({ metadata: { generation }, status });

export const analysisRun = (name: string, phase: string, value: string): Json => ({
  metadata: { name },
  status: { phase, metricResults: [{ name: "error-share", measurements: [{ value: "[9]" }, { value }] }] },
});

type Kind = "virtualservices" | "rollouts" | "analysisruns";

/** A timeline, and the means to tell it something as the API server would. */
export function watchedTimeline() {
  const watches: { path: string; query: string; see: (type: string, object: Json) => void; signal: AbortSignal }[] = [];
  const kube = {
    watch: (path: string, query: string, see: (type: string, object: Json) => void, signal: AbortSignal) => {
      watches.push({ path, query, see, signal });
      return Promise.resolve();
    },
  };
  const timeline = new Timeline(kube as unknown as Kube, servingNames("fraud", "models-risk"));
  const tell = (kind: Kind, object: Json, type = "MODIFIED"): void =>
    watches.find(({ path }) => path.endsWith(`/${kind}`))?.see(type, object);
  return { timeline, tell, watches };
}
