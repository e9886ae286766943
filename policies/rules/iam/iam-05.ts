import { waysOut } from "../../aws/endpoints.ts";
import { NOBODY_ELSE } from "../../aws/outsiders.ts";
import { SHARED, strangers } from "../../aws/resource-policies.ts";
import { VPC_ENDPOINT } from "../../aws/types.ts";
import { levels, rule } from "../../rule.ts";

/** `endpoints`: whether endpoints of a network lead to known accounts alone. */
const OURS = { ...NOBODY_ELSE, endpoints: true };

export const IAM_05 = rule({
  id: "IAM-05",
  title:
    "Queues, topics, registries, secrets, functions, file systems, snapshots, images, grants of keys and shares are open only to known accounts, and endpoints lead to them",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["FSBP SQS.3", "FSBP SNS.4", "FSBP Lambda.1", "FSBP RDS.1", "FSBP EC2.1"],
  remediation:
    "Name roles of your own account, or limit the statement to a fixed `aws:PrincipalAccount` or `aws:PrincipalOrgID`. Give a service an `aws:SourceArn` or `aws:SourceAccount`. List accounts that you trust in the parameter `accounts`.",
  peers: ["CKV_AWS_32", "CKV_AWS_168", "CKV_AWS_169", "CKV_AWS_301", "CKV_AWS_364", "AWS-0097", "prowler"],
  parameters: { dev: OURS, staging: OURS, prod: OURS },
  elsewhere: { ...NOBODY_ELSE, endpoints: false },
  types: [...SHARED, VPC_ENDPOINT],
  check: (resource, { endpoints, accounts }) =>
    resource.type !== VPC_ENDPOINT ? strangers(resource, { accounts }) : endpoints ? waysOut(resource, { accounts }) : [],
});
