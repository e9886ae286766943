import { describeRule } from "../../harness.ts";
import { cluster } from "./samples.ts";

describeRule("EKS-07", [
  {
    ...cluster,
    what: "a cluster that anybody deletes by mistake",
    change: (inputs) => (inputs.deletionProtection = false),
    says: "platform-prod/cluster: 'deletionProtection' must be true, got 'false'",
    unknown: "deletionProtection",
  },
  {
    ...cluster,
    what: "what AWS does when nobody says anything",
    environment: "staging",
    change: (inputs) => delete inputs.deletionProtection,
    says: "platform-staging/cluster: 'deletionProtection' must be true, got 'false'",
  },
]);
