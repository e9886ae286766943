import { openTransport, policyOf } from "../../aws/bucket-policies.ts";
import { ageingOf, BUCKETS, versioningOf } from "../../aws/buckets.ts";
import { defaultTagsOf } from "../../aws/default-tags.ts";
import { NOBODY_ELSE } from "../../aws/outsiders.ts";
import { strangers } from "../../aws/resource-policies.ts";
import { records, trailsAmong } from "../../aws/trails.ts";
import { inDays } from "../../day.ts";
import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { isSet, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { weakEncryption } from "../s3/encryption.ts";
import { hasName } from "../s3/names.ts";

const TAG = "data-classification";
const INFERENCE_SERVICE = /^kubernetes:serving\.kserve\.io\/.*:InferenceService$/;
const REDACTED = "millrace.dev/payloads";

interface Personal {
  /** Values of the tag `data-classification` that mean personal data. */
  classes: string[];
  /** Globs of the names of buckets with personal data, so that none loses its tag. */
  personal: string[];
  /** Most days until such data is deleted, including older versions. */
  keptDays: number;
}

/** Three months to reproduce a problem, and a week in which what was deleted can be brought back. */
const PERSONAL: Personal = { classes: ["pii", "restricted"], personal: ["*prediction*"], keptDays: 120 };

export const PII_01 = stackRule({
  id: "PII-01",
  title: "Personal data is encrypted, its use is recorded, and it stays within the account and is deleted in time",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["NIST AI RMF MEASURE 2.10", "AISF-DATA-01", "AISF-DATA-05", "SOC2 C1.1"],
  remediation: `Everything that is tagged \`${TAG}\` as pii or restricted needs a key of your own, TLS only, a trail that records reads and writes, a lifecycle that expires all objects in time, and no principal of another account. Model servers must log no payloads, or only redacted ones (annotation \`${REDACTED}: redacted\`). Turn Macie on for the account.`,
  parameters: { dev: PERSONAL, staging: PERSONAL, prod: PERSONAL },
  // What a bucket is called says nothing in programs of others.
  elsewhere: { ...PERSONAL, personal: [] },
  types: ["aws:sns/topic:Topic", "kubernetes:serving.kserve.io/*:InferenceService"],
  relate: (resources, parameters) =>
    ofEach(resources, (each) => {
      if (INFERENCE_SERVICE.test(each.type)) {
        return loggedPayloads(each);
      }
      if (!parameters.classes.includes(classOf(each))) {
        return untagged(each, parameters);
      }
      return BUCKETS.includes(each.type) ? openBucket(resources, each, parameters) : withoutKey(each);
    }),
});

const classOf = (resource: Resource): string =>
  resource.type.startsWith("aws:") ? (text(resource.inputs, "tags", TAG) ?? text(defaultTagsOf(resource), TAG) ?? "") : "";

/** Without its tag, a bucket would be asked for nothing of all this. */
const untagged = (resource: Resource, { classes, personal }: Personal): Fault[] =>
  unless(!BUCKETS.includes(resource.type) || !hasName(resource, personal), {
    resource,
    property: `tags.${TAG}`,
    got: classOf(resource) || "nothing",
    want: classes.join(" or "),
  });

const openBucket = (resources: readonly Resource[], bucket: Resource, { keptDays }: Personal): Finding[] =>
  together(
    () => weakEncryption(resources, bucket),
    () => openTransport(policyOf(resources, bucket)),
    () => strangers(policyOf(resources, bucket).resource, NOBODY_ELSE),
    () => unwatched(resources, bucket),
    () => keptTooLong(resources, bucket, keptDays),
  );

function unwatched(resources: readonly Resource[], bucket: Resource): Fault[] {
  const trails = trailsAmong(resources);
  return (["read", "write"] as const)
    .filter((use) => !trails.some((trail) => records(trail, bucket, use)))
    .map((use) => ({ resource: bucket, property: `${use}s`, got: "not recorded", want: "recorded by a CloudTrail trail" }));
}

function keptTooLong(resources: readonly Resource[], bucket: Resource, keptDays: number): Fault[] {
  const everywhere = ageingOf(resources, bucket).filter(({ prefix, ofAll }) => prefix === "" && ofAll);
  const soonest = (key: "expire" | "expireNoncurrent"): number => Math.min(...everywhere.map((each) => each[key] ?? Infinity));
  // Expiry only hides a versioned object: it is deleted with its last version.
  const days = soonest("expire") + (versioningOf(resources, bucket).status === undefined ? 0 : soonest("expireNoncurrent"));
  const resource = everywhere[0]?.resource ?? bucket;
  const got = days === Infinity ? "for ever" : inDays(days);
  return days <= keptDays ? [] : [{ resource, property: "expiration", got, want: `at most ${inDays(keptDays)} for all objects` }];
}

/** Properties with the key of other resources that hold data. */
const KEY_PROPERTIES = new Map([
  ["aws:cloudwatch/logGroup:LogGroup", "kmsKeyId"],
  ["aws:ebs/volume:Volume", "kmsKeyId"],
  ["aws:ecr/repository:Repository", "encryptionConfigurations"],
  ["aws:efs/fileSystem:FileSystem", "kmsKeyId"],
  ["aws:rds/cluster:Cluster", "kmsKeyId"],
  ["aws:rds/instance:Instance", "kmsKeyId"],
  ["aws:secretsmanager/secret:Secret", "kmsKeyId"],
  ["aws:sns/topic:Topic", "kmsMasterKeyId"],
  ["aws:sqs/queue:Queue", "kmsMasterKeyId"],
]);

function withoutKey(resource: Resource): Fault[] {
  const property = KEY_PROPERTIES.get(resource.type);
  return property === undefined || isSet(resource.inputs, property)
    ? []
    : [{ resource, property, got: "nothing", want: "a customer managed key" }];
}

/** Requests and answers that a KServe model server logs. Its logger writes everything by default. */
function loggedPayloads(resource: Resource): Finding[] {
  const { inputs } = resource;
  if (text(inputs, "metadata", "annotations", REDACTED) === "redacted") {
    return [];
  }
  return together(
    ...["predictor", "transformer", "explainer"].map((part) => () => {
      const got = text(inputs, "spec", part, "logger", "mode") ?? "all";
      return !isSet(inputs, "spec", part, "logger") || got === "metadata"
        ? []
        : [{ resource, property: `spec.${part}.logger.mode`, got, want: "metadata, unless its payloads are redacted" }];
    }),
  );
}
