import { patternOf } from "../exceptions.ts";
import type { Resource } from "../resource.ts";
import { type Fault, levels, type Rule, stackRule } from "../rule.ts";
import { ofEach } from "../together.ts";
import { BUCKETS, isNamed } from "./s3-bucket.ts";
import { records, trailsAmong } from "./trails.ts";

interface Watch {
  /** Globs of the names of buckets of which every write is recorded. Without such a bucket a stack needs no trail. */
  watched: string[];
  /** Fewest days for which a log group keeps its events. */
  logDays: number;
}

const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const WATCHED = ["*model*", "*artifact*", "*state*", "*audit*", "*release*"];

const audited = stackRule({
  id: "AUD-01",
  title: "Who changed the account, a model or a state is on record, and records are encrypted and kept",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP CloudTrail.1", "FSBP CloudTrail.2", "FSBP CloudTrail.4", "CIS AWS 4.1", "CIS AWS 4.8", "SOC2 CC7.2"],
  remediation:
    "Make an `aws.cloudtrail.Trail` with `isMultiRegionTrail`, `enableLogFileValidation` and `kmsKeyId`, and an event selector for the writes to each of these buckets; give log groups a `kmsKeyId` and `retentionInDays`.",
  peers: ["CKV_AWS_35", "CKV_AWS_36", "CKV_AWS_67", "CKV_AWS_158", "prowler"],
  parameters: {
    dev: { watched: WATCHED, logDays: 30 },
    staging: { watched: WATCHED, logDays: 90 },
    prod: { watched: WATCHED, logDays: 365 },
  } satisfies Record<string, Watch>,
  relate: (resources, { watched, logDays }) => {
    const trails = trailsAmong(resources);
    const isWatched = ({ type, name }: Resource): boolean =>
      BUCKETS.includes(type) && watched.some((glob) => patternOf(glob).test(name));
    return ofEach(resources, (each) => {
      if (each.type === LOG_GROUP) {
        return weakGroup(each, logDays);
      }
      return trails.includes(each) ? weakTrail(each) : isWatched(each) ? unrecorded(each, trails) : [];
    });
  },
});

function weakGroup(resource: Resource, logDays: number): Fault[] {
  const { inputs } = resource;
  // 0 and nothing both mean for ever.
  const days: number = inputs.retentionInDays ?? 0;
  return [
    ...("kmsKeyId" in inputs ? [] : [{ resource, property: "kmsKeyId", got: "nothing", want: "a key of ours" }]),
    ...(days === 0 || days >= logDays
      ? []
      : [{ resource, property: "retentionInDays", got: String(days), want: `at least ${logDays}` }]),
  ];
}

function weakTrail(resource: Resource): Fault[] {
  const { inputs } = resource;
  const switches = {
    isMultiRegionTrail: false,
    enableLogFileValidation: false,
    includeGlobalServiceEvents: true,
    enableLogging: true,
  };
  return [
    ...Object.entries(switches)
      .filter(([key, otherwise]) => !(inputs[key] ?? otherwise))
      .map(([property]) => ({ resource, property, got: "false", want: "true" })),
    ...("kmsKeyId" in inputs ? [] : [{ resource, property: "kmsKeyId", got: "nothing", want: "a key of ours" }]),
  ];
}

/** The bucket of a trail is left out: each of its files would be recorded in the next one. */
const unrecorded = (bucket: Resource, trails: readonly Resource[]): Fault[] =>
  trails.some((trail) => isNamed(bucket, trail.inputs.s3BucketName) || records(trail, bucket, "write"))
    ? []
    : [{ resource: bucket, property: "writes", got: "on no record", want: "recorded by a trail of CloudTrail" }];

export const AUDIT: readonly Rule[] = [audited];
