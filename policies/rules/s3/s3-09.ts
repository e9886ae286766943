import { BUCKETS, beside, bucketsAmong, typesOf } from "../../aws/buckets.ts";
import { type Fault, ofEach, unless } from "../../findings.ts";
import { at, number, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { hasName } from "./names.ts";

interface Evidence {
  /** Globs of the names of buckets with evidence: who did what, what was released. */
  evidence: string[];
  /** Days for which nobody may delete from them. */
  days: number;
}

const EVIDENCE = ["*audit*", "*trail*", "*release*", "*ledger*"];

export const S3_09 = stackRule({
  id: "S3-09",
  title: "Nobody can delete evidence before its retention ends",
  severity: "high",
  levels: levels("–/A/M"),
  frameworks: ["FSBP S3.15", "SOC2 CC7.3", "SOC2 PI1.5"],
  remediation:
    'Create a new bucket with `objectLockEnabled: true`, and a BucketObjectLockConfiguration with `mode: "COMPLIANCE"` and the days for which the evidence is kept.',
  peers: ["CKV_AWS_143", "prowler"],
  parameters: {
    dev: { evidence: EVIDENCE, days: 30 },
    staging: { evidence: EVIDENCE, days: 90 },
    prod: { evidence: EVIDENCE, days: 365 },
  } satisfies Record<string, Evidence>,
  // What a bucket is called says nothing in programs of others.
  elsewhere: { evidence: [], days: 365 },
  types: [...BUCKETS, ...typesOf("BucketObjectLockConfiguration")],
  relate: (resources, { evidence, days }) =>
    ofEach(bucketsAmong(resources), (bucket) => (hasName(bucket, evidence) ? tooLoose(resources, bucket, days) : [])),
});

function tooLoose(resources: readonly Resource[], bucket: Resource, days: number): Fault[] {
  const side = beside(resources, bucket, "BucketObjectLockConfiguration");
  const lock = side ? side.inputs : at(bucket.inputs, "objectLockConfiguration");
  const retention = at(lock, "rule", "defaultRetention");
  const resource = side ?? bucket;
  const property = side ? "rule.defaultRetention" : "objectLockConfiguration";
  const mode = text(retention, "mode") ?? "nothing";
  if (mode !== "COMPLIANCE") {
    return [{ resource, property: side ? `${property}.mode` : property, got: mode, want: "COMPLIANCE" }];
  }
  const years = number(retention, "years");
  const got = years === undefined ? (number(retention, "days") ?? 0) : years * 365;
  return unless(got >= days, { resource, property: `${property}.days`, got: String(got), want: `at least ${days}` });
}
