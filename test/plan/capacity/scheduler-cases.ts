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

const small = (replicas: number, pod: object, requests: object) => ({
  metadata: { name: "own", namespace: "own" },
  spec: {
    replicas,
    template: {
      metadata: { labels: { app: "own" } },
      spec: { ...pod, containers: [{ name: "own", resources: { requests } }] },
    },
  },
});

/** Cases by what they try. */
export const CASES = {
  "dev as it is": { environment: "dev", situation: "at rest" },
  "dev with all autoscalers at their maximum": { environment: "dev", situation: "autoscalers at most" },
  "dev with yesterday's system nodes": { environment: "dev", situation: "at rest", system: { min: 2 } },
  "dev with too little memory": { environment: "dev", situation: "at rest", system: { instanceType: "c7i.xlarge", min: 1 } },
  "staging as it is": { environment: "staging", situation: "one release" },
  "too many pods": {
    environment: "dev",
    situation: "at rest",
    deployment: small(330, ON_SYSTEM_NODES, { cpu: "0", memory: "0" }),
  },
} as const satisfies Record<string, Case>;
