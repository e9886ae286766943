import type { Resource } from "../resource.ts";

/** Types of buckets: since version 7 of the provider `V2` is the old name of the same. */
export const BUCKETS: readonly string[] = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];

/** What can be stated beside a bucket. */
type Side =
  | "BucketLifecycleConfiguration"
  | "BucketObjectLockConfiguration"
  | "BucketOwnershipControls"
  | "BucketPolicy"
  | "BucketPublicAccessBlock"
  | "BucketServerSideEncryptionConfiguration"
  | "BucketVersioning";

type ByType = ReadonlyMap<string, readonly Resource[]>;

/** Sorted once a stack, not once a bucket: resources never change while rules look at them. */
const sorted = new WeakMap<readonly Resource[], ByType>();

function typed(resources: readonly Resource[], types: readonly string[]): Resource[] {
  const byType = sorted.get(resources) ?? Map.groupBy(resources, ({ type }) => type);
  sorted.set(resources, byType);
  return types.flatMap((type) => byType.get(type) ?? []);
}

export const bucketsAmong = (resources: readonly Resource[]): Resource[] => typed(resources, BUCKETS);

/**
 * What a program states beside a bucket.
 *
 * Before a bucket exists nobody knows its name, so what waits for it is taken for its own: of several (a policy that speaks of
 * another bucket) the one of the same component, then the one that waits for least. Names are read only where that tells nothing.
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
  return loose.find(({ inputs }) => isNamed(bucket, inputs.bucket));
}

function typesOf(side: Side): string[] {
  const member = side.charAt(0).toLowerCase() + side.slice(1);
  return [`aws:s3/${member}:${side}`, `aws:s3/${member}V2:${side}V2`];
}

const distance = ({ parent, dependencies }: Resource, bucket: Resource): number =>
  (parent === bucket.parent ? 0 : 1_000) + dependencies.length;

/** Whether a name is that of a bucket; of one that AWS or Pulumi names, only the beginning is known. */
export const isNamed = ({ name, inputs }: Resource, text: string | undefined): boolean =>
  text !== undefined &&
  (inputs.bucket === undefined ? text.startsWith(inputs.bucketPrefix ?? `${name}-`) : text === inputs.bucket);

/** Version 6 wraps in a list what can be there only once. */
const one = (value: any): any => (Array.isArray(value) ? value[0] : value);

/** Where something stands: the resource, and the path below its inputs. */
export interface Place {
  resource: Resource;
  path: string;
}

/** How objects are encrypted unless a request says otherwise; nothing where a program leaves it to S3. */
export function encryptionOf(
  resources: readonly Resource[],
  bucket: Resource,
): ({ rule: any; byDefault: any } & Place) | undefined {
  const side = beside(resources, bucket, "BucketServerSideEncryptionConfiguration");
  const inline = one(bucket.inputs.serverSideEncryptionConfiguration ?? bucket.inputs.serverSideEncryptionConfigurations);
  const rule = side ? one(side.inputs.rules) : one(inline?.rule ?? inline?.rules);
  return rule === undefined
    ? undefined
    : {
        rule,
        byDefault: one(rule.applyServerSideEncryptionByDefault ?? rule.applyServerSideEncryptionByDefaults) ?? {},
        ...(side ? { resource: side, path: "rules.0" } : { resource: bucket, path: "serverSideEncryptionConfiguration.rule" }),
      };
}

/** `Enabled`, `Suspended`, or nothing where a program does not say. */
export function versioningOf(resources: readonly Resource[], bucket: Resource): { status?: string } & Place {
  const side = beside(resources, bucket, "BucketVersioning");
  if (side) {
    return { resource: side, path: "versioningConfiguration.status", status: side.inputs.versioningConfiguration?.status };
  }
  const inline = one(bucket.inputs.versioning ?? bucket.inputs.versionings);
  return { resource: bucket, path: "versioning", ...(inline && { status: inline.enabled === true ? "Enabled" : "Suspended" }) };
}

/** How long objects under one prefix live, in days. What is not said never happens. */
export interface Ageing extends Place {
  prefix: string;
  /** Whether it speaks of every object under the prefix, not only of those with a tag or of a size. */
  ofAll: boolean;
  abortUploads?: number;
  expire?: number;
  expireNoncurrent?: number;
}

/** Rules of a bucket's lifecycle that are in force. */
export function ageingOf(resources: readonly Resource[], bucket: Resource): Ageing[] {
  const side = beside(resources, bucket, "BucketLifecycleConfiguration");
  const key = side ? "rules" : "lifecycleRules";
  const resource = side ?? bucket;
  const rules: any[] = resource.inputs[key] ?? [];
  return rules.flatMap((each, at) => (isInForce(each) ? [{ resource, path: `${key}.${at}`, ...ageing(each) }] : []));
}

const isInForce = ({ status, enabled }: any): boolean => (status === undefined ? enabled === true : status === "Enabled");

/** Both ways to write a rule: the one beside the bucket and, flatter, the one in it. */
function ageing(rule: any): Omit<Ageing, keyof Place> {
  const filter = one(rule.filter) ?? {};
  const all = one(filter.and) ?? filter;
  const days = {
    abortUploads: rule.abortIncompleteMultipartUploadDays ?? one(rule.abortIncompleteMultipartUpload)?.daysAfterInitiation,
    expire: one(rule.expiration)?.days,
    expireNoncurrent: one(rule.noncurrentVersionExpiration)?.noncurrentDays ?? one(rule.noncurrentVersionExpiration)?.days,
  };
  const narrows = ["tag", "tags", "objectSizeGreaterThan", "objectSizeLessThan"];
  return {
    prefix: all.prefix ?? rule.prefix ?? "",
    ofAll: rule.tags === undefined && narrows.every((each) => all[each] === undefined),
    ...(Object.fromEntries(Object.entries(days).filter(([, value]) => value !== undefined)) as typeof days),
  };
}
