import { type Fault, together, unless } from "../../findings.ts";
import { CRON_JOB } from "../../kubernetes/types.ts";
import { bag, isSet, number, numberOr, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { isTraining, JOBS, type JobSpec, jobSpecs } from "../gpu/requests.ts";

interface Ends {
  /** Longest time for which a job may run, hours. */
  hours: number;
  /** Most retries; Kubernetes' own default is 6. */
  retries: number;
}
const IN_DAYS: Ends = { hours: 72, retries: 6 };

export const K8S_16 = rule<Ends>({
  id: "K8S-16",
  title: "A job ends: it has a deadline and few retries, and its next run does not start beside it",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation:
    "Set `activeDeadlineSeconds`, leave `backoffLimit` at 6 or less, and set `concurrencyPolicy: Forbid` of a CronJob, or `Replace` where a new run takes over.",
  parameters: { dev: IN_DAYS, staging: IN_DAYS, prod: IN_DAYS },
  types: JOBS,
  check: (job, bounds) =>
    together(
      () => (isTraining(job) ? [] : jobSpecs(job).flatMap((each) => endless(each, bounds))),
      () => overlapping(job),
    ),
});

/** Jobs that train have a rule of their own (GPU-05), and may run for as long as their queue lets them. */
function endless({ path, spec }: JobSpec, { hours, retries }: Ends): Fault[] {
  // The pod may have the deadline in place of the job.
  const ofPod = bag(spec, "template", "spec");
  const [holder, at] = isSet(spec, "activeDeadlineSeconds") ? [spec, path] : [ofPod, `${path}.template.spec`];
  const deadline = number(holder, "activeDeadlineSeconds");
  const most = numberOr(6, spec, "backoffLimit");
  return [
    ...unless(deadline !== undefined && deadline > 0 && deadline <= hours * 3600, {
      property: `${deadline === undefined ? path : at}.activeDeadlineSeconds`,
      got: shown(deadline),
      want: `at most ${hours * 3600}, which is ${hours} hours`,
    }),
    ...unless(most <= retries, { property: `${path}.backoffLimit`, got: shown(most), want: `at most ${retries}` }),
  ];
}

/** Two runs at once work on the same data, and a run that hangs is joined by another each night. */
function overlapping({ type, inputs }: Resource): Fault[] {
  const got = text(inputs, "spec", "concurrencyPolicy") ?? "Allow";
  return unless(type !== CRON_JOB || ["Forbid", "Replace"].includes(got), {
    property: "spec.concurrencyPolicy",
    got,
    want: "Forbid or Replace",
  });
}
