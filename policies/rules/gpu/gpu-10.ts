import { type Fault, ofEach, together } from "../../findings.ts";
import { secondsOf } from "../../kubernetes/duration.ts";
import { number, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { queuedPools } from "./pools.ts";
import { isTraining, JOBS, jobSpecs } from "./requests.ts";

interface LongestJob {
  /** Longest time that a training job may take, hours. */
  hours: number;
}

/**
 * Measured with Karpenter 1.14.1: after `expireAfter` a node's pods run until the grace period ends. Then they are stopped, even with
 * `do-not-disrupt`. Without a grace period the node waits for them.
 */
export const GPU_10 = stackRule<LongestJob>({
  id: "GPU-10",
  title: "A node at its maximum age waits until the longest training job has ended",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation:
    "Raise `spec.template.spec.terminationGracePeriod` of the NodePool to the longest job, or give the job a shorter `activeDeadlineSeconds` and let it continue from its checkpoint.",
  parameters: { dev: { hours: 12 }, staging: { hours: 24 }, prod: { hours: 72 } },
  types: JOBS,
  relate: (resources, { hours }) =>
    together(
      () => ofEach(queuedPools(resources), (pool) => hasty(pool, hours)),
      () =>
        ofEach(
          resources.filter(({ type }) => JOBS.includes(type)),
          (job) => (isTraining(job) ? tooLong(job, hours) : []),
        ),
    ),
});

function hasty(resource: Resource, hours: number): Fault[] {
  const got = text(resource.inputs, "spec", "template", "spec", "terminationGracePeriod");
  const property = "spec.template.spec.terminationGracePeriod";
  return got === undefined || secondsOf(got) >= hours * 3600
    ? []
    : [{ resource, property, got, want: `at least ${hours}h, the longest training job` }];
}

function tooLong(resource: Resource, hours: number): Fault[] {
  const most = hours * 3600;
  return jobSpecs(resource).flatMap(({ path, spec }): Fault[] => {
    const deadline = number(spec, "activeDeadlineSeconds") ?? 0;
    const want = `at most ${most}, the time for which nodes of the environment wait for a job`;
    return deadline <= most ? [] : [{ resource, property: `${path}.activeDeadlineSeconds`, got: String(deadline), want }];
  });
}
