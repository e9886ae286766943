import { at, number, only, text } from "../read.ts";
import type { Resource } from "../resource.ts";
import { beside } from "./buckets.ts";

/** For how long nobody can delete what comes into a bucket. */
export interface Lock {
  /** Where it is said: a resource beside the bucket, or the bucket itself. */
  resource: Resource;
  property: string;
  /** `COMPLIANCE`, `GOVERNANCE`, or `undefined` without a lock of everything. */
  mode: string | undefined;
  /** 0 without a lock of everything. */
  days: number;
}

export function lockOf(resources: readonly Resource[], bucket: Resource): Lock {
  const side = beside(resources, bucket, "BucketObjectLockConfiguration");
  const lock = side ? side.inputs : only(bucket.inputs, "objectLockConfiguration");
  const retention = only(only(lock, "rule") ?? only(lock, "rules"), "defaultRetention") ?? at(lock, "rule", "defaultRetention");
  const years = number(retention, "years");
  return {
    resource: side ?? bucket,
    property: side ? "rule.defaultRetention" : "objectLockConfiguration",
    mode: text(retention, "mode"),
    days: years === undefined ? (number(retention, "days") ?? 0) : years * 365,
  };
}
