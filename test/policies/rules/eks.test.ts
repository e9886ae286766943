import { expect, it } from "vitest";
import { KUBERNETES } from "#components/versions";
import { RULES } from "#policies/catalogue";
import { ENVIRONMENTS } from "#policies/rule";
import { describeRule } from "../conformance.ts";

const cluster = { layer: "platform", resource: "cluster", type: "aws:eks/cluster:Cluster" } as const;

describeRule("EKS-01", [
  {
    ...cluster,
    what: "an API that answers everybody",
    environment: "dev",
    change: (inputs) => (inputs.vpcConfig.publicAccessCidrs = ["0.0.0.0/0"]),
    says: "platform-dev/cluster: 'vpcConfig.publicAccessCidrs' must be networks that you know, got '0.0.0.0/0'",
    unknown: "vpcConfig.publicAccessCidrs",
  },
  {
    ...cluster,
    what: "an API that answers everybody who has IPv6",
    environment: "dev",
    change: (inputs) => inputs.vpcConfig.publicAccessCidrs.push("::/0"),
    says: "platform-dev/cluster: 'vpcConfig.publicAccessCidrs' must be networks that you know, got '::/0'",
  },
  {
    ...cluster,
    what: "what AWS does when nobody says who may come",
    change: (inputs) => (inputs.vpcConfig = {}),
    says: "platform-prod/cluster: 'vpcConfig.publicAccessCidrs' must be networks that you know, got '0.0.0.0/0'",
    unknown: "vpcConfig",
  },
]);

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

describeRule("EKS-05", [
  {
    ...cluster,
    what: "a version out of support",
    change: (inputs) => (inputs.version = "1.31"),
    says: "platform-prod/cluster: 'version' must be one of 1.34, 1.35, 1.36, got '1.31'",
    unknown: "version",
  },
  {
    ...cluster,
    what: "whichever version is the newest that day",
    change: (inputs) => delete inputs.version,
    says: "platform-prod/cluster: 'version' must be one of 1.34, 1.35, 1.36, got 'nothing'",
  },
  {
    ...cluster,
    what: "extended support, which AWS gives unasked",
    change: (inputs) => delete inputs.upgradePolicy,
    says: "platform-prod/cluster: 'upgradePolicy.supportType' must be STANDARD, got 'EXTENDED'",
    unknown: "upgradePolicy.supportType",
  },
]);

it("EKS-05 knows the versions that the components know", () => {
  const { parameters } = RULES.find(({ id }) => id === "EKS-05")!;
  for (const environment of ENVIRONMENTS) {
    expect(parameters?.[environment]).toEqual({ versions: Object.keys(KUBERNETES.standardSupportEnds) });
  }
});

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
