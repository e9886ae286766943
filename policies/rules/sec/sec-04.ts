import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { at, type Bag, bag, bags, flag, isSet, shown, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** A switch that must be on. `otherwise` is what holds where the program leaves it out. */
interface Switch {
  path: readonly string[];
  otherwise?: boolean;
  /** Another argument that also says it: a key of one's own, or the group that decides. */
  key?: string;
}

const on = (path: string, rest: Omit<Switch, "path"> = {}): Switch => ({ path: path.split("."), ...rest });

/** Kafka. */
const BROKERS = "aws:msk/cluster:Cluster";

/** What encrypts data where it lies, and on its way inside of a cluster, by type. What AWS always encrypts is not here. */
const SWITCHES: Readonly<Record<string, readonly Switch[]>> = {
  "aws:dax/cluster:Cluster": [on("serverSideEncryption.enabled")],
  "aws:docdb/cluster:Cluster": [on("storageEncrypted")],
  "aws:ebs/encryptionByDefault:EncryptionByDefault": [on("enabled", { otherwise: true })],
  "aws:efs/fileSystem:FileSystem": [on("encrypted", { key: "kmsKeyId" })],
  "aws:elasticache/cluster:Cluster": [on("transitEncryptionEnabled", { key: "replicationGroupId" })],
  "aws:elasticache/replicationGroup:ReplicationGroup": [on("atRestEncryptionEnabled"), on("transitEncryptionEnabled")],
  "aws:elasticsearch/domain:Domain": [on("encryptAtRest.enabled"), on("nodeToNodeEncryption.enabled")],
  "aws:memorydb/cluster:Cluster": [on("tlsEnabled", { otherwise: true })],
  [BROKERS]: [on("encryptionInfo.encryptionInTransit.inCluster", { otherwise: true })],
  "aws:neptune/cluster:Cluster": [on("storageEncrypted")],
  "aws:opensearch/domain:Domain": [
    on("encryptAtRest.enabled"),
    on("nodeToNodeEncryption.enabled"),
    on("domainEndpointOptions.enforceHttps", { otherwise: true }),
  ],
  // AWS encrypts new warehouses and queues unless they say otherwise.
  "aws:redshift/cluster:Cluster": [on("encrypted", { otherwise: true })],
  "aws:sqs/queue:Queue": [on("sqsManagedSseEnabled", { otherwise: true, key: "kmsMasterKeyId" })],
};

const VOLUME = "aws:ebs/volume:Volume";
const TOPIC = "aws:sns/topic:Topic";
const STREAM = "aws:kinesis/stream:Stream";

/** Machines that name their disks themselves. Those of templates are a matter of EKS-11. */
const MACHINES = [
  "aws:ec2/instance:Instance",
  "aws:ec2/launchConfiguration:LaunchConfiguration",
  "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
];

export const SEC_04 = stackRule({
  id: "SEC-04",
  title: "Disks, file systems, search, caches, warehouses, streams, queues and topics are encrypted",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP EC2.3", "FSBP EC2.7", "FSBP EFS.1", "FSBP Opensearch.1", "FSBP ElastiCache.4", "FSBP Redshift.10"],
  remediation:
    "Set `encrypted: true` or the switch of the service, best with a key of your own. `aws.ebs.EncryptionByDefault` covers every disk of a region.",
  peers: ["CKV_AWS_3", "CKV_AWS_5", "CKV_AWS_8", "CKV_AWS_26", "CKV_AWS_27", "CKV_AWS_29", "CKV_AWS_42", "CKV_AWS_64", "prowler"],
  types: [...Object.keys(SWITCHES), VOLUME, TOPIC, STREAM, ...MACHINES],
  relate: (resources) => {
    const isByDefault = (): boolean =>
      resources.some(
        ({ type, inputs }) => type === "aws:ebs/encryptionByDefault:EncryptionByDefault" && flag(inputs, "enabled") !== false,
      );
    return ofEach(resources, (each) => plain(each, isByDefault));
  },
});

function plain(resource: Resource, isByDefault: () => boolean): Finding[] {
  const { type, inputs } = resource;
  if (type === VOLUME) {
    return disk(resource, inputs, "", isByDefault);
  }
  if (MACHINES.includes(type)) {
    const named = ["rootBlockDevice", "ebsBlockDevices"].flatMap((property) =>
      (Array.isArray(at(inputs, property)) ? bags(inputs, property) : isSet(inputs, property) ? [bag(inputs, property)] : []).map(
        (device, index) => [property === "rootBlockDevice" ? `${property}.` : `${property}.${index}.`, device] as const,
      ),
    );
    return together(
      ...named.map(
        ([path, device]) =>
          () =>
            disk(resource, device, path, isByDefault),
      ),
    );
  }
  if (type === TOPIC) {
    return unless(isSet(inputs, "kmsMasterKeyId"), fault(resource, "kmsMasterKeyId", "nothing", "the ARN or alias of a key"));
  }
  if (type === BROKERS) {
    const got = text(inputs, "encryptionInfo", "encryptionInTransit", "clientBroker") ?? "TLS";
    return together(
      () => unless(got === "TLS", fault(resource, "encryptionInfo.encryptionInTransit.clientBroker", got, "TLS")),
      () => switchedOff(resource),
    );
  }
  if (type === STREAM) {
    const got = text(inputs, "encryptionType") ?? (isSet(inputs, "kmsKeyId") ? "KMS" : "nothing");
    return unless(got === "KMS", fault(resource, "encryptionType", got, "KMS"));
  }
  return switchedOff(resource);
}

const switchedOff = (resource: Resource): Finding[] =>
  together(
    ...(SWITCHES[resource.type] ?? []).map(
      ({ path, otherwise = false, key }) =>
        () =>
          unless(
            (key !== undefined && isSet(resource.inputs, key)) ||
              (isSet(resource.inputs, ...path) ? flag(resource.inputs, ...path) === true : otherwise),
            fault(resource, path.join("."), shown(at(resource.inputs, ...path)), "true"),
          ),
    ),
  );

const disk = (resource: Resource, device: Bag, path: string, isByDefault: () => boolean): Fault[] =>
  unless(
    isSet(device, "encrypted") ? flag(device, "encrypted") === true : isSet(device, "kmsKeyId") || isByDefault(),
    fault(resource, `${path}encrypted`, shown(device["encrypted"]), "true"),
  );

const fault = (resource: Resource, property: string, got: string, want: string): Fault => ({ resource, property, got, want });
