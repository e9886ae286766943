import { type Ageing, ageingOf, BUCKETS, beside, bucketsAmong, typesOf } from "../../aws/buckets.ts";
import { inDays } from "../../day.ts";
import { type Fault, ofEach, unless } from "../../findings.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { hasName } from "./names.ts";

/** S3 keeps the parts of an unfinished upload forever and does not list them. */
const UPLOAD_DAYS = 7;

interface Kept {
  /** Objects that must not be deleted too early. Without `days` they must never be deleted by age. */
  kept: { buckets: string; prefix: string; days?: number }[];
  /** Fewest days for which a version that was overwritten or deleted can be brought back. */
  formerDays: number;
  /** Most days for which such a version is paid for. */
  mostFormerDays: number;
  /** Globs of the names of buckets of which nothing stays for ever: records grow with every request. */
  ending: string[];
}

/** Production inputs of the last three months serve to reproduce a problem. Models and their files are needed as long as something refers to them, whatever their age. */
const KEPT: Kept = {
  kept: [
    { buckets: "*data", prefix: "snapshots/", days: 90 },
    { buckets: "*prediction*", prefix: "", days: 90 },
    { buckets: "*model*", prefix: "" },
    { buckets: "*artifact*", prefix: "" },
  ],
  formerDays: 7,
  mostFormerDays: 400,
  ending: ["log", "logs", "*-logs", "*audit*"],
};

export const S3_05 = stackRule({
  id: "S3-05",
  title: "Leftovers and records in a bucket expire, and objects that must be kept do not",
  severity: "medium",
  levels: levels("A/A/M"),
  frameworks: ["FSBP S3.10", "FSBP S3.13"],
  remediation: `Make a BucketLifecycleConfiguration with one rule for all objects that aborts uploads after at most ${UPLOAD_DAYS} days and expires noncurrent versions. Expire current versions by prefix, no earlier than the parameter \`kept\` allows.`,
  peers: ["CKV2_AWS_61", "CKV_AWS_300", "prowler"],
  parameters: { dev: KEPT, staging: KEPT, prod: KEPT },
  // What a bucket is called says nothing in programs of others.
  elsewhere: { kept: [], formerDays: 1, mostFormerDays: 100_000, ending: [] },
  types: [...BUCKETS, ...typesOf("BucketLifecycleConfiguration")],
  relate: (resources, { kept, formerDays, mostFormerDays, ending }) =>
    ofEach(bucketsAmong(resources), (bucket) => {
      const rules = ageingOf(resources, bucket);
      const demands = kept.filter(({ buckets }) => hasName(bucket, [buckets]));
      return [
        ...leftovers(resources, bucket, rules),
        ...(hasName(bucket, ending) ? endless(resources, bucket, rules) : []),
        ...rules.flatMap((each) => [...tooEarly(each, demands), ...tooSoon(each, formerDays), ...tooLate(each, mostFormerDays)]),
      ];
    }),
});

function leftovers(resources: readonly Resource[], bucket: Resource, rules: readonly Ageing[]): Fault[] {
  const resource = beside(resources, bucket, "BucketLifecycleConfiguration") ?? bucket;
  const everywhere = rules.filter(({ prefix, ofAll }) => prefix === "" && ofAll);
  const abort = Math.min(...everywhere.map(({ abortUploads = Infinity }) => abortUploads));
  const got = abort === Infinity ? "nothing" : `${abort} days`;
  return [
    ...(abort <= UPLOAD_DAYS
      ? []
      : [{ resource, property: "abortIncompleteMultipartUpload", got, want: `at most ${UPLOAD_DAYS} days for all objects` }]),
    ...(everywhere.some(({ expireNoncurrent }) => expireNoncurrent !== undefined)
      ? []
      : [{ resource, property: "noncurrentVersionExpiration", got: "nothing", want: "set to a number of days for all objects" }]),
  ];
}

function tooEarly({ resource, path, prefix, expire }: Ageing, kept: Kept["kept"]): Fault[] {
  const [demand] = kept.filter(
    (each) =>
      (prefix.startsWith(each.prefix) || each.prefix.startsWith(prefix)) && (expire ?? Infinity) < (each.days ?? Infinity),
  );
  const want =
    demand?.days === undefined ? "left out, because age does not tell what is still needed" : `at least ${inDays(demand.days)}`;
  return demand ? [{ resource, property: `${path}.expiration.days`, got: String(expire), want }] : [];
}

/** A rule for all objects ends what no other rule does. */
const endless = (resources: readonly Resource[], bucket: Resource, rules: readonly Ageing[]): Fault[] =>
  unless(
    rules.some(({ prefix, ofAll, expire }) => prefix === "" && ofAll && expire !== undefined),
    {
      resource: beside(resources, bucket, "BucketLifecycleConfiguration") ?? bucket,
      property: "expiration.days",
      got: "nothing, which is for ever",
      want: "set to a number of days for all objects",
    },
  );

const tooLate = ({ resource, path, expireNoncurrent }: Ageing, mostFormerDays: number): Fault[] =>
  unless(expireNoncurrent === undefined || expireNoncurrent <= mostFormerDays, {
    resource,
    property: `${path}.noncurrentVersionExpiration`,
    got: inDays(expireNoncurrent ?? 0),
    want: `at most ${inDays(mostFormerDays)}`,
  });

/** Who overwrites or deletes something by mistake needs days to see it. */
const tooSoon = ({ resource, path, expireNoncurrent }: Ageing, formerDays: number): Fault[] =>
  unless(expireNoncurrent === undefined || expireNoncurrent >= formerDays, {
    resource,
    property: `${path}.noncurrentVersionExpiration`,
    got: inDays(expireNoncurrent ?? 0),
    want: `at least ${inDays(formerDays)}`,
  });
