import { API } from "#components/versions";
import type { Stage } from "./stage.ts";

/** Asks for so many servers of the model, as its autoscaler would: nothing in a rehearsal measures processors. */
export async function scaleTo({ cluster, served: { model, namespace } }: Stage, replicas: number): Promise<void> {
  await cluster.kube.merge(`/apis/${API.rollout}/namespaces/${namespace}/rollouts/${model}/scale`, { spec: { replicas } });
}
