import { once } from "node:events";
import { type Phase, phase } from "../phase.ts";
import { controllers, controlPlane } from "../phases/cluster.ts";
import { destroy, protection } from "../phases/destroy.ts";
import { firstAnswer, foundation, platform, workloads } from "../phases/layers.ts";
import { policyPack } from "../phases/policies.ts";
import { project } from "../phases/project.ts";
import { type Shared, sharedVariables } from "./shared.ts";

/** Phases of an environment that takes part in a promotion: it comes up, waits while the story is told, and is destroyed. */
export const phasesWith = (shared: Shared): readonly Phase[] => [
  controlPlane,
  project,
  foundation,
  platform,
  controllers,
  workloads,
  firstAnswer,
  promotion(shared),
  protection,
  destroy,
];

/** Says how commands find this environment, and waits until the story is over. */
const promotion = (shared: Shared) =>
  phase({
    name: "promotion",
    summary: "waits while versions are promoted from one environment to the next",
    needs: ["control-plane", "project", "workloads"],
    run: async ({ environment, inside, workspace, cluster }) => {
      Object.assign(workspace.environment, sharedVariables(shared, environment), {
        MILLRACE_PROJECT: workspace.project,
        MILLRACE_POLICY_CONFIG: policyPack(environment, workspace.folder).config,
      });
      cluster.writeEnv(workspace.environment);
      // A pod without a node ends the story at once.
      await Promise.race([inside.pause(), once(cluster.trouble, "abort")]);
      return { detail: "the story is over" };
    },
  });
