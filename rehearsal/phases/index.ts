import type { Phase } from "../phase.ts";
import type { PhaseName } from "../results.ts";
import { access } from "./access.ts";
import { badObjects } from "./admission.ts";
import { controllers, controlPlane } from "./cluster.ts";
import { destroy, protection } from "./destroy.ts";
import { handOver } from "./hand-over.ts";
import { killPoints } from "./kill-points.ts";
import { firstAnswer, foundation, platform, previewAgain, workloads } from "./layers.ts";
import { models } from "./models.ts";
import { monitoring } from "./monitoring.ts";
import { badChanges } from "./policies.ts";
import { project } from "./project.ts";
import { badRelease, goodRelease } from "./releases.ts";
import { runbooks } from "./runbooks.ts";
import { scenarios } from "./scenarios.ts";
import { secondTeam } from "./second-team.ts";
import { secrets } from "./secrets.ts";
import { tracking } from "./tracking.ts";
import { gpusReturned, training } from "./training.ts";

/** All phases of a rehearsal, in the order in which they run. The tools are found or built before them, by whoever starts it. */
export const PHASES: readonly Phase[] = [
  controlPlane,
  project,
  foundation,
  platform,
  controllers,
  models,
  tracking,
  workloads,
  firstAnswer,
  secondTeam,
  training,
  previewAgain,
  badChanges,
  badObjects,
  access,
  goodRelease,
  badRelease,
  monitoring,
  gpusReturned,
  ...scenarios,
  runbooks,
  killPoints,
  secrets,
  protection,
  destroy,
  handOver,
];

/** Whether a word is the name of a phase. */
export const isPhaseName = (word: string): word is PhaseName => PHASES.some(({ name }) => name === word);
