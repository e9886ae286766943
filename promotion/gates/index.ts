import { approvals } from "./approvals.ts";
import { backup } from "./backup.ts";
import { capacity } from "./capacity.ts";
import { drift } from "./drift.ts";
import { evaluation } from "./evaluation.ts";
import type { Gate } from "./gate.ts";
import { hold } from "./hold.ts";
import { policies } from "./policies.ts";
import { quotas } from "./quotas.ts";
import { signature } from "./signature.ts";
import { soak } from "./soak.ts";
import { stateful } from "./stateful.ts";
import { unmoved } from "./unmoved.ts";
import { window } from "./window.ts";

/** Every gate, in the order in which they are shown. Each is a file; a team adds its own as a file and a line. */
export const GATES: readonly Gate[] = [
  hold,
  signature,
  soak,
  evaluation,
  policies,
  drift,
  stateful,
  unmoved,
  capacity,
  quotas,
  backup,
  window,
  approvals,
];
