import { type Fault, ofEach } from "../../findings.ts";
import { QUEUE, TEAM } from "../../kubernetes/labels.ts";
import { labelsOf, nameOf } from "../../kubernetes/objects.ts";
import { NAMESPACE } from "../../kubernetes/types.ts";
import { WORKLOADS } from "../../kubernetes/workloads.ts";
import { hasKey, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { asksSomewhere, OPERATED } from "./operators.ts";
import { asksForGpus, isQueued, JOBS } from "./requests.ts";

/** How team namespaces are recognised: by a label if this stack makes them, by name if another stack does. */
interface TeamNamespaces {
  label: string;
  prefix: string;
}

const MILLRACE: TeamNamespaces = { label: TEAM, prefix: "team-" };

/** A Job with its own toleration and without the label got a GPU node and was not counted by any quota (measured with Kueue 0.18.3). */
export const GPU_09 = stackRule<TeamNamespaces>({
  id: "GPU-09",
  title: "In a team's namespace, only jobs that name a queue may ask for GPUs",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation: `Make it a Job, and label it \`${QUEUE}\` with the name of the namespace's LocalQueue. In the cluster, Millrace's \`QueueGuard\` enforces this rule.`,
  parameters: { dev: MILLRACE, staging: MILLRACE, prod: MILLRACE },
  types: [...WORKLOADS, ...JOBS, ...OPERATED, NAMESPACE],
  relate: (resources, { label, prefix }) => {
    const labelled = resources.filter((each) => each.type === NAMESPACE && hasKey(labelsOf(each), label)).map(nameOf);
    return ofEach(
      resources.filter(({ type }) => WORKLOADS.includes(type) || OPERATED.includes(type)),
      (workload) => {
        const namespace = text(workload.inputs, "metadata", "namespace");
        const ofTeam = namespace !== undefined && (labelled.includes(namespace) || namespace.startsWith(prefix));
        return ofTeam && (OPERATED.includes(workload.type) ? asksSomewhere(workload.inputs) : asksForGpus(workload))
          ? unqueued(workload)
          : [];
      },
    );
  },
});

function unqueued(resource: Resource): Fault[] {
  if (!JOBS.includes(resource.type) && !OPERATED.includes(resource.type)) {
    const kind = resource.type.split(":").at(-1) ?? "";
    return [{ resource, property: "kind", got: kind, want: "a Job that names a queue" }];
  }
  const want = "the name of a LocalQueue of the namespace";
  return isQueued(resource) ? [] : [{ resource, property: `metadata.labels.${QUEUE}`, got: "nothing", want }];
}
