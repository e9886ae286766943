import { describeRule } from "../../harness.ts";
import { cluster } from "./samples.ts";

describeRule("EKS-01", [
  {
    ...cluster,
    what: "an API that answers everybody",
    environment: "dev",
    change: (inputs) => (inputs.vpcConfig.publicAccessCidrs = ["0.0.0.0/0"]),
    says: "platform-dev/cluster: 'vpcConfig.publicAccessCidrs' must be your own networks, got '0.0.0.0/0'",
    unknown: "vpcConfig.publicAccessCidrs",
  },
  {
    ...cluster,
    what: "an API that answers everybody who has IPv6",
    environment: "dev",
    change: (inputs) => inputs.vpcConfig.publicAccessCidrs.push("::/0"),
    says: "platform-dev/cluster: 'vpcConfig.publicAccessCidrs' must be your own networks, got '::/0'",
  },
  {
    ...cluster,
    what: "an API that answers a half of the internet",
    environment: "dev",
    change: (inputs) => (inputs.vpcConfig.publicAccessCidrs = ["203.0.113.0/24", "0.0.0.0/1"]),
    says: "platform-dev/cluster: 'vpcConfig.publicAccessCidrs' must be your own networks, got '0.0.0.0/1'",
  },
  {
    ...cluster,
    what: "what AWS does when nobody says who may come",
    change: (inputs) => (inputs.vpcConfig = {}),
    says: "platform-prod/cluster: 'vpcConfig.publicAccessCidrs' must be your own networks, got '0.0.0.0/0'",
    unknown: "vpcConfig",
  },
]);
