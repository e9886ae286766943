import { type Fault, together, unless } from "../../findings.ts";
import { namespaceOf } from "../../kubernetes/objects.ts";
import { ROLLOUT } from "../../kubernetes/types.ts";
import { type Pod, podsOf, WORKLOAD_PATCHES, WORKLOADS } from "../../kubernetes/workloads.ts";
import { bags, flag, isSet, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";

const PRIORITY_CLASS = "kubernetes:scheduling.k8s.io/v1:PriorityClass";

/** Kubernetes' own priorities, which push out everything else (Kubernetes documentation, "Guaranteed scheduling for critical add-on pods"). */
const OF_SYSTEM = /^system-(node|cluster)-critical$/;

/** Taint of the nodes on which controllers run. */
const SYSTEM_TAINT = "CriticalAddonsOnly";

export const K8S_10 = rule({
  id: "K8S-10",
  title: "Pods leave the cluster's system its nodes and its priority, and let the scheduler place them",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["NIST SP 800-190 4.3.5"],
  remediation:
    "Name the key of each taint that a pod tolerates. Leave out `nodeName` and Kubernetes' own priority classes, and give no class of your own to all pods.",
  types: [...WORKLOADS, ...WORKLOAD_PATCHES, PRIORITY_CLASS],
  check: (resource) =>
    resource.type === PRIORITY_CLASS
      ? unless(flag(resource.inputs, "globalDefault") !== true, {
          property: "globalDefault",
          got: "true",
          want: "false: pods without a class would push out others",
        })
      : together(podsOf(resource).map((pod) => () => placement(resource, pod))),
});

function placement(resource: Resource, { path, spec }: Pod): Fault[] {
  const priority = text(spec, "priorityClassName") ?? "";
  // An agent runs on every node, whatever its taint.
  const isAgent = resource.type.startsWith("kubernetes:apps/v1:DaemonSet");
  const keys = bags(spec, "tolerations").map((each) => text(each, "key") ?? "");
  return [
    ...keys.flatMap((key, index) =>
      unless(isAgent || key !== "", {
        property: `${path}.tolerations[${index}].key`,
        got: "nothing, which is every taint",
        want: "the key of one taint",
      }),
    ),
    ...keys.flatMap((key, index) =>
      unless(resource.type !== ROLLOUT || key !== SYSTEM_TAINT, {
        property: `${path}.tolerations[${index}].key`,
        got: key,
        want: "the taint of other nodes than those of the cluster's controllers",
      }),
    ),
    ...unless(!isSet(spec, "nodeName"), { property: `${path}.nodeName`, got: "a node by its name", want: "left out" }),
    ...unless(!OF_SYSTEM.test(priority) || namespaceOf(resource) === "kube-system", {
      property: `${path}.priorityClassName`,
      got: priority,
      want: "a class of your own, outside of kube-system",
    }),
  ];
}
