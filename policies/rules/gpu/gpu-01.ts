import { NODE_GROUP } from "../../aws/types.ts";
import { type Fault, together, unless } from "../../findings.ts";
import { QUEUE } from "../../kubernetes/labels.ts";
import { PODS } from "../../kubernetes/pod-expressions.ts";
import { NODE_POOL } from "../../kubernetes/types.ts";
import { type Pod, podsOf, WORKLOADS } from "../../kubernetes/workloads.ts";
import { type Bag, bags, hasKey, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { GPU, isGpuGroup, isGpuPool } from "./pools.ts";
import { type GpuRequest, gpuContainers, gpuRequests, isQueued } from "./requests.ts";

export const GPU_01 = rule({
  id: "GPU-01",
  title: "GPU nodes have a taint, and pods that ask for GPUs ask for whole ones and tolerate the taint",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation: `Taint the pool with \`${GPU}=true:NoSchedule\`. Give the pod a toleration of this key, and the same whole number in requests and limits.`,
  peers: ["kyverno check-nvidia-gpu"],
  types: [NODE_POOL, NODE_GROUP, ...WORKLOADS],
  check: (resource) => {
    const { inputs } = resource;
    switch (resource.type) {
      case NODE_POOL:
        return isGpuPool(resource)
          ? tainted("spec.template.spec.taints", bags(inputs, "spec", "template", "spec", "taints"))
          : [];
      case NODE_GROUP:
        return isGpuGroup(resource) ? tainted("taints", bags(inputs, "taints")) : [];
      default:
        return together(podsOf(resource).map((pod) => () => fittingPod(resource, pod)));
    }
  },
  admission: {
    // A queue adds the toleration before a job's pods are made.
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
        message: `a container that asks for GPUs must set ${GPU} in its limits, and no other number in its requests`,
      },
      {
        expression: "variables.gpu.size() == 0 || variables.tolerant",
        message: `a pod that asks for GPUs must tolerate ${GPU}: a queue adds the toleration to its jobs`,
      },
    ],
  },
});

/** Karpenter and Kubernetes say `NoSchedule`, EKS `NO_SCHEDULE`. */
const KEEPS_OFF = ["NoSchedule", "NoExecute", "NO_SCHEDULE", "NO_EXECUTE"];

function tainted(property: string, taints: readonly Bag[]): Fault[] {
  const got = taints.map((taint) => `${shown(taint["key"])}:${shown(taint["effect"])}`).join(", ") || "nothing";
  return unless(
    taints.some((taint) => text(taint, "key") === GPU && KEEPS_OFF.includes(text(taint, "effect") ?? "")),
    { property, got, want: `a list with ${GPU}:NoSchedule` },
  );
}

function fittingPod(workload: Resource, pod: Pod): Fault[] {
  const requests = gpuRequests(pod);
  if (requests.length === 0) {
    return workload.type === "kubernetes:apps/v1:DaemonSet" ? [] : idleOnGpus(pod);
  }
  // A queue's flavor adds node labels and the toleration when it admits the job. A job with its own toleration would bypass the queue.
  const placed = isQueued(workload) || hasKey(pod.metadata, "labels", QUEUE) || bags(pod.spec, "tolerations").some(tolerates);
  return [
    ...requests.flatMap(wholeNumber),
    ...unless(placed, { property: `${pod.path}.tolerations`, got: "nothing", want: `a list with a toleration of ${GPU}` }),
  ];
}

/** A pod that asks for no GPU and tolerates their nodes may keep one of them, and no quota counts it. */
const idleOnGpus = ({ path, spec }: Pod): Fault[] =>
  bags(spec, "tolerations").flatMap((toleration, index) =>
    unless(!tolerates(toleration), {
      property: `${path}.tolerations[${index}]`,
      got: `a toleration of ${text(toleration, "key") ? GPU : "every taint"}`,
      want: "left out of a pod that asks for no GPU",
    }),
  );

function tolerates(toleration: Bag): boolean {
  const key = text(toleration, "key") ?? "";
  const everyTaint = key === "" && text(toleration, "operator") === "Exists";
  return (key === GPU || everyTaint) && ["", "NoSchedule"].includes(text(toleration, "effect") ?? "");
}

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
