import { describeRule } from "../../harness.ts";
import { cluster } from "./samples.ts";

describeRule("EKS-06", [
  {
    ...cluster,
    what: "a config map that lets people in",
    change: (inputs) => (inputs.accessConfig.authenticationMode = "API_AND_CONFIG_MAP"),
    says: "platform-prod/cluster: 'accessConfig.authenticationMode' must be API, got 'API_AND_CONFIG_MAP'",
    unknown: "accessConfig.authenticationMode",
  },
  {
    ...cluster,
    what: "what AWS does when nobody says how people come in",
    change: (inputs) => delete inputs.accessConfig.authenticationMode,
    says: "platform-prod/cluster: 'accessConfig.authenticationMode' must be API, got 'CONFIG_MAP'",
  },
  {
    ...cluster,
    what: "a creator who is administrator for ever",
    environment: "dev",
    change: (inputs) => delete inputs.accessConfig.bootstrapClusterCreatorAdminPermissions,
    says: "platform-dev/cluster: 'accessConfig.bootstrapClusterCreatorAdminPermissions' must be false, got 'true'",
    unknown: "accessConfig.bootstrapClusterCreatorAdminPermissions",
  },
]);
