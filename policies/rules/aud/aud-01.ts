import { BUCKETS, isNamed } from "../../aws/buckets.ts";
import { OWN_KEY, strangeKey } from "../../aws/keys.ts";
import { records, recordsAccount, trailsAmong } from "../../aws/trails.ts";
import { LOG_GROUP } from "../../aws/types.ts";
import { isListed } from "../../exceptions.ts";
import { type Finding, ofEach, together, unless } from "../../findings.ts";
import { flag, isSet, number, text } from "../../read.ts";
import { type Resource, whenKnown } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

interface Watch {
  /** Globs of the names of buckets whose writes must all be recorded. A stack without such a bucket needs no trail. */
  watched: string[];
  /** Fewest days for which a log group keeps its events. */
  logDays: number;
}

const WATCHED = ["*model*", "*artifact*", "*state*", "*audit*", "*release*"];

export const AUD_01 = stackRule({
  id: "AUD-01",
  title: "CloudTrail records who changed the account, a model or a Pulumi state, and the records are encrypted and kept",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP CloudTrail.1", "FSBP CloudTrail.2", "FSBP CloudTrail.4", "CIS AWS 4.1", "CIS AWS 4.8", "SOC2 CC7.2"],
  remediation:
    "Make an `aws.cloudtrail.Trail` with `isMultiRegionTrail`, `enableLogFileValidation`, `kmsKeyId`, event selectors for management and for writes to each bucket that the parameter `watched` matches. Give log groups a `kmsKeyId` and `retentionInDays`.",
  peers: ["CKV_AWS_35", "CKV_AWS_36", "CKV_AWS_67", "CKV_AWS_158", "prowler"],
  parameters: {
    dev: { watched: WATCHED, logDays: 30 },
    staging: { watched: WATCHED, logDays: 90 },
    prod: { watched: WATCHED, logDays: 365 },
  } satisfies Record<string, Watch>,
  // What a bucket is called says nothing in programs of others.
  elsewhere: { watched: [], logDays: 365 },
  types: [...BUCKETS, "aws:cloudtrail/trail:Trail", LOG_GROUP],
  relate: (resources, { watched, logDays }) => {
    const trails = trailsAmong(resources);
    const isWatched = ({ type, name }: Resource): boolean => BUCKETS.includes(type) && isListed(name, watched);
    return ofEach(resources, (each) => {
      if (each.type === LOG_GROUP) {
        return weakGroup(each, logDays);
      }
      return trails.includes(each)
        ? [...weakTrail(each), ...partial(each, trails), ...(watched.length > 0 ? astray(each, resources) : [])]
        : isWatched(each)
          ? unrecorded(each, trails)
          : [];
    });
  },
});

function withKey(resource: Resource): Finding[] {
  const { inputs } = resource;
  const got = isSet(inputs, "kmsKeyId") ? strangeKey(resource, inputs, "kmsKeyId") : "nothing";
  return got === undefined
    ? []
    : [{ resource, property: "kmsKeyId", got, want: got === "nothing" ? "a customer managed key" : OWN_KEY }];
}

const weakGroup = (resource: Resource, logDays: number): Finding[] =>
  together(
    () => withKey(resource),
    () => {
      // 0 and nothing both mean for ever. Logs that only pass through CloudWatch stay for two days, whatever is written here.
      const days = number(resource.inputs, "retentionInDays") ?? 0;
      const isPassing = text(resource.inputs, "logGroupClass") === "DELIVERY";
      const want = `at least ${logDays}`;
      const got = days === 0 ? "nothing, which is for ever" : String(days);
      return unless(isPassing || days >= logDays, { resource, property: "retentionInDays", got, want });
    },
  );

/** Switches of a trail with their defaults. */
const SWITCHES = {
  isMultiRegionTrail: false,
  enableLogFileValidation: false,
  includeGlobalServiceEvents: true,
  enableLogging: true,
};

const weakTrail = (resource: Resource): Finding[] =>
  together(
    ...Object.entries(SWITCHES).map(
      ([property, otherwise]) =>
        () =>
          unless(flag(resource.inputs, property) ?? otherwise, { resource, property, got: "false", want: "true" }),
    ),
    () => withKey(resource),
  );

/** A trail may record a part of the account where another one records all of it. */
const partial = (resource: Resource, trails: readonly Resource[]): Finding[] =>
  together(() =>
    unless(trails.some(recordsAccount), {
      resource,
      property: isSet(resource.inputs, "eventSelectors") ? "eventSelectors" : "advancedEventSelectors",
      got: "a part of what is done to the account",
      want: "reads and writes of management, of every service but KMS",
    }),
  );

/** The records of a program that has buckets lie in one of them, where they are locked. */
function astray(resource: Resource, resources: readonly Resource[]): Finding[] {
  const buckets = resources.filter(({ type }) => BUCKETS.includes(type));
  const got = whenKnown(() => text(resource.inputs, "s3BucketName"));
  return unless(got === undefined || buckets.length === 0 || buckets.some((bucket) => isNamed(bucket, got)), {
    resource,
    property: "s3BucketName",
    got: got ?? "",
    want: "a bucket of the same program",
  });
}

/** The bucket of a trail is left out: each of its files would be recorded in the next one. */
const unrecorded = (bucket: Resource, trails: readonly Resource[]): Finding[] =>
  unless(
    trails.some((trail) => isNamed(bucket, text(trail.inputs, "s3BucketName")) || records(trail, bucket, "write")),
    { resource: bucket, property: "writes", got: "not recorded", want: "recorded by a CloudTrail trail" },
  );
