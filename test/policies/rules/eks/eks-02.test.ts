import { describeRule } from "../../harness.ts";
import { cluster } from "./samples.ts";

describeRule("EKS-02", [
  {
    ...cluster,
    what: "a public API in prod",
    change: (inputs) => (inputs.vpcConfig.endpointPublicAccess = true),
    says: "platform-prod/cluster: 'vpcConfig.endpointPublicAccess' must be false, got 'true'",
    unknown: "vpcConfig.endpointPublicAccess",
  },
  {
    ...cluster,
    what: "nodes that reach the API through the internet",
    environment: "dev",
    change: (inputs) => delete inputs.vpcConfig.endpointPrivateAccess,
    says: "platform-dev/cluster: 'vpcConfig.endpointPrivateAccess' must be true, got 'false'",
    unknown: "vpcConfig.endpointPrivateAccess",
  },
]);
