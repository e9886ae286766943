import { isInside, knownAccounts, NOBODY_ELSE } from "../../aws/outsiders.ts";
import {
  conditionsOf,
  covers,
  isLimited,
  type PolicyCondition,
  type PolicyStatement,
  principalsOf,
  statementsOf,
} from "../../aws/policy-document.ts";
import { ROLE } from "../../aws/types.ts";
import { type Fault, unless } from "../../findings.ts";
import { at, isSet, text, texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

/**
 * Services that get a role from `iam:PassRole` alone, which reaches no role of another account (AWS re:Post, "How do I resolve the
 * IAM user error 'not authorized to perform iam:PassRole'"): nobody outside the account can make them take it, and AWS's own trust
 * policies for them name no source.
 */
const PASSED = {
  ...NOBODY_ELSE,
  passed: (
    "ec2 eks eks-fargate-pods pods.eks eks-nodegroup ecs ecs-tasks batch lambda edgelambda states firehose glue " +
    "redshift dms elasticmapreduce kinesisanalytics airflow airflow-env sagemaker codebuild codepipeline codedeploy " +
    "imagebuilder cloudformation elasticbeanstalk apprunner tasks.apprunner build.apprunner apigateway ops.apigateway " +
    "appsync events pipes rds monitoring.rds export.rds backup vpc-flow-logs cloudtrail config ssm autoscaling " +
    "application-autoscaling spotfleet dax transfer amplify cognito-idp iot s3 batchoperations.s3 synthetics " +
    "opensearchservice es lakeformation"
  )
    .split(" ")
    .map((service) => `${service}.amazonaws.com`),
};

/** `unreviewed`: globs of subjects whose code nobody has looked at. A plan of dev may run it. */
const OURS = { ...PASSED, unreviewed: ["*:pull_request", "*:ref:refs/pull/*"] };

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
    "Compare `<issuer>:sub` and `<issuer>:aud` with StringEquals, and with the whole subject (`repo:<organisation>/<repository>:environment:<name>`). Give services an `aws:SourceAccount` or `aws:SourceArn`. Name AWS principals by ARN. Give a role for emergencies (`*-break-glass`) a DateLessThan on `aws:CurrentTime`. List services that only `iam:PassRole` gives a role to in the parameter `passed`, and accounts that you trust in `accounts`.",
  peers: ["CKV_AWS_60", "CKV_AWS_61", "prowler"],
  types: [ROLE],
  parameters: { dev: { ...PASSED, unreviewed: [] }, staging: OURS, prod: OURS },
  elsewhere: { ...PASSED, unreviewed: [] },
  check: ({ inputs, provider }, terms) => {
    const trusting = statementsOf(at(inputs, "assumeRolePolicy"), "assumeRolePolicy").filter(({ allows }) => allows);
    const isOfPods = trusting.some((statement) => principalsOf(statement).Service.includes(PODS));
    return trusting.flatMap((statement) => [
      ...strange(statement, knownAccounts({ provider }, terms)),
      ...(isOfPods ? shared(statement) : []),
      ...(takesTokens(statement) ? looseToken(statement, terms.unreviewed) : []),
      ...looseServices(statement, terms.passed),
      ...(EMERGENCIES.test(text(inputs, "name") ?? "") ? endless(statement) : []),
    ]);
  },
});

/** Name of a role for emergencies. */
const EMERGENCIES = /-break-glass$/;

/** A role for emergencies ends by itself: nobody thinks of it once the emergency is over. */
const endless = (statement: PolicyStatement): Fault[] =>
  unless(
    conditionsOf(statement).some(
      ({ operator, key, values }) =>
        /^DateLessThan(Equals)?$/.test(operator) && key.toLowerCase() === "aws:currenttime" && values.length > 0,
    ),
    {
      property: `${statement.path}.Condition`,
      got: "no end",
      want: "limited by DateLessThan on 'aws:CurrentTime', as the role is for an emergency",
    },
  );

/** Those whom a statement names too widely: everybody, and other accounts, unless a condition says who is meant. */
function strange(statement: PolicyStatement, known: readonly string[]): Fault[] {
  const { AWS } = principalsOf(statement);
  const strangers = isSet(statement.body, "NotPrincipal")
    ? ["everybody but a few"]
    : AWS.filter((each) => !isInside(each, known));
  return isAgreed(statement)
    ? []
    : strangers.map((got) => ({
        property: `${statement.path}.Principal`,
        got,
        want: "the ARNs of those who may take the role",
      }));
}

/** The members of one organisation, or somebody else's account with which a word was agreed (IAM user guide, "External ID"). */
const isAgreed = (statement: PolicyStatement): boolean =>
  isLimited(statement, /^aws:PrincipalOrg(ID|Paths)$/i, (value) => /^o-[a-z0-9]+(\/|$)/.test(value)) ||
  (isLimited(statement, /^sts:ExternalId$/i, (value) => /^[^*?]{2,}$/.test(value)) &&
    !principalsOf(statement).AWS.some((each) => /[*?]/.test(each)));

const PODS = "pods.eks.amazonaws.com";

/** What pods may do is meant for one service account: whoever else takes the role gets its rights too. */
function shared(statement: PolicyStatement): Fault[] {
  const { AWS, Service } = principalsOf(statement);
  return [...AWS, ...Service.filter((service) => service !== PODS)].map((got) => ({
    property: `${statement.path}.Principal`,
    got,
    want: `${PODS} alone, as the role is that of a service account`,
  }));
}

const takesTokens = (statement: PolicyStatement): boolean =>
  principalsOf(statement).Federated.length > 0 && texts(statement.body, "Action").some((action) => covers(action, WEB_IDENTITY));

/**
 * An exact subject names the repository and the environment, branch or pull request. Which of them is narrow enough depends on the rights
 * of the role, which this rule does not judge.
 */
function looseToken(statement: PolicyStatement, unreviewed: readonly string[]): Fault[] {
  const conditions = conditionsOf(statement);
  const about = (claim: string) => conditions.filter(({ key }) => key.toLowerCase().endsWith(`:${claim}`));
  const isExact = ({ operator, values }: PolicyCondition, isRight = (_value: string): boolean => true): boolean =>
    /^StringEquals$|^StringLike$/.test(operator) &&
    values.length > 0 &&
    values.every((value) => isRight(value) && (operator === "StringEquals" || !/[*?]/.test(value)));
  const got = (claim: string): string =>
    about(claim)
      .map(({ operator, values }) => `${operator} ${values.join(", ")}`)
      .join("; ") || "nothing";
  const subject = about("sub").some((condition) => isExact(condition));
  const audience = about("aud").some((condition) => isExact(condition, (value) => value === AUDIENCE));
  const property = `${statement.path}.Condition`;
  const open = about("sub")
    .flatMap(({ values }) => values)
    .find((value) => unreviewed.some((glob) => covers(glob, value)));
  return [
    ...unless(open === undefined, { property, got: open ?? "", want: "limited to code that somebody has looked at" }),
    ...(subject ? [] : [{ property, got: got("sub"), want: "a StringEquals on '<issuer>:sub' with whole subjects" }]),
    ...(audience ? [] : [{ property, got: got("aud"), want: `a StringEquals on '<issuer>:aud' with ${AUDIENCE}` }]),
  ];
}

function looseServices(statement: PolicyStatement, services: readonly string[]): Fault[] {
  const sourced = isLimited(statement, SOURCE, (value) => /^o-[a-z0-9]+|\d{12}|^arn:[^:]+:s3:::[^*?]/.test(value));
  return sourced
    ? []
    : principalsOf(statement)
        .Service.filter((service) => !services.includes(withoutRegion(service)))
        .map((service) => ({
          property: `${statement.path}.Condition`,
          got: `nothing for ${service}`,
          want: "limited by 'aws:SourceAccount' or 'aws:SourceArn' to the source that the service acts for",
        }));
}

/** Some services name their region, `states.eu-west-1.amazonaws.com`. */
const withoutRegion = (service: string): string => service.replace(/\.[a-z]{2}(-[a-z]+)+-\d(?=\.amazonaws\.com$)/, "");
