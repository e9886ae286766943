import type { RuleGroup } from "./rule.ts";

/** What every release depends on. */
export const mesh: RuleGroup = {
  name: "millrace-mesh",
  rules: [
    {
      alert: "MeshControlPlaneDown",
      // Argo Rollouts goes on without it and stops the old pods, to which the gateway then still sends their share.
      expr: 'absent(up{job="istiod"} == 1)',
      for: "2m",
      labels: { severity: "critical", category: "infrastructure" },
      annotations: {
        summary: "The mesh has no control plane",
        description: "No istiod has answered for 2 minutes. Traffic goes on as it was; a release must not.",
      },
    },
  ],
};
