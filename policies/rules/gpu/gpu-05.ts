import { type Fault, together, unless } from "../../findings.ts";
import { type Pod, podsOf } from "../../kubernetes/workloads.ts";
import { bags, isSet, number, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { gpuContainers, isTraining, JOB_SET, JOBS, type JobSpec, jobSpecs } from "./requests.ts";

/** More retries only cost money: a job that failed three times has a fault in its program. */
const MOST_RETRIES = 3;

export const GPU_05 = rule({
  id: "GPU-05",
  title: "A training job has a deadline, few retries and a time after which it is removed; on spot nodes it keeps checkpoints",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation: `Set \`activeDeadlineSeconds\`, \`ttlSecondsAfterFinished\` and \`backoffLimit\` of at most ${MOST_RETRIES}. On spot nodes mount a volume that outlives the pod, or name a store in an environment variable with CHECKPOINT.`,
  peers: ["kube-linter job-ttl-seconds-after-finished"],
  types: JOBS,
  check: (job) =>
    isTraining(job)
      ? together(
          jobSpecs(job).map((each) => () => ends(job, each)),
          () => removed(job),
          podsOf(job).map((pod) => () => keepsCheckpoints(pod)),
        )
      : [],
  admission: {
    objects: [{ apiGroups: ["batch"], apiVersions: ["v1"], resources: ["jobs"] }],
    variables: gpuContainers("object.spec.template.spec"),
    validations: [
      {
        expression:
          "variables.gpu.size() == 0 || (has(object.spec.activeDeadlineSeconds) && has(object.spec.ttlSecondsAfterFinished))",
        message: "a Job that asks for GPUs must have activeDeadlineSeconds and ttlSecondsAfterFinished",
      },
      {
        expression: `variables.gpu.size() == 0 || (has(object.spec.backoffLimit) && object.spec.backoffLimit <= ${MOST_RETRIES})`,
        message: `a Job that asks for GPUs must have a backoffLimit of at most ${MOST_RETRIES}`,
      },
    ],
  },
});

const limited = (holds: boolean, property: string): Fault[] =>
  unless(holds, { property, got: "nothing", want: "set, in seconds" });

function ends({ type }: Resource, { path, spec }: JobSpec): Fault[] {
  // An indexed Job counts the retries of each of its pods by themselves.
  const retries = number(spec, "backoffLimitPerIndex") ?? number(spec, "backoffLimit");
  return [
    ...limited(isSet(spec, "activeDeadlineSeconds"), `${path}.activeDeadlineSeconds`),
    ...limited(type === JOB_SET || isSet(spec, "ttlSecondsAfterFinished"), `${path}.ttlSecondsAfterFinished`),
    ...unless(retries !== undefined && retries <= MOST_RETRIES, {
      property: `${path}.backoffLimit`,
      got: shown(retries),
      want: `at most ${MOST_RETRIES}`,
    }),
  ];
}

/** A JobSet is removed as a whole. */
const removed = ({ type, inputs }: Resource): Fault[] =>
  limited(type !== JOB_SET || isSet(inputs, "spec", "ttlSecondsAfterFinished"), "spec.ttlSecondsAfterFinished");

const LASTING = ["persistentVolumeClaim", "csi", "nfs"];

function keepsCheckpoints({ path, spec }: Pod): Fault[] {
  const spot =
    text(spec, "nodeSelector", "karpenter.sh/capacity-type") === "spot" ||
    text(spec, "nodeSelector", "eks.amazonaws.com/capacityType") === "SPOT";
  if (!spot) {
    return [];
  }
  const volume = bags(spec, "volumes").some((each) => LASTING.some((kind) => isSet(each, kind)));
  const store = bags(spec, "containers")
    .flatMap((container) => bags(container, "env"))
    .some((variable) => /CHECKPOINT/.test(text(variable, "name") ?? ""));
  return unless(volume || store, {
    property: `${path}.volumes`,
    got: "no lasting volume",
    want: "a list with a lasting volume for checkpoints",
  });
}
