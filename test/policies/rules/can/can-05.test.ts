import { describeRule } from "../../harness.ts";
import { release } from "./samples.ts";

describeRule("CAN-05", [
  {
    ...release,
    what: "old pods that are gone when somebody wants to go back",
    change: (inputs) => delete inputs.spec.strategy.canary.scaleDownDelaySeconds,
    says: "workloads-prod/fraud-rollout: 'spec.strategy.canary.scaleDownDelaySeconds' must be from 600 to 3600, got '30'",
    unknown: "spec.strategy.canary.scaleDownDelaySeconds",
  },
  {
    ...release,
    what: "old pods that keep their GPUs for a day",
    change: (inputs) => (inputs.spec.strategy.canary.scaleDownDelaySeconds = 86_400),
    says: "workloads-prod/fraud-rollout: 'spec.strategy.canary.scaleDownDelaySeconds' must be from 600 to 3600, got '86400'",
  },
  {
    ...release,
    what: "pods of an aborted version that stay for ever",
    change: (inputs) => (inputs.spec.strategy.canary.abortScaleDownDelaySeconds = 0),
    says: "workloads-prod/fraud-rollout: 'spec.strategy.canary.abortScaleDownDelaySeconds' must be from 10 to 60, got '0'",
  },
]);
