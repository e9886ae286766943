import { describeRule } from "../../harness.ts";
import { cluster } from "./samples.ts";

describeRule("EKS-04", [
  {
    ...cluster,
    what: "a log less in prod",
    change: (inputs) => inputs.enabledClusterLogTypes.pop(),
    says:
      "platform-prod/cluster: 'enabledClusterLogTypes' must be a list with api, audit, authenticator, controllerManager, scheduler, " +
      "got 'api, audit, authenticator, controllerManager'",
    unknown: "enabledClusterLogTypes",
  },
  {
    ...cluster,
    what: "a cluster that writes nothing down",
    environment: "staging",
    change: (inputs) => delete inputs.enabledClusterLogTypes,
    says: "platform-staging/cluster: 'enabledClusterLogTypes' must be a list with api, audit, authenticator, got 'nothing'",
  },
  {
    ...cluster,
    what: "a cluster for trials that does not write down who came in",
    environment: "dev",
    change: (inputs) => (inputs.enabledClusterLogTypes = ["audit"]),
    says: "platform-dev/cluster: 'enabledClusterLogTypes' must be a list with audit, authenticator, got 'audit'",
  },
]);
