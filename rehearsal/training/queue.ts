import { GPU } from "#components/labels";
import { clusterQueuesOf } from "#components/training/team-queue";
import { API } from "#components/versions";
import type { Json, Kube } from "../cluster/controlplane/kube.ts";

/** A job as Kueue sees it. */
export interface QueuedJob {
  admitted: boolean;
  finished: boolean;
  /** Whether Kueue has taken its quota back at least once. */
  preempted: boolean;
  /** Kueue's own words about why it waits, or why it was stopped. */
  message: string;
}

/** Kueue's view of the jobs of a namespace, by the name of the Job. */
export async function queuedJobs(kube: Kube, namespace: string): Promise<Map<string, QueuedJob>> {
  const { items } = (await kube.get(`/apis/${API.kueue}/namespaces/${namespace}/workloads`)) as { items: Json[] };
  return new Map(
    items.map(({ metadata, status }) => {
      const condition = (type: string): Json | undefined =>
        ((status?.conditions ?? []) as Json[]).find((each) => each.type === type);
      const holds = (type: string): boolean => condition(type)?.status === "True";
      const said = condition("Preempted")?.message ?? condition("QuotaReserved")?.message ?? "";
      const job = {
        admitted: holds("Admitted"),
        finished: holds("Finished"),
        preempted: condition("Preempted") !== undefined,
        message: String(said),
      };
      return [String(metadata.ownerReferences[0].name), job];
    }),
  );
}

/** GPUs that a team can always have. */
export async function guaranteedGpus(kube: Kube, team: string): Promise<number> {
  const { spec } = await kube.get(`/apis/${API.kueue}/clusterqueues/${clusterQueuesOf(team).gpu}`);
  const resources = (spec.resourceGroups as Json[]).flatMap(({ flavors }) =>
    (flavors as Json[]).flatMap((each) => each.resources),
  );
  return Number(resources.find(({ name }) => name === GPU)?.nominalQuota ?? 0);
}
