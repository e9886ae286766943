import { once } from "../once.ts";
import { type Bag, bag, bags, flag, isSet, number, only, text } from "../read.ts";
import type { Resource } from "../resource.ts";

/** Types of buckets: since version 7 of the provider `V2` is the old name of the same. */
export const BUCKETS: readonly string[] = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];

/** Settings of a bucket that have a resource of their own. */
type Side =
  | "BucketAcl"
  | "BucketCorsConfiguration"
  | "BucketLifecycleConfiguration"
  | "BucketLogging"
  | "BucketNotification"
  | "BucketObjectLockConfiguration"
  | "BucketOwnershipControls"
  | "BucketPolicy"
  | "BucketPublicAccessBlock"
  | "BucketServerSideEncryptionConfiguration"
  | "BucketVersioning"
  | "BucketWebsiteConfiguration";

const byType = once((resources: readonly Resource[]) => Map.groupBy(resources, ({ type }) => type));

const typed = (resources: readonly Resource[], types: readonly string[]): Resource[] =>
  types.flatMap((type) => byType(resources).get(type) ?? []);

export const bucketsAmong = (resources: readonly Resource[]): Resource[] => typed(resources, BUCKETS);

/**
 * The separate resource with a setting of a bucket.
 *
 * The name of a new bucket is not known yet, so dependencies decide. If several resources depend on the bucket (a policy may mention
 * another bucket), the one in the same component is taken, then the one with the fewest dependencies. Names are read only if no
 * resource depends on the bucket.
 */
export function beside(resources: readonly Resource[], bucket: Resource, side: Side): Resource | undefined {
  const all = typed(resources, typesOf(side));
  const [nearest] = all
    .filter(({ dependencies }) => dependencies.includes(bucket.name))
    .toSorted((a, b) => distance(a, bucket) - distance(b, bucket));
  if (nearest) {
    return nearest;
  }
  const buckets = new Set(bucketsAmong(resources).map(({ name }) => name));
  const loose = all.filter(({ dependencies }) => !dependencies.some((name) => buckets.has(name)));
  return loose.find(({ inputs }) => isNamed(bucket, text(inputs, "bucket")));
}

/** Types of such a resource: since version 7 of the provider `V2` is the old name of the same. */
export function typesOf(side: Side): string[] {
  const member = side.charAt(0).toLowerCase() + side.slice(1);
  return [`aws:s3/${member}:${side}`, `aws:s3/${member}V2:${side}V2`];
}

const distance = ({ parent, dependencies }: Resource, bucket: Resource): number =>
  (parent === bucket.parent ? 0 : 1_000) + dependencies.length;

/** Whether a name belongs to a bucket. If AWS or Pulumi chooses the name, only its beginning is known. */
export function isNamed({ name, inputs }: Resource, called: string | undefined): boolean {
  if (called === undefined) {
    return false;
  }
  const own = text(inputs, "bucket");
  return own === undefined ? called.startsWith(text(inputs, "bucketPrefix") ?? `${name}-`) : called === own;
}

/** Place of a value: the resource, and the path below its inputs. */
export interface Place {
  resource: Resource;
  path: string;
}

/** Default encryption of objects; `undefined` if the program leaves it to S3. */
export function encryptionOf(
  resources: readonly Resource[],
  bucket: Resource,
): ({ rule: Bag; byDefault: Bag } & Place) | undefined {
  const side = beside(resources, bucket, "BucketServerSideEncryptionConfiguration");
  const inline =
    only(bucket.inputs, "serverSideEncryptionConfiguration") ?? only(bucket.inputs, "serverSideEncryptionConfigurations");
  const rule = side ? only(side.inputs, "rules") : (only(inline, "rule") ?? only(inline, "rules"));
  return rule === undefined
    ? undefined
    : {
        rule: bag(rule),
        byDefault: bag(only(rule, "applyServerSideEncryptionByDefault") ?? only(rule, "applyServerSideEncryptionByDefaults")),
        ...(side ? { resource: side, path: "rules.0" } : { resource: bucket, path: "serverSideEncryptionConfiguration.rule" }),
      };
}

/** `Enabled`, `Suspended`, or `undefined` if the program does not set it. */
export function versioningOf(resources: readonly Resource[], bucket: Resource): { status: string | undefined } & Place {
  const side = beside(resources, bucket, "BucketVersioning");
  if (side) {
    const status = text(side.inputs, "versioningConfiguration", "status");
    return { resource: side, path: "versioningConfiguration.status", status };
  }
  const inline = only(bucket.inputs, "versioning") ?? only(bucket.inputs, "versionings");
  const status = inline === undefined ? undefined : flag(inline, "enabled") === true ? "Enabled" : "Suspended";
  return { resource: bucket, path: "versioning", status };
}

/** How long objects under one prefix live, in days. A missing number means never. */
export interface Ageing extends Place {
  prefix: string;
  /** Whether it applies to every object under the prefix, and not only to those with a tag or a size. */
  ofAll: boolean;
  abortUploads: number | undefined;
  expire: number | undefined;
  expireNoncurrent: number | undefined;
}

/** Rules of a bucket's lifecycle that are in force. */
export function ageingOf(resources: readonly Resource[], bucket: Resource): Ageing[] {
  const side = beside(resources, bucket, "BucketLifecycleConfiguration");
  const key = side ? "rules" : "lifecycleRules";
  const resource = side ?? bucket;
  return bags(resource.inputs, key).flatMap((each, index) =>
    isInForce(each) ? [{ resource, path: `${key}.${index}`, ...ageing(each) }] : [],
  );
}

function isInForce(rule: Bag): boolean {
  const status = text(rule, "status");
  return status === undefined ? flag(rule, "enabled") === true : status === "Enabled";
}

/** Filters that limit a rule to some objects. */
const NARROWING = ["tag", "tags", "objectSizeGreaterThan", "objectSizeLessThan"];

/** Both ways to write a rule: in a separate resource, or in the bucket itself, with a flatter form. */
function ageing(rule: Bag): Omit<Ageing, keyof Place> {
  const filter = only(rule, "filter");
  const all = bag(only(filter, "and") ?? filter);
  const noncurrent = only(rule, "noncurrentVersionExpiration");
  return {
    prefix: text(all, "prefix") ?? text(rule, "prefix") ?? "",
    ofAll: [...NARROWING.map((each) => all[each]), rule["tags"]].every((each) => each === undefined || each === null),
    abortUploads:
      number(rule, "abortIncompleteMultipartUploadDays") ??
      number(only(rule, "abortIncompleteMultipartUpload"), "daysAfterInitiation"),
    expire: ageOf(only(rule, "expiration")),
    expireNoncurrent: number(noncurrent, "noncurrentDays") ?? number(noncurrent, "days"),
  };
}

/** From a date on, objects go whatever their age. */
const ageOf = (expiration: unknown): number | undefined =>
  number(expiration, "days") ?? (isSet(expiration, "date") ? 0 : undefined);
