import { type Ageing, ageingOf, BUCKETS, bucketsAmong, typesOf } from "../../aws/buckets.ts";
import { type Lock, lockOf } from "../../aws/locks.ts";
import { type Fault, ofEach, together, unless } from "../../findings.ts";
import { levels, stackRule } from "../../rule.ts";
import { hasName } from "./names.ts";

interface Locks {
  /**
   * What nobody may delete for some days. In mode COMPLIANCE nobody can at all: who did what, what was released. In GOVERNANCE those can
   * who have a right of its own: what a problem is explained with.
   */
  locks: { buckets: string; days: number; mode: "COMPLIANCE" | "GOVERNANCE" }[];
}

const evidence = (days: number): Locks["locks"] =>
  ["*audit*", "*trail*", "*release*", "*ledger*"].map((buckets) => ({ buckets, days, mode: "COMPLIANCE" }));

/** Models and their inputs of production, for three months. */
const SERVED: Locks["locks"] = ["*prediction*", "*models"].map((buckets) => ({ buckets, days: 90, mode: "GOVERNANCE" }));

export const S3_09 = stackRule<Locks>({
  id: "S3-09",
  title: "Nobody can delete or hide evidence, or models and inputs of production, before their retention ends",
  severity: "high",
  levels: levels("–/A/M"),
  frameworks: ["FSBP S3.15", "SOC2 CC7.3", "SOC2 PI1.5"],
  remediation:
    'Create a new bucket with `objectLockEnabled: true`, and a BucketObjectLockConfiguration with a `rule`: `mode: "COMPLIANCE"` for evidence, and the days for which it is kept.',
  peers: ["CKV_AWS_143", "prowler"],
  parameters: {
    dev: { locks: evidence(30) },
    staging: { locks: evidence(90) },
    prod: { locks: [...evidence(365), ...SERVED] },
  },
  // What a bucket is called says nothing in programs of others.
  elsewhere: { locks: [] },
  types: [...BUCKETS, ...typesOf("BucketObjectLockConfiguration"), ...typesOf("BucketLifecycleConfiguration")],
  relate: (resources, { locks }) =>
    ofEach(bucketsAmong(resources), (bucket) => {
      const [demand] = locks.filter(({ buckets }) => hasName(bucket, [buckets]));
      return demand === undefined
        ? []
        : together(
            () => tooLoose(lockOf(resources, bucket), demand),
            () => hidden(ageingOf(resources, bucket), demand),
          );
    }),
});

function tooLoose({ resource, property, mode, days }: Lock, demand: Locks["locks"][number]): Fault[] {
  const modes = demand.mode === "COMPLIANCE" ? ["COMPLIANCE"] : ["COMPLIANCE", "GOVERNANCE"];
  if (!modes.includes(mode ?? "")) {
    const path = property === "objectLockConfiguration" ? property : `${property}.mode`;
    return [{ resource, property: path, got: mode ?? "nothing", want: modes.join(" or ") }];
  }
  const want = `at least ${demand.days}`;
  return unless(days >= demand.days, { resource, property: `${property}.days`, got: String(days), want });
}

/** An object that has expired is still there until its lock ends, but nobody finds it. */
const hidden = (rules: readonly Ageing[], { days }: Locks["locks"][number]): Fault[] =>
  rules
    .filter(({ expire }) => expire !== undefined && expire < days)
    .map(({ resource, path, expire }) => ({
      resource,
      property: `${path}.expiration.days`,
      got: String(expire),
      want: `at least ${days} days`,
    }));
