import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { anyNumber, anyText, fields, oneOf, optional } from "../shape.ts";
import { check, inDays } from "../validation.ts";

/** How current objects under one key prefix age. Days are whole, counted by S3 from midnight UTC. What is not said is kept for ever. */
export interface LifecycleRule {
  /** Key prefix, for example `raw/`; the empty one covers the bucket. */
  prefix: string;

  /** Delete objects after so many days. @default - kept for ever */
  expireAfterDays?: number;

  /** Move objects to a cheaper class after so many days; infrequent access takes none younger than 30. @default - never */
  transition?: { afterDays: number; to: "STANDARD_IA" | "INTELLIGENT_TIERING" };
}

export const lifecycleRule = fields<LifecycleRule>({
  prefix: anyText,
  expireAfterDays: optional(anyNumber),
  transition: optional(
    fields<NonNullable<LifecycleRule["transition"]>>({
      afterDays: anyNumber,
      to: oneOf("STANDARD_IA", "INTELLIGENT_TIERING"),
    }),
  ),
});

/** Unfinished uploads cost as much as objects, and no listing shows them. */
const ABORT_UPLOAD_AFTER_DAYS = 7;

/**
 * The lifecycle of a bucket: one rule that cleans up behind all objects, then one a prefix.
 *
 * In a versioned bucket expiry only hides an object: what frees the space is the expiry of noncurrent versions (S3 user guide,
 * "Expiring objects").
 *
 * @param noncurrentDays days for which a version that was replaced or deleted is kept
 */
export function lifecycleRules(
  rules: readonly LifecycleRule[],
  noncurrentDays: number,
): aws.types.input.s3.BucketLifecycleConfigurationRule[] {
  return [housekeeping(noncurrentDays), ...rules.map(ageing)];
}

function housekeeping(noncurrentDays: number): aws.types.input.s3.BucketLifecycleConfigurationRule {
  return {
    id: "housekeeping",
    status: "Enabled",
    filter: { prefix: "" },
    abortIncompleteMultipartUpload: { daysAfterInitiation: ABORT_UPLOAD_AFTER_DAYS },
    noncurrentVersionExpiration: { noncurrentDays },
    // A delete marker with nothing behind it slows every listing.
    expiration: { expiredObjectDeleteMarker: true },
  };
}

function ageing({ prefix, transition, expireAfterDays }: LifecycleRule): aws.types.input.s3.BucketLifecycleConfigurationRule {
  return {
    id: ruleId(prefix),
    status: "Enabled",
    filter: { prefix },
    ...(transition && { transitions: [{ days: transition.afterDays, storageClass: transition.to }] }),
    ...(expireAfterDays !== undefined && { expiration: { days: expireAfterDays } }),
  };
}

/** Injective, so that two prefixes never share an id: `a/b` is not `a-b`. */
const ruleId = (prefix: string): string => (prefix === "" ? "everything" : `prefix:${prefix}`);

/**
 * @param lockDays days for which the bucket lets nobody delete; 0 without a lock
 * @param store component whose argument the rules are
 * @throws {pulumi.ResourceError} when two rules share a prefix, or a number of days is invalid or contradicts another one or the lock.
 */
export function checkLifecycle(rules: readonly LifecycleRule[], lockDays: number, store: pulumi.Resource): void {
  check.distinct(
    "lifecycle prefixes",
    rules.map(({ prefix }) => prefix),
    store,
  );
  for (const rule of rules) {
    checkRule(rule, lockDays, store);
  }
}

function checkRule({ prefix, expireAfterDays, transition }: LifecycleRule, lockDays: number, store: pulumi.Resource): void {
  const at = `lifecycle '${prefix}'`;
  // S3 user guide, "Transitioning objects": infrequent access takes no object younger than 30 days.
  check.wholeNumber(
    `${at} transition.afterDays`,
    transition?.afterDays,
    { min: transition?.to === "STANDARD_IA" ? 30 : 0 },
    store,
  );
  check.wholeNumber(`${at} expireAfterDays`, expireAfterDays, { min: 1 }, store);
  if (expireAfterDays !== undefined) {
    const { afterDays = 0 } = transition ?? {};
    check.that(
      expireAfterDays > afterDays,
      `${at} expireAfterDays`,
      `later than the transition after ${inDays(afterDays)}`,
      expireAfterDays,
      store,
    );
    check.that(
      expireAfterDays > lockDays,
      `${at} expireAfterDays`,
      `later than the lock of ${inDays(lockDays)}`,
      expireAfterDays,
      store,
    );
  }
}
