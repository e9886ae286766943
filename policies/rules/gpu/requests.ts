import { QUEUE } from "../../kubernetes/labels.ts";
import { labelsOf } from "../../kubernetes/objects.ts";
import { CRON_JOB } from "../../kubernetes/types.ts";
import { containersOf, type Pod, podsOf } from "../../kubernetes/workloads.ts";
import { type Bag, bag, bags, hasKey, number, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import type { Admission } from "../../rule.ts";
import { GPU } from "./pools.ts";

const JOB = "kubernetes:batch/v1:Job";
export const JOB_SET = "kubernetes:jobset.x-k8s.io/v1alpha2:JobSet";

/** Workloads that end, and that a queue can admit. */
export const JOBS: readonly string[] = [JOB, CRON_JOB, JOB_SET];

/** A container's request for one of NVIDIA's resources: whole GPUs, or slices of one. */
export interface GpuRequest {
  /** Path of the container's resources. */
  path: string;
  /** Name of the resource, for example `nvidia.com/gpu`. */
  name: string;
  request: string | undefined;
  limit: string | undefined;
}

export function gpuRequests(pod: Pod): GpuRequest[] {
  return containersOf(pod).flatMap(({ path, container }) => {
    const [requests, limits] = [bag(container, "resources", "requests"), bag(container, "resources", "limits")];
    const names = new Set([...Object.keys(requests), ...Object.keys(limits)].filter((name) => name.startsWith("nvidia.com/")));
    return [...names]
      .map((name) => ({ path: `${path}.resources`, name, request: text(requests, name), limit: text(limits, name) }))
      .filter(({ request, limit }) => number(request ?? limit) !== 0);
  });
}

export const asksForGpus = (workload: Resource): boolean => podsOf(workload).some((pod) => gpuRequests(pod).length > 0);

/** Labels that the queue reads: for a CronJob those of the jobs that it makes. */
const jobLabels = (job: Resource): Bag =>
  job.type === CRON_JOB ? bag(job.inputs, "spec", "jobTemplate", "metadata", "labels") : labelsOf(job);

export const isQueued = (workload: Resource): boolean => hasKey(jobLabels(workload), QUEUE);

/** A job that trains: it asks for GPUs, or goes through a queue. Other jobs, a migration for example, have rules of their own. */
export const isTraining = (workload: Resource): boolean =>
  JOBS.includes(workload.type) && (isQueued(workload) || asksForGpus(workload));

/** A `JobSpec` (Kubernetes API reference) and where it stands. */
export interface JobSpec {
  path: string;
  spec: Bag;
}

/** `JobSpec`s of a workload: a JobSet has several. */
export function jobSpecs({ type, inputs }: Resource): JobSpec[] {
  switch (type) {
    case JOB:
      return [{ path: "spec", spec: bag(inputs, "spec") }];
    case CRON_JOB:
      return [{ path: "spec.jobTemplate.spec", spec: bag(inputs, "spec", "jobTemplate", "spec") }];
    case JOB_SET:
      return bags(inputs, "spec", "replicatedJobs").map((job, index) => ({
        path: `spec.replicatedJobs[${index}].template.spec`,
        spec: bag(job, "template", "spec"),
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
