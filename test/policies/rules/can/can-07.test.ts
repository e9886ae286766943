import { describeRule } from "../../harness.ts";
import { release } from "./samples.ts";

describeRule("CAN-07", [
  {
    ...release,
    what: "a release that hangs on a version that never becomes ready",
    change: (inputs) => delete inputs.spec.progressDeadlineAbort,
    says: "workloads-prod/fraud-rollout: 'spec.progressDeadlineAbort' must be true, got 'false'",
    unknown: "spec.progressDeadlineAbort",
  },
  {
    ...release,
    what: "a deadline of a day",
    change: (inputs) => (inputs.spec.progressDeadlineSeconds = 86_400),
    says: "workloads-prod/fraud-rollout: 'spec.progressDeadlineSeconds' must be at most 3600, got '86400'",
  },
  {
    ...release,
    what: "a window in which a version that was thrown out is promoted at once",
    change: (inputs) => (inputs.spec.rollbackWindow = { revisions: 3 }),
    says: "workloads-prod/fraud-rollout: 'spec.rollbackWindow.revisions' must be left out, got '3'",
  },
  {
    ...release,
    what: "aborted ReplicaSets that switch the deadline off for long",
    change: (inputs) => delete inputs.spec.revisionHistoryLimit,
    says: "workloads-prod/fraud-rollout: 'spec.revisionHistoryLimit' must be at most 5, got '10'",
  },
]);
