import { describeRule } from "../../harness.ts";
import { cluster } from "./samples.ts";

describeRule("EKS-03", [
  {
    ...cluster,
    what: "secrets under a key of AWS",
    change: (inputs) => delete inputs.encryptionConfig.provider.keyArn,
    says: "platform-prod/cluster: 'encryptionConfig.provider.keyArn' must be a key of your own, got 'nothing'",
    unknown: "encryptionConfig.provider.keyArn",
  },
  {
    ...cluster,
    what: "no encryption at all",
    change: (inputs) => delete inputs.encryptionConfig,
    says: "platform-prod/cluster: 'encryptionConfig.provider.keyArn' must be a key of your own, got 'nothing'",
    unknown: "encryptionConfig",
  },
  {
    ...cluster,
    what: "a key for nothing",
    change: (inputs) => (inputs.encryptionConfig.resources = []),
    says: "platform-prod/cluster: 'encryptionConfig.resources' must be a list with secrets, got 'nothing'",
    unknown: "encryptionConfig.resources",
  },
]);
