import { expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const ADDON = "aws:eks/addon:Addon";

describeRule("EKS-16", [
  {
    what: "one server of names",
    layer: "platform",
    resource: "addons-after-nodes-coredns",
    change: (inputs) => (inputs.configurationValues = '{"replicaCount":1}'),
    says: "platform-prod/addons-after-nodes-coredns: 'configurationValues.replicaCount' must be at least 2, got '1'",
    unknown: "configurationValues",
  },
]);

it.each([
  ["coredns", "replicaCount: 1", 1],
  ["coredns", "replicaCount: 3", 0],
  ["coredns", undefined, 0],
  ["coredns", '{"replicaCount":1,"autoScaling":{"enabled":true,"minReplicas":2}}', 0],
  ["coredns", '{"autoScaling":{"enabled":true,"minReplicas":1}}', 1],
  ["aws-ebs-csi-driver", '{"controller":{"replicaCount":"1"}}', 1],
  ["metrics-server", '{"replicas":0}', 1],
  ["eks-pod-identity-agent", '{"replicaCount":1}', 0],
  ["coredns", "{: [", 0],
])("EKS-16 reads %s with %s", (addonName, configurationValues, count) => {
  expect(found("EKS-16", of(ADDON, "a", { addonName, configurationValues }))).toHaveLength(count);
});
