import { text } from "../read.ts";
import { type Resource, whenKnown } from "../resource.ts";
import { bucketsAmong, isNamed, typesOf } from "./buckets.ts";

/** Settings of which a bucket has one: S3 takes the last one that somebody makes. */
export const SINGLE: readonly string[] = [
  ...typesOf("BucketAcl"),
  ...typesOf("BucketCorsConfiguration"),
  ...typesOf("BucketLifecycleConfiguration"),
  ...typesOf("BucketLogging"),
  ...typesOf("BucketNotification"),
  ...typesOf("BucketObjectLockConfiguration"),
  ...typesOf("BucketOwnershipControls"),
  ...typesOf("BucketPolicy"),
  ...typesOf("BucketPublicAccessBlock"),
  ...typesOf("BucketServerSideEncryptionConfiguration"),
  ...typesOf("BucketVersioning"),
  ...typesOf("BucketWebsiteConfiguration"),
];

/** A setting, the bucket that it names, and the bucket for which it was made. Either may be unknown, or outside of the program. */
export interface Setting {
  setting: Resource;
  named: Resource | undefined;
  meant: Resource | undefined;
  /** The name in it; `undefined` where nobody knows it yet. */
  name: string | undefined;
}

export function settingsOf(resources: readonly Resource[]): Setting[] {
  const buckets = bucketsAmong(resources);
  return resources
    .filter(({ type }) => SINGLE.includes(type))
    .map((setting) => {
      const name = whenKnown(() => text(setting.inputs, "bucket"));
      const owners = buckets.filter((bucket) => setting.dependencies.includes(bucket.name));
      const named = longest(name, owners) ?? longest(name, buckets);
      return { setting, named, meant: meantBy(setting, owners), name };
    });
}

/** Settings that also depend on buckets that they mention. */
const MENTIONING = /:Bucket(Logging|Notification|Policy)(V2)?$/;

/** The bucket of the same component, or the only one on which a setting depends. */
function meantBy({ type, parent }: Resource, owners: readonly Resource[]): Resource | undefined {
  const family = owners.filter((bucket) => bucket.parent === parent && parent !== "");
  const candidates = family.length > 0 || MENTIONING.test(type) ? family : owners;
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** The bucket with this name. If AWS chooses the end of names, the one with the longest beginning. */
const longest = (name: string | undefined, buckets: readonly Resource[]): Resource | undefined =>
  buckets
    .filter((bucket) => whenKnown(() => isNamed(bucket, name)) ?? true)
    .toSorted((a, b) => beginning(b).length - beginning(a).length)[0];

const beginning = ({ name, inputs }: Resource): string =>
  whenKnown(() => text(inputs, "bucket") ?? text(inputs, "bucketPrefix")) ?? name;
