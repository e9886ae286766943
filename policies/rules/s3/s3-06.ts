import { BUCKETS } from "../../aws/buckets.ts";
import { NOBODY_ELSE } from "../../aws/outsiders.ts";
import { strangers } from "../../aws/resource-policies.ts";
import { levels, rule } from "../../rule.ts";

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
  check: strangers,
});
