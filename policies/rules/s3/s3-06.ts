import { strangers } from "../../aws/bucket-policies.ts";
import { BUCKETS } from "../../aws/buckets.ts";
import { levels, rule } from "../../rule.ts";

interface Trusted {
  /** Accounts, 12 digits each, whose principals a bucket's policy may admit, besides the accounts that the provider is limited to. */
  accounts: string[];
}

const NOBODY_ELSE: Trusted = { accounts: [] };

export const S3_06 = rule({
  id: "S3-06",
  title: "A bucket's policy admits only principals of known accounts",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["FSBP S3.6"],
  remediation:
    "Name roles of your own account, or limit the statement to a fixed `aws:PrincipalAccount`, `aws:PrincipalOrgID` or VPC endpoint. List accounts that you trust in the parameter `accounts`.",
  peers: ["CKV_AWS_70", "prowler"],
  parameters: { dev: NOBODY_ELSE, staging: NOBODY_ELSE, prod: NOBODY_ELSE },
  types: ["aws:s3/bucketPolicy:BucketPolicy", ...BUCKETS],
  check: (resource, { accounts }) => strangers(resource, accounts),
});
