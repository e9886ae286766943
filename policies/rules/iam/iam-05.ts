import { waysOut } from "../../aws/endpoints.ts";
import { accountIn, isInside, knownAccounts, NOBODY_ELSE, type Trusted } from "../../aws/outsiders.ts";
import { isLimited, speaksOf } from "../../aws/policy-document.ts";
import { SHARED, strangers } from "../../aws/resource-policies.ts";
import { VPC_ENDPOINT } from "../../aws/types.ts";
import type { Fault } from "../../findings.ts";
import { texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { PERMISSIONS, permissionsOf } from "./permissions.ts";

/** `endpoints`: whether endpoints of a network lead to known accounts alone. */
const OURS = { ...NOBODY_ELSE, endpoints: true };

export const IAM_05 = rule({
  id: "IAM-05",
  title:
    "Queues, topics, registries, secrets, functions, file systems, snapshots, images, grants of keys and shares are open only to known accounts, and endpoints and roles lead to them",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["FSBP SQS.3", "FSBP SNS.4", "FSBP Lambda.1", "FSBP RDS.1", "FSBP EC2.1"],
  remediation:
    "Name roles of your own account, or limit the statement to a fixed `aws:PrincipalAccount` or `aws:PrincipalOrgID`. Give a service an `aws:SourceArn` or `aws:SourceAccount`. List accounts that you trust in the parameter `accounts`.",
  peers: ["CKV_AWS_32", "CKV_AWS_168", "CKV_AWS_169", "CKV_AWS_301", "CKV_AWS_364", "AWS-0097", "prowler"],
  parameters: { dev: OURS, staging: OURS, prod: OURS },
  elsewhere: { ...NOBODY_ELSE, endpoints: false },
  types: [...SHARED, VPC_ENDPOINT, ...PERMISSIONS],
  check: (resource, { endpoints, accounts }) =>
    PERMISSIONS.includes(resource.type)
      ? rolesOutside(resource, { accounts })
      : resource.type !== VPC_ENDPOINT
        ? strangers(resource, { accounts })
        : endpoints
          ? waysOut(resource, { accounts })
          : [],
});

/** Roles of other accounts that a policy lets somebody take: what he reads goes there with him. Whether `*` is too much, IAM-01 says. */
function rolesOutside(resource: Resource, trusted: Trusted): Fault[] {
  const known = knownAccounts(resource, trusted);
  return permissionsOf(resource.inputs)
    .filter((statement) => statement.allows && speaksOf(statement, "sts:AssumeRole"))
    .filter((statement) => !isLimited(statement, /^aws:Resource(Account|OrgId|OrgPaths)$/i, (value) => !/[*?]/.test(value)))
    .flatMap(({ path, body }) =>
      texts(body, "Resource")
        .filter((arn) => known.length > 0 && arn.startsWith("arn:") && !isInside(accountOf(arn), known))
        .map((got) => ({ property: `${path}.Resource`, got, want: "roles of known accounts" })),
    );
}

/** The account in the ARN of a role, also where the rest is a pattern. */
const accountOf = (arn: string): string => accountIn(arn) ?? "*";
