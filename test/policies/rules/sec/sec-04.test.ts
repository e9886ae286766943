import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

describeRule("SEC-04", [
  {
    what: "a queue in the clear, as text",
    layer: "platform",
    resource: "karpenter-interruptions",
    type: "aws:sqs/queue:Queue",
    change: (inputs) => (inputs.sqsManagedSseEnabled = "false"),
    says: "platform-prod/karpenter-interruptions: 'sqsManagedSseEnabled' must be true, got 'false'",
    unknown: "sqsManagedSseEnabled",
  },
  {
    what: "a disk in the clear",
    layer: "foundation",
    add: { type: "aws:ebs/volume:Volume", name: "disk", inputs: { size: 8 } },
    says: "foundation-prod/disk: 'encrypted' must be true, got 'nothing'",
  },
]);

describe("SEC-04", () => {
  it.each<[string, object, string[]]>([
    ["aws:ebs/volume:Volume", { encrypted: "true" }, []],
    ["aws:ebs/volume:Volume", { encrypted: false, kmsKeyId: "a" }, ["encrypted: false"]],
    ["aws:ec2/instance:Instance", { rootBlockDevice: { volumeSize: 8 } }, ["rootBlockDevice.encrypted: nothing"]],
    ["aws:ec2/instance:Instance", { ebsBlockDevices: [{ encrypted: true }, {}] }, ["ebsBlockDevices.1.encrypted: nothing"]],
    ["aws:ec2/instance:Instance", {}, []],
    ["aws:efs/fileSystem:FileSystem", {}, ["encrypted: nothing"]],
    ["aws:efs/fileSystem:FileSystem", { encrypted: true }, []],
    ["aws:opensearch/domain:Domain", { encryptAtRest: { enabled: true } }, ["nodeToNodeEncryption.enabled: nothing"]],
    [
      "aws:elasticache/replicationGroup:ReplicationGroup",
      { atRestEncryptionEnabled: "false" },
      ["atRestEncryptionEnabled: false", "transitEncryptionEnabled: nothing"],
    ],
    ["aws:redshift/cluster:Cluster", { encrypted: "0" }, ["encrypted: 0"]],
    ["aws:elasticache/cluster:Cluster", { engine: "redis" }, ["transitEncryptionEnabled: nothing"]],
    ["aws:elasticache/cluster:Cluster", { replicationGroupId: "features" }, []],
    [
      "aws:msk/cluster:Cluster",
      { encryptionInfo: { encryptionInTransit: { clientBroker: "TLS_PLAINTEXT" } } },
      ["encryptionInfo.encryptionInTransit.clientBroker: TLS_PLAINTEXT"],
    ],
    ["aws:msk/cluster:Cluster", {}, []],
    ["aws:redshift/cluster:Cluster", {}, []],
    ["aws:sns/topic:Topic", {}, ["kmsMasterKeyId: nothing"]],
    ["aws:sns/topic:Topic", { kmsMasterKeyId: "alias/aws/sns" }, []],
    ["aws:sqs/queue:Queue", {}, []],
    ["aws:sqs/queue:Queue", { sqsManagedSseEnabled: false, kmsMasterKeyId: "alias/a" }, []],
    ["aws:kinesis/stream:Stream", { encryptionType: "NONE" }, ["encryptionType: NONE"]],
    ["aws:ebs/encryptionByDefault:EncryptionByDefault", { enabled: "false" }, ["enabled: false"]],
    ["aws:efs/fileSystem:FileSystem", { encrypted: null }, ["encrypted: nothing"]],
  ])("reads %s %j as %j", (type, inputs, faults) => {
    expect(found("SEC-04", [of(type, "x", inputs)])).toEqual(faults);
  });

  it("takes a disk for encrypted where every disk of the account is", () => {
    const byDefault = of("aws:ebs/encryptionByDefault:EncryptionByDefault", "d", {});
    expect(found("SEC-04", [of("aws:ebs/volume:Volume", "x", {}), byDefault])).toEqual([]);
  });
});
