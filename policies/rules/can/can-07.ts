import { unless } from "../../findings.ts";
import { ROLLOUT } from "../../kubernetes/types.ts";
import { flag, numberOr } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

/** `history`: most old ReplicaSets. `seconds`: longest time in which a version becomes ready. */
const ENDS = { history: 5, seconds: 3600 };

/**
 * Measured with Argo Rollouts 1.9.1: an aborted ReplicaSet keeps a mark that switches the progress deadline off for as long as the
 * ReplicaSet exists, so that a version that never became ready hung on; a short history ends that. With a `rollbackWindow`, a version
 * that had been thrown out was promoted at once when it came back: the window counts ReplicaSets, not versions that were stable.
 */
export const CAN_07 = rule<typeof ENDS>({
  id: "CAN-07",
  title: "A version that never becomes ready is aborted, and no version becomes stable without a measurement",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["NIST AI RMF MANAGE 2.4"],
  remediation:
    "Set `progressDeadlineAbort: true`, `progressDeadlineSeconds` to twice the time that a model takes to load, and `revisionHistoryLimit: 0`. Leave `rollbackWindow` out.",
  parameters: { dev: ENDS, staging: ENDS, prod: ENDS },
  types: [ROLLOUT],
  check: ({ inputs }, { history, seconds }) => {
    // Argo Rollouts' defaults.
    const aborts = flag(inputs, "spec", "progressDeadlineAbort") ?? false;
    const deadline = numberOr(600, inputs, "spec", "progressDeadlineSeconds");
    const kept = numberOr(10, inputs, "spec", "revisionHistoryLimit");
    const window = numberOr(0, inputs, "spec", "rollbackWindow", "revisions");
    const paused = flag(inputs, "spec", "paused") === true;
    return [
      ...unless(!paused, { property: "spec.paused", got: "true", want: "left out: no release goes on, nor back" }),
      ...unless(aborts, { property: "spec.progressDeadlineAbort", got: "false", want: "true" }),
      ...unless(deadline <= seconds, {
        property: "spec.progressDeadlineSeconds",
        got: String(deadline),
        want: `at most ${seconds}`,
      }),
      ...unless(window === 0, { property: "spec.rollbackWindow.revisions", got: String(window), want: "left out" }),
      ...unless(kept <= history, { property: "spec.revisionHistoryLimit", got: String(kept), want: `at most ${history}` }),
    ];
  },
});
