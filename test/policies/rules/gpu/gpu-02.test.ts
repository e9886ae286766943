import { describeRule } from "../../harness.ts";
import { GROUP, pool, type } from "./samples.ts";

const SINGLE = "g4dn.xlarge, g5.xlarge, g6.xlarge, g6e.xlarge, g7e.2xlarge";

describeRule("GPU-02", [
  {
    ...pool("training"),
    environment: "dev",
    what: "eight GPUs in dev",
    change: type("p5.48xlarge"),
    says: `platform-dev/training: 'spec.template.spec.requirements' must be one of ${SINGLE}, got 'p5.48xlarge'`,
    unknown: "spec.template.spec.requirements",
  },
  {
    ...pool("inference"),
    what: "a large type that nobody approved",
    change: type("p4d.24xlarge"),
    says: "platform-prod/inference: 'spec.template.spec.requirements' must be one of the approved large types (p5.48xlarge), got 'p4d.24xlarge'",
  },
  {
    ...pool("inference"),
    what: "a choice that is left to Karpenter",
    change: ({ spec }) =>
      (spec.template.spec.requirements[0] = { key: "karpenter.k8s.aws/instance-category", operator: "In", values: ["g", "p"] }),
    says: "platform-prod/inference: 'spec.template.spec.requirements' must be a list of instance types by name, got 'nothing'",
  },
  {
    layer: "platform",
    environment: "staging",
    what: "a node group of a large type",
    add: { type: GROUP, name: "gpus", inputs: { instanceTypes: ["m7i.large", "p5.4xlarge"] } },
    says: `platform-staging/gpus: 'instanceTypes' must be one of ${SINGLE}, g5.12xlarge, g6.12xlarge, g6e.12xlarge, got 'p5.4xlarge'`,
    unknown: "instanceTypes",
  },
]);
