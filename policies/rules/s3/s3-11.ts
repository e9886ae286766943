import { BUCKETS, beside, bucketsAmong, typesOf } from "../../aws/buckets.ts";
import { records, trailsAmong } from "../../aws/trails.ts";
import { type Finding, ofEach, unless } from "../../findings.ts";
import { only, text } from "../../read.ts";
import { type Resource, whenKnown } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { hasName } from "./names.ts";

const LOGGING = typesOf("BucketLogging");

interface Read {
  /** Globs of the names of buckets of which it must be known who read what. */
  read: string[];
}

const VALUABLE: Read = { read: ["*data", "*model*", "*artifact*", "*prediction*"] };

export const S3_11 = stackRule<Read>({
  id: "S3-11",
  title: "It is recorded who reads what from a bucket, and in another bucket",
  severity: "medium",
  levels: levels("–/A/M"),
  frameworks: ["FSBP S3.9", "FSBP S3.23"],
  remediation: "Make a BucketLogging with another bucket as `targetBucket`, or let a CloudTrail trail record the reads.",
  peers: ["CKV_AWS_18", "AWS-0089", "prowler"],
  types: [...BUCKETS, ...LOGGING],
  parameters: { dev: VALUABLE, staging: VALUABLE, prod: VALUABLE },
  // What a bucket is called says nothing in programs of others.
  elsewhere: { read: [] },
  relate: (resources, { read }) => {
    const trails = trailsAmong(resources);
    const names = bucketsAmong(resources).map(({ name }) => name);
    return ofEach(resources, (each): Finding[] => {
      if (LOGGING.includes(each.type)) {
        return unless(!recordsItself(each, names), {
          resource: each,
          property: "targetBucket",
          got: "the bucket itself, which then never comes to rest",
          want: "another bucket",
        });
      }
      return BUCKETS.includes(each.type) && hasName(each, read) ? unread(each, resources, trails) : [];
    });
  },
});

function unread(bucket: Resource, resources: readonly Resource[], trails: readonly Resource[]): Finding[] {
  const inside = only(bucket.inputs, "logging") ?? only(bucket.inputs, "loggings");
  const isLogged = inside !== undefined || beside(resources, bucket, "BucketLogging") !== undefined;
  return unless(isLogged || trails.some((trail) => records(trail, bucket, "read")), {
    resource: bucket,
    property: "logging",
    got: "nothing",
    want: "a BucketLogging, or a trail that records reads",
  });
}

/** By its names, or by its dependencies as long as they are not known: one bucket alone is both source and target. */
const recordsItself = ({ inputs, dependencies }: Resource, buckets: readonly string[]): boolean =>
  whenKnown(() => text(inputs, "targetBucket") !== undefined && text(inputs, "targetBucket") === text(inputs, "bucket")) ??
  dependencies.filter((name) => buckets.includes(name)).length === 1;
