import type { Resource } from "../resource.ts";
import { type Fault, levels, type Rule, rule, stackRule } from "../rule.ts";
import { trainingEnds } from "./gpu-jobs.ts";
import { instanceTypes, upperBound } from "./gpu-nodes.ts";
import { CLUSTER_QUEUES, GPU, isGpuGroup, isGpuPool, NODE_GROUP, NODE_POOL } from "./gpu-pools.ts";
import { type GpuRequest, gpuContainers, gpuRequests, isQueued, QUEUE } from "./gpu-requests.ts";
import { PODS } from "./pod-expressions.ts";
import { type Pod, podsOf, WORKLOADS } from "./workloads.ts";

const taintAndToleration = rule({
  id: "GPU-01",
  title: "GPU nodes keep other pods off, and pods that ask for GPUs ask for whole ones and may stand there",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation: `Taint the pool with \`${GPU}=true:NoSchedule\`; give the pod a toleration of the key, and the same whole number in requests and limits.`,
  peers: ["kyverno check-nvidia-gpu"],
  types: [NODE_POOL, NODE_GROUP, ...WORKLOADS],
  check: (resource) => {
    switch (resource.type) {
      case NODE_POOL:
        return isGpuPool(resource) ? tainted("spec.template.spec.taints", resource.inputs.spec.template.spec.taints) : [];
      case NODE_GROUP:
        return isGpuGroup(resource) ? tainted("taints", resource.inputs.taints) : [];
      default:
        return podsOf(resource).flatMap((pod) => fittingPod(resource, pod));
    }
  },
  admission: {
    // A queue has added the toleration by the time at which a job's pods are made.
    objects: [PODS],
    variables: [
      ...gpuContainers("object.spec"),
      {
        name: "tolerant",
        expression: `has(object.spec.tolerations) && object.spec.tolerations.exists(t, (has(t.key) && t.key == '${GPU}') || ((!has(t.key) || t.key == '') && has(t.operator) && t.operator == 'Exists'))`,
      },
    ],
    validations: [
      {
        expression: `variables.gpu.all(c, has(c.resources.limits) && '${GPU}' in c.resources.limits && (!has(c.resources.requests) || !('${GPU}' in c.resources.requests) || string(c.resources.requests['${GPU}']) == string(c.resources.limits['${GPU}'])))`,
        message: `a container must ask for ${GPU} in its limits, and for no other number in its requests`,
      },
      {
        expression: "variables.gpu.size() == 0 || variables.tolerant",
        message: `a pod that asks for GPUs must tolerate ${GPU}; a job in a queue is given the toleration`,
      },
    ],
  },
});

/** Karpenter and Kubernetes say `NoSchedule`, EKS `NO_SCHEDULE`. */
const KEEPS_OFF = ["NoSchedule", "NoExecute", "NO_SCHEDULE", "NO_EXECUTE"];

function tainted(property: string, taints: { key: string; effect: string }[] = []): Fault[] {
  const got = taints.map(({ key, effect }) => `${key}:${effect}`).join(", ") || "nothing";
  return taints.some(({ key, effect }) => key === GPU && KEEPS_OFF.includes(effect))
    ? []
    : [{ property, got, want: `a list with ${GPU}:NoSchedule` }];
}

function fittingPod(workload: Resource, pod: Pod): Fault[] {
  const requests = gpuRequests(pod);
  if (requests.length === 0) {
    return [];
  }
  const tolerations: any[] = pod.spec.tolerations ?? [];
  // The flavor of a queue adds node labels and toleration when it admits the job; a job that brought its own would pass the queue by.
  const placed = isQueued(workload) || QUEUE in (pod.metadata.labels ?? {}) || tolerations.some(tolerates);
  return [
    ...requests.flatMap(wholeNumber),
    ...(placed ? [] : [{ property: `${pod.path}.tolerations`, got: "nothing", want: `a list with one of ${GPU}` }]),
  ];
}

const tolerates = ({
  key = "",
  operator = "Equal",
  effect = "",
}: {
  key?: string;
  operator?: string;
  effect?: string;
}): boolean => (key === GPU || (key === "" && operator === "Exists")) && ["", "NoSchedule"].includes(effect);

function wholeNumber({ path, name, request, limit }: GpuRequest): Fault[] {
  if (limit === undefined) {
    return [{ property: `${path}.limits.${name}`, got: "nothing", want: `${request}, the same as the request` }];
  }
  if (!/^\d+$/.test(limit)) {
    return [{ property: `${path}.limits.${name}`, got: limit, want: "a whole number" }];
  }
  return request === undefined || request === limit
    ? []
    : [{ property: `${path}.requests.${name}`, got: request, want: `${limit}, the same as the limit` }];
}

/** Labels of namespaces that belong to a team. */
interface TeamLabels {
  labels: string[];
}

const MILLRACE_TEAMS: TeamLabels = { labels: ["millrace.dev/team", "millrace.dev/serves"] };

const teamQuota = stackRule<TeamLabels>({
  id: "GPU-04",
  title: "A team's GPUs are counted: by a quota of its namespace, or by a queue that lends it a finite number",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation: `Give the namespace a ResourceQuota with \`requests.${GPU}\`, or its ClusterQueue a \`nominalQuota\` and a \`borrowingLimit\`.`,
  peers: ["KSV-0040"],
  parameters: { dev: MILLRACE_TEAMS, staging: MILLRACE_TEAMS, prod: MILLRACE_TEAMS },
  relate: (resources, { labels }) =>
    resources
      .filter(({ type, inputs }) => type === "kubernetes:core/v1:Namespace" && labels.some((label) => label in labelsOf(inputs)))
      .filter((namespace) => !resources.some((each) => counts(each, namespace)))
      .map((resource) => ({
        resource,
        property: `quota of ${GPU}`,
        got: "nothing",
        want: `a ResourceQuota with requests.${GPU}, or a ClusterQueue with a finite borrowingLimit`,
      })),
});

const labelsOf = (inputs: any): Record<string, string> => inputs.metadata?.labels ?? {};

function counts({ type, inputs }: Resource, { inputs: namespace }: Resource): boolean {
  if (type === "kubernetes:core/v1:ResourceQuota") {
    return inputs.metadata?.namespace === namespace.metadata.name && `requests.${GPU}` in (inputs.spec?.hard ?? {});
  }
  if (!CLUSTER_QUEUES.includes(type)) {
    return false;
  }
  const { cohortName, cohort, namespaceSelector, resourceGroups = [] } = inputs.spec;
  const wanted = Object.entries<string>(namespaceSelector?.matchLabels ?? {});
  const shares: any[] = resourceGroups
    .flatMap(({ flavors }: any) => flavors)
    .flatMap(({ resources }: any) => resources)
    .filter(({ name }: any) => name === GPU);
  const alone = (cohortName ?? cohort) === undefined;
  return (
    wanted.length > 0 &&
    wanted.every(([key, value]) => labelsOf(namespace)[key] === value) &&
    shares.length > 0 &&
    shares.every((share) => "nominalQuota" in share && (alone || "borrowingLimit" in share))
  );
}

export const GPUS: readonly Rule[] = [taintAndToleration, instanceTypes, upperBound, teamQuota, trainingEnds];
