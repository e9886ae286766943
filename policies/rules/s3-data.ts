import { patternOf } from "../exceptions.ts";
import type { Resource } from "../resource.ts";
import { type Fault, levels, type Rule, rule, stackRule } from "../rule.ts";
import { ofEach } from "../together.ts";
import { type Ageing, ageingOf, BUCKETS, beside, bucketsAmong, versioningOf } from "./s3-bucket.ts";

const hasName = ({ name }: Resource, globs: readonly string[]): boolean => globs.some((glob) => patternOf(glob).test(name));

interface Passing {
  /** Globs of the names of buckets that hold nothing which cannot be made again. */
  passing: string[];
}

const NOTHING_PASSING: Passing = { passing: [] };
const LASTING = { dev: NOTHING_PASSING, staging: NOTHING_PASSING, prod: NOTHING_PASSING };

const versioned = stackRule({
  id: "S3-03",
  title: "A bucket keeps what was overwritten or deleted",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["FSBP S3.14", "SOC2 A1.2", "SOC2 PI1.5"],
  remediation:
    'Make a BucketVersioning with `versioningConfiguration: { status: "Enabled" }`. Buckets whose loss would not matter go into `passing`.',
  peers: ["CKV_AWS_21", "AWS-0090", "prowler"],
  parameters: LASTING,
  relate: (resources, { passing }) =>
    ofEach(bucketsAmong(resources), (bucket) => {
      const { resource, path, status } = versioningOf(resources, bucket);
      return status === "Enabled" || hasName(bucket, passing)
        ? []
        : [{ resource, property: path, got: status ?? "nothing", want: "Enabled" }];
    }),
});

/** S3 keeps the parts of an upload for ever, unseen. */
const UPLOAD_DAYS = 7;

interface Kept {
  /** What may not be deleted too early. A rule that names no days says that nothing of it may be deleted by age. */
  kept: { buckets: string; prefix: string; days?: number }[];
}

/** Production inputs of the last three months serve to reproduce a problem; models and their files are needed for as long as something refers to them, which no age tells. */
const KEPT: Kept = {
  kept: [
    { buckets: "*data", prefix: "snapshots/", days: 90 },
    { buckets: "*prediction*", prefix: "", days: 90 },
    { buckets: "*model*", prefix: "" },
    { buckets: "*artifact*", prefix: "" },
  ],
};

const agesWell = stackRule({
  id: "S3-05",
  title: "Leftovers in a bucket go away, and what must be kept stays",
  severity: "medium",
  levels: levels("A/A/M"),
  frameworks: ["FSBP S3.10", "FSBP S3.13"],
  remediation: `Make a BucketLifecycleConfiguration with one rule for all objects that aborts uploads after at most ${UPLOAD_DAYS} days and expires noncurrent versions; expire current ones by prefix, no earlier than \`kept\` says.`,
  peers: ["CKV2_AWS_61", "CKV_AWS_300", "prowler"],
  parameters: { dev: KEPT, staging: KEPT, prod: KEPT },
  relate: (resources, { kept }) =>
    ofEach(bucketsAmong(resources), (bucket) => {
      const rules = ageingOf(resources, bucket);
      const demands = kept.filter(({ buckets }) => hasName(bucket, [buckets]));
      return [...leftovers(resources, bucket, rules), ...rules.flatMap((each) => tooEarly(each, demands))];
    }),
});

function leftovers(resources: readonly Resource[], bucket: Resource, rules: readonly Ageing[]): Fault[] {
  const resource = beside(resources, bucket, "BucketLifecycleConfiguration") ?? bucket;
  const everywhere = rules.filter(({ prefix, ofAll }) => prefix === "" && ofAll);
  const [abort = Infinity] = everywhere.flatMap(({ abortUploads }) => abortUploads ?? []).toSorted((a, b) => a - b);
  const got = abort === Infinity ? "nothing" : `${abort} days`;
  return [
    ...(abort <= UPLOAD_DAYS
      ? []
      : [{ resource, property: "abortIncompleteMultipartUpload", got, want: `at most ${UPLOAD_DAYS} days for all objects` }]),
    ...(everywhere.some(({ expireNoncurrent }) => expireNoncurrent !== undefined)
      ? []
      : [{ resource, property: "noncurrentVersionExpiration", got: "nothing", want: "some days for all objects" }]),
  ];
}

function tooEarly({ resource, path, prefix, expire }: Ageing, kept: Kept["kept"]): Fault[] {
  const [demand] = kept.filter(
    (each) =>
      (prefix.startsWith(each.prefix) || each.prefix.startsWith(prefix)) && (expire ?? Infinity) < (each.days ?? Infinity),
  );
  const want =
    demand?.days === undefined ? "left out: nothing tells by age what is still needed" : `at least ${demand.days} days`;
  return demand ? [{ resource, property: `${path}.expiration.days`, got: String(expire), want }] : [];
}

const notThrownAway = rule({
  id: "S3-08",
  title: "A bucket with data cannot be destroyed by a program",
  severity: "high",
  levels: levels("–/A/M"),
  frameworks: ["SOC2 A1.2"],
  remediation:
    "Set `forceDestroy: false`, and the option `protect: true`. Buckets whose loss would not matter go into `passing`.",
  parameters: LASTING,
  types: BUCKETS,
  check: (bucket, { passing }) =>
    hasName(bucket, passing)
      ? []
      : [
          ...(bucket.inputs.forceDestroy === true ? [{ property: "forceDestroy", got: "true", want: "false" }] : []),
          ...(bucket.protect ? [] : [{ property: "protect", got: "false", want: "true" }]),
        ],
});

interface Evidence {
  /** Globs of the names of buckets that hold what must be believed later: who did what, what was released. */
  evidence: string[];
  /** Days for which nobody at all may delete from them. */
  days: number;
}

const EVIDENCE = ["*audit*", "*trail*", "*release*", "*ledger*"];

const locked = stackRule({
  id: "S3-09",
  title: "Evidence cannot be deleted before its time, by nobody",
  severity: "high",
  levels: levels("–/A/M"),
  frameworks: ["FSBP S3.15", "SOC2 CC7.3", "SOC2 PI1.5"],
  remediation:
    'Make the bucket anew with `objectLockEnabled: true`, and a BucketObjectLockConfiguration with `mode: "COMPLIANCE"` and the days for which the evidence is kept.',
  peers: ["CKV_AWS_143", "prowler"],
  parameters: {
    dev: { evidence: EVIDENCE, days: 30 },
    staging: { evidence: EVIDENCE, days: 90 },
    prod: { evidence: EVIDENCE, days: 365 },
  } satisfies Record<string, Evidence>,
  relate: (resources, { evidence, days }) =>
    ofEach(bucketsAmong(resources), (bucket) => (hasName(bucket, evidence) ? tooLoose(resources, bucket, days) : [])),
});

function tooLoose(resources: readonly Resource[], bucket: Resource, days: number): Fault[] {
  const side = beside(resources, bucket, "BucketObjectLockConfiguration");
  const retention = (side ? side.inputs : bucket.inputs.objectLockConfiguration)?.rule?.defaultRetention;
  const resource = side ?? bucket;
  const property = side ? "rule.defaultRetention" : "objectLockConfiguration";
  if (retention?.mode !== "COMPLIANCE") {
    return [{ resource, property: side ? `${property}.mode` : property, got: retention?.mode ?? "nothing", want: "COMPLIANCE" }];
  }
  const got = retention.years === undefined ? (retention.days ?? 0) : retention.years * 365;
  return got >= days ? [] : [{ resource, property: `${property}.days`, got: String(got), want: `at least ${days}` }];
}

export const S3_DATA: readonly Rule[] = [versioned, agesWell, notThrownAway, locked];
