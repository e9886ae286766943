import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";
import { PROJECT } from "#promotion/program";
import { RELEASES } from "#stacks/inputs/files";
import { type Phase, phase } from "../phase.ts";
import { controllers, controlPlane } from "../phases/cluster.ts";
import { destroy, protection } from "../phases/destroy.ts";
import { firstAnswer, foundation, platform, workloads } from "../phases/layers.ts";
import { modelsIn } from "../phases/models.ts";
import { policyPack } from "../phases/policies.ts";
import { project } from "../phases/project.ts";
import { type Beside, secretsWith } from "../phases/secrets.ts";
import { jobSecrets, PEOPLE, sharedIn } from "./shared.ts";

/** What takes days takes seconds here (`promotion/pace.ts`); gates and ledger show what counted. */
const PACE = { soakHours: 20 / 3600, window: "always" } as const;

/** Says how commands find this environment, and waits until the story is over. */
const promotion = phase({
  name: "promotion",
  summary: "waits while versions are promoted from one environment to the next",
  needs: ["control-plane", "project", "workloads"],
  run: async ({ environment, inside, workspace, cluster }) => {
    Object.assign(workspace.environment, {
      [PROJECT]: workspace.project,
      // A person releases what the repository of the story says; the rehearsal has its own copy.
      MILLRACE_RELEASES: join(PROJECT_FOLDER, RELEASES),
      MILLRACE_POLICY_CONFIG: policyPack(environment, workspace.folder).config,
      MILLRACE_PROMOTION_PACE: JSON.stringify(PACE),
    });
    cluster.writeEnv(workspace.environment);
    // A pod without a node ends the story at once.
    await Promise.race([inside.pause(), once(cluster.trouble, "abort")]);
    return { detail: "the story is over" };
  },
});

/** Variable with the folder that the environments of a promotion share. */
export const SHARED = "MILLRACE_REHEARSAL_SHARED";

/** Secrets of people and jobs, and what a promotion has written. The keys lie there too: a person's key is no secret to itself. */
function ofPromotion(): Beside {
  const shared = sharedIn(process.env[SHARED]!);
  const keys = PEOPLE.map((person) => readFileSync(shared.keyOf(person), "utf8").split("\n")[1]!);
  return {
    secrets: [...keys, ...Object.values(jobSecrets(shared))],
    folders: [shared.ledger, shared.repository, join(shared.folder, "outputs"), join(shared.folder, "records")],
    names: { secrets: "keys of people, variables of a job", folders: "plans, outputs, comments and ledger" },
  };
}

/** Phases of an environment that takes part in a promotion: it comes up, waits while the story is told, and is destroyed. */
export const PROMOTION_PHASES: readonly Phase[] = [
  controlPlane,
  project,
  foundation,
  platform,
  controllers,
  modelsIn((environment) => sharedIn(process.env[SHARED]!).store(environment)),
  workloads,
  firstAnswer,
  promotion,
  secretsWith(ofPromotion),
  protection,
  destroy,
];
