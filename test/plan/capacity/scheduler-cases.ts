import { ON_SYSTEM_NODES } from "#components/placement";
import type { Situation } from "#plan/capacity/capacity";
import type { EnvironmentName, Profile } from "#stacks/inputs/environments/profile";

/** Sizes that plan and scheduler judge. */
export interface Case {
  environment: EnvironmentName;
  situation: Exclude<Situation, "one zone lost">;
  /** What differs from the profile. */
  system?: Partial<Profile["cluster"]["system"]>;
  /** A Deployment beside the environment's own pods. */
  deployment?: object;
}

/** What both say. */
export interface Verdict {
  plan: { pending: boolean; nodes: Record<string, number> };
  scheduler: { reason: string | undefined; nodes: Record<string, number> };
}

const own = (replicas: number, pod: object, requests: object) => ({
  metadata: { name: "own", namespace: "own" },
  spec: {
    replicas,
    template: {
      metadata: { labels: { app: "own" } },
      spec: { ...pod, containers: [{ name: "own", resources: { requests } }] },
    },
  },
});

const requiring = (key: string, value: string) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [
        {
          matchExpressions: [
            { key, operator: "In", values: [value] },
            { key: "karpenter.sh/capacity-type", operator: "NotIn", values: ["spot"] },
          ],
        },
      ],
    },
  },
});

/** Cases by what they try. */
export const CASES = {
  "dev as it is": { environment: "dev", situation: "at rest" },
  "dev with all autoscalers at their maximum": { environment: "dev", situation: "autoscalers at most" },
  // At rest they are full to the last 17 of 3,860 thousandths of a CPU, and the order of the pods decides.
  "a release of dev with yesterday's system nodes": { environment: "dev", situation: "one release", system: { min: 2 } },
  "one node for all of dev": { environment: "dev", situation: "at rest", system: { instanceType: "c7i.xlarge", min: 1 } },
  // The only pod that finds no node: which of several the scheduler says first, nobody knows.
  "too little memory": {
    environment: "dev",
    situation: "at rest",
    deployment: own(1, ON_SYSTEM_NODES, { cpu: "1m", memory: "8Gi" }),
  },
  "staging as it is": { environment: "staging", situation: "one release" },
  "pods that require a zone and a way to buy their nodes": {
    environment: "dev",
    situation: "at rest",
    deployment: own(4, { affinity: requiring("topology.kubernetes.io/zone", "eu-north-1b") }, { cpu: "1500m", memory: "1Gi" }),
  },
  "pods that require a zone without nodes": {
    environment: "dev",
    situation: "at rest",
    deployment: own(1, { affinity: requiring("topology.kubernetes.io/zone", "eu-north-1d") }, { cpu: "1m", memory: "1Mi" }),
  },
  "too many pods": {
    environment: "dev",
    situation: "at rest",
    system: { instanceType: "t3.xlarge", min: 2 },
    deployment: own(180, ON_SYSTEM_NODES, { cpu: "0", memory: "0" }),
  },
} as const satisfies Record<string, Case>;
