import type { Resource } from "../resource.ts";
import type { Admission } from "../rule.ts";
import { GPU } from "./gpu-pools.ts";
import { containersOf, type Pod, podsOf } from "./workloads.ts";

/** Kueue's label that names the queue of a job. */
export const QUEUE = "kueue.x-k8s.io/queue-name";

const JOB = "kubernetes:batch/v1:Job";
const CRON_JOB = "kubernetes:batch/v1:CronJob";
export const JOB_SET = "kubernetes:jobset.x-k8s.io/v1alpha2:JobSet";

/** Workloads that end, and that a queue can admit. */
export const JOBS: readonly string[] = [JOB, CRON_JOB, JOB_SET];

/** What a container asks for of one of NVIDIA's resources: whole GPUs, or slices of one. */
export interface GpuRequest {
  /** Path of the container's resources. */
  path: string;
  /** Name of the resource, for example `nvidia.com/gpu`. */
  name: string;
  request?: string;
  limit?: string;
}

export function gpuRequests(pod: Pod): GpuRequest[] {
  return containersOf(pod).flatMap(({ path, container }) => {
    const { requests = {}, limits = {} } = container.resources ?? {};
    const names = new Set([...Object.keys(requests), ...Object.keys(limits)].filter((name) => name.startsWith("nvidia.com/")));
    return [...names].flatMap((name) => {
      const [request, limit] = [requests[name], limits[name]];
      return Number(request ?? limit) === 0
        ? []
        : [
            {
              path: `${path}.resources`,
              name,
              ...(request !== undefined && { request: String(request) }),
              ...(limit !== undefined && { limit: String(limit) }),
            },
          ];
    });
  });
}

export const asksForGpus = (workload: Resource): boolean => podsOf(workload).some((pod) => gpuRequests(pod).length > 0);

/** Labels of what the queue sees: of a CronJob those of the jobs that it makes. */
const jobLabels = ({ type, inputs }: Resource): Record<string, string> =>
  (type === CRON_JOB ? inputs.spec?.jobTemplate?.metadata?.labels : inputs.metadata?.labels) ?? {};

export const isQueued = (workload: Resource): boolean => QUEUE in jobLabels(workload);

/** A job that trains: it asks for GPUs, or goes through a queue. Other jobs, a migration for example, have rules of their own. */
export const isTraining = (workload: Resource): boolean =>
  JOBS.includes(workload.type) && (isQueued(workload) || asksForGpus(workload));

/** `JobSpec`s of a workload and where they stand: a JobSet has several. */
export function jobSpecs({ type, inputs }: Resource): { path: string; spec: any }[] {
  switch (type) {
    case JOB:
      return [{ path: "spec", spec: inputs.spec ?? {} }];
    case CRON_JOB:
      return [{ path: "spec.jobTemplate.spec", spec: inputs.spec?.jobTemplate?.spec ?? {} }];
    case JOB_SET:
      return (inputs.spec?.replicatedJobs ?? []).map((job: any, at: number) => ({
        path: `spec.replicatedJobs[${at}].template.spec`,
        spec: job.template?.spec ?? {},
      }));
    default:
      return [];
  }
}

/** For the API server: containers of a pod spec that ask for whole GPUs. */
export const gpuContainers = (spec: string): NonNullable<Admission["variables"]> => [
  { name: "containers", expression: `${spec}.containers + (has(${spec}.initContainers) ? ${spec}.initContainers : [])` },
  { name: "gpu", expression: `variables.containers.filter(c, has(c.resources) && (${asked("limits")} || ${asked("requests")}))` },
];

const asked = (list: string): string => `(has(c.resources.${list}) && '${GPU}' in c.resources.${list})`;
