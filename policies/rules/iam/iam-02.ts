import { conditionsOf, covers, type PolicyStatement, principalsOf, statementsOf } from "../../aws/policy-document.ts";
import { ROLE } from "../../aws/types.ts";
import type { Fault } from "../../findings.ts";
import { at, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

/**
 * Services that get a role from `iam:PassRole` alone, which reaches no role of another account (AWS re:Post, "How do I resolve the
 * IAM user error 'not authorized to perform iam:PassRole'"): nobody outside the account can make them take it, and AWS's own trust
 * policies for nodes and pods name no source (EKS user guide, "Create IAM role with trust policy required by EKS Pod Identity").
 */
const PASSED = { passed: ["ec2.amazonaws.com", "eks.amazonaws.com", "pods.eks.amazonaws.com"] };

const AUDIENCE = "sts.amazonaws.com";
const WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity";
const SOURCE = /^aws:source(account|arn|orgid|orgpaths)$/i;

export const IAM_02 = rule({
  id: "IAM-02",
  title: "A role trusts named principals, tokens with an exact subject and audience, and services that act for a named source",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["SOC2 CC6.1", "AISF-IAM-05"],
  remediation:
    "Compare `<issuer>:sub` and `<issuer>:aud` with StringEquals, and with the whole subject (`repo:<organisation>/<repository>:environment:<name>`). Give services an `aws:SourceAccount` or `aws:SourceArn`. Name AWS principals by ARN.",
  peers: ["CKV_AWS_60", "CKV_AWS_61", "prowler"],
  types: [ROLE],
  parameters: { dev: PASSED, staging: PASSED, prod: PASSED },
  check: ({ inputs }, terms) =>
    statementsOf(at(inputs, "assumeRolePolicy"), "assumeRolePolicy")
      .filter(({ allows }) => allows)
      .flatMap((statement) => [
        ...anybody(statement),
        ...(takesTokens(statement) ? looseToken(statement) : []),
        ...looseServices(statement, terms.passed),
      ]),
});

const anybody = (statement: PolicyStatement): Fault[] =>
  principalsOf(statement)
    .AWS.filter((principal) => principal === "*")
    .map((got) => ({ property: `${statement.path}.Principal`, got, want: "the ARNs of those who may take the role" }));

const takesTokens = (statement: PolicyStatement): boolean =>
  principalsOf(statement).Federated.length > 0 && texts(statement.body, "Action").some((action) => covers(action, WEB_IDENTITY));

/**
 * An exact subject names the repository and the environment, branch or pull request. Which of them is narrow enough depends on the rights
 * of the role, which this rule does not judge.
 */
function looseToken(statement: PolicyStatement): Fault[] {
  const conditions = conditionsOf(statement);
  const about = (claim: string) => conditions.filter(({ key }) => key.endsWith(`:${claim}`));
  const exact = (claim: string) => about(claim).some(({ operator }) => operator === "StringEquals");
  const got = (claim: string): string =>
    about(claim)
      .map(({ operator, values }) => `${operator} ${values.join(", ")}`)
      .join("; ") || "nothing";
  const audience = about("aud").some(
    ({ operator, values }) => operator === "StringEquals" && values.every((value) => value === AUDIENCE),
  );
  const property = `${statement.path}.Condition`;
  return [
    ...(exact("sub") ? [] : [{ property, got: got("sub"), want: "a StringEquals on '<issuer>:sub' with whole subjects" }]),
    ...(audience ? [] : [{ property, got: got("aud"), want: `a StringEquals on '<issuer>:aud' with ${AUDIENCE}` }]),
  ];
}

function looseServices(statement: PolicyStatement, services: readonly string[]): Fault[] {
  const sourced = conditionsOf(statement).some(({ operator, key }) => SOURCE.test(key) && !/Not|IfExists$|^Null$/.test(operator));
  return sourced
    ? []
    : principalsOf(statement)
        .Service.filter((service) => !services.includes(service))
        .map((service) => ({
          property: `${statement.path}.Condition`,
          got: `nothing for ${service}`,
          want: "limited by 'aws:SourceAccount' or 'aws:SourceArn' to the source that the service acts for",
        }));
}
