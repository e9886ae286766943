import { LABELS, SYSTEM_POOL } from "./labels.ts";
import { anyObject, anyText, fields, listOf, mapOf, oneOf, optional, text } from "./shape.ts";

/** A toleration as Kubernetes writes it; without a key it tolerates every taint. */
export interface Toleration {
  key?: string;
  operator?: "Exists" | "Equal";
  value?: string;
  effect?: "NoSchedule" | "NoExecute" | "PreferNoSchedule";
}

/** Where the pods of a component run, and which pods they may push aside. Chart values and pod specs take it as it is. */
export interface Placement {
  nodeSelector?: Record<string, string>;
  tolerations?: Toleration[];
  affinity?: object;
  /** Name of a PriorityClass that exists already. @default - none: priority 0 */
  priorityClassName?: string;
}

export const placement = fields<Placement>({
  nodeSelector: optional(mapOf(anyText)),
  tolerations: optional(
    listOf(
      fields<Toleration>({
        key: optional(text),
        operator: optional(oneOf("Exists", "Equal")),
        value: optional(anyText),
        effect: optional(oneOf("NoSchedule", "NoExecute", "PreferNoSchedule")),
      }),
    ),
  ),
  affinity: optional(anyObject),
  priorityClassName: optional(text),
});

/**
 * Taint of the system nodes. Its key is the field's own: the charts and add-ons that a cluster cannot do without tolerate it by
 * default (Karpenter's chart, CoreDNS, the EBS driver).
 */
export const SYSTEM_TAINT = { key: "CriticalAddonsOnly", value: "true", effect: "NoSchedule" } as const;

/** PriorityClass of the platform's pods: below Kubernetes' own, above every pod of a team. */
export const PLATFORM_PRIORITY = "millrace-platform";

/** PriorityClasses that a team's pods may not name: with one of them a pod would push the platform off its nodes. */
export const RESERVED_PRIORITIES = ["system-cluster-critical", "system-node-critical", PLATFORM_PRIORITY] as const;

const TOLERATIONS: Toleration[] = [{ key: SYSTEM_TAINT.key, operator: "Exists", effect: "NoSchedule" }];

/**
 * On the system nodes and nowhere else: also a replica that an autoscaler adds waits rather than stand on a node that Karpenter may take
 * away. So the system nodes must hold the platform with all autoscalers at their maximum, and a plan refuses sizes that do not.
 */
export const ON_SYSTEM_NODES = {
  nodeSelector: { [LABELS.pool]: SYSTEM_POOL },
  tolerations: TOLERATIONS,
  priorityClassName: PLATFORM_PRIORITY,
} as const satisfies Placement;

/** Requests of a container, with a limit of memory and none of CPU: a container that may not use idle CPU is slow for nothing. */
export const sized = (cpu: string, memory: string, memoryLimit: string) => ({
  requests: { cpu, memory },
  limits: { memory: memoryLimit },
});
