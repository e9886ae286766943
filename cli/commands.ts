import type { Command } from "commander";
import { auditCommand } from "./audit.ts";
import { chartsCommand } from "./charts.ts";
import { completionCommand } from "./completion.ts";
import { doctorCommand } from "./doctor.ts";
import { driftCommand } from "./drift.ts";
import { planCommand } from "./plan.ts";
import { promoteCommand } from "./promote.ts";
import { rehearseCommand } from "./rehearse.ts";
import { releaseCommand } from "./release.ts";
import { serveCommand } from "./serve.ts";
import { stateCommand } from "./state.ts";
import { toolsCommand } from "./tools.ts";
import { trackingCommand } from "./tracking.ts";

/** What adds each command to the program, in the order in which help shows them. */
export const COMMANDS: readonly ((program: Command) => void)[] = [
  planCommand,
  rehearseCommand,
  doctorCommand,
  releaseCommand,
  promoteCommand,
  serveCommand,
  auditCommand,
  stateCommand,
  driftCommand,
  trackingCommand,
  toolsCommand,
  chartsCommand,
  completionCommand,
];
