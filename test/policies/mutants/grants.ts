import { added, allowed, aws, policy, type StackMutant, type Statement, statement, welcome } from "./mutant.ts";

const OURS = "333333333333";
const FOREIGN = "999999999999";
const QUEUE = aws("platform", "sqs/queuePolicy:QueuePolicy", "karpenter-interruptions-policy");
const READER = aws("workloads", "iam/rolePolicy:RolePolicy", "risk-identity-role-permissions");
const CONTROLLER = aws("platform", "iam/rolePolicy:RolePolicy", "karpenter-controller-permissions");
const RUNNER = aws("foundation", "iam/role:Role", "ci-runner-role");
const CNI_ROLE = aws("platform", "iam/role:Role", "addons-before-nodes-vpc-cni-role");
const IDENTITIES = aws("foundation", "iam/policy:Policy", "ci-deploy-identities");
const STATE = aws("foundation", "iam/policy:Policy", "ci-deploy-state");
const BOUNDARY = aws("foundation", "iam/policy:Policy", "ci-boundary");
const ENDPOINT = aws("foundation", "ec2/vpcEndpoint:VpcEndpoint", "network-endpoints-secretsmanager");

const json = (...Statement: Statement[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: Statement.map((each) => ({ Effect: "Allow", ...each })) });
const more = (what: string, type: string, inputs: Record<string, unknown>): StackMutant =>
  added("foundation", `aws:${type}`, what, inputs);
const spare = (what: string, type: string, inputs: Record<string, unknown>): StackMutant =>
  welcome("foundation", `aws:${type}`, what, inputs);
const sent = (what: string, edit: (statement: Statement) => void): StackMutant => QUEUE.bad(what, statement("RulesSend", edit));
const may = (what: string, Action: string | string[], Resource: string | string[], rest: object = {}): StackMutant =>
  READER.bad(what, allowed({ Sid: "Added", Action, Resource, ...rest }));
const mayWell = (what: string, Action: string | string[], Resource: string | string[], rest: object = {}): StackMutant =>
  READER.harmless(what, allowed({ Sid: "Added", Action, Resource, ...rest }));
const taken = (what: string, target: typeof RUNNER, trust: Statement): StackMutant =>
  target.bad(what, allowed(trust, "assumeRolePolicy"));

const topic = { arn: `arn:aws:sns:eu-north-1:${OURS}:alarms` };
const images = { repository: "millrace-prod/model-server" };
const RULES = `arn:aws:events:eu-north-1:${OURS}:rule/millrace-prod-drift`;

/** Rights that policies of AWS give, wide ones and narrow ones that look alike. */
export const GRANTS: readonly StackMutant[] = [
  sent("a queue for rules of any account by a condition where there is one", (it) => {
    it["Condition"] = { ArnEqualsIfExists: it["Condition"].ArnEquals };
  }),
  sent("a queue for rules of our account or of another", (it) => {
    it["Condition"] = { StringEquals: { "aws:SourceAccount": [OURS, FOREIGN] } };
  }),
  sent("a queue for rules of an account that begins like ours", (it) => {
    it["Condition"] = { StringLike: { "aws:SourceAccount": "3333*" } };
  }),
  sent("a queue for rules of every account but one", (it) => {
    it["Condition"] = { StringNotEquals: { "aws:SourceAccount": FOREIGN } };
  }),
  sent("a queue for rules with a letter of their account open", (it) => {
    it["Condition"] = { ArnLike: { "aws:SourceArn": `arn:aws:events:eu-north-1:?${OURS.slice(1)}:rule/*` } };
  }),
  sent("a queue for whatever comes over HTTPS", (it) => {
    it["Principal"] = "*";
    it["Condition"] = { Bool: { "aws:SecureTransport": "true" } };
  }),
  sent("a queue for every service of AWS", (it) => {
    it["Principal"] = { Service: "*" };
    delete it["Condition"];
  }),
  QUEUE.bad(
    "a denial of HTTP for sending alone",
    statement("TlsOnly", (it) => {
      it["Action"] = "sqs:SendMessage";
    }),
  ),
  QUEUE.bad("a queue without a policy", (inputs) => {
    inputs["policy"] = json();
  }),
  more("a topic for services of every account", "sns/topicPolicy:TopicPolicy", {
    ...topic,
    policy: json({ Principal: { Service: "cloudwatch.amazonaws.com" }, Action: "sns:Publish", Resource: "*" }),
  }),
  more("a function that a service calls for every account", "lambda/permission:Permission", {
    action: "lambda:InvokeFunction",
    function: "score",
    principal: "s3.amazonaws.com",
  }),
  more("a function that another account calls", "lambda/permission:Permission", {
    action: "lambda:InvokeFunction",
    function: "score",
    principal: FOREIGN,
  }),
  more("images for an organisation by a wildcard", "ecr/repositoryPolicy:RepositoryPolicy", {
    ...images,
    policy: json({ Principal: "*", Action: "ecr:BatchGetImage", Condition: { StringLike: { "aws:PrincipalOrgID": "*" } } }),
  }),
  taken("a role of an add-on that a role of another account takes", CNI_ROLE, {
    Principal: { AWS: `arn:aws:iam::${FOREIGN}:role/helper` },
    Action: ["sts:AssumeRole"],
    Condition: { StringEquals: { "sts:ExternalId": "" } },
  }),
  taken("a role of an add-on that people with any login take", CNI_ROLE, {
    Principal: { Federated: "cognito-identity.amazonaws.com" },
    Action: "sts:AssumeRoleWithWebIdentity",
  }),
  may("jobs that start machines with any role", ["ec2:RunInstances", "iam:PassRole"], "*"),
  may(
    "jobs that write a function and run it",
    ["lambda:CreateFunction", "lambda:InvokeFunction", "lambda:UpdateFunctionCode"],
    "*",
  ),
  may("jobs that send commands to every machine", "ssm:SendCommand", "*"),
  may("jobs that read the data of every team", "s3:GetObject", "arn:aws:s3:::millrace-prod-data-*/*"),
  may(
    "jobs that read the predictions",
    ["s3:GetObject", "s3:ListBucket"],
    ["arn:aws:s3:::millrace-prod-predictions-f4f526f", "arn:aws:s3:::millrace-prod-predictions-f4f526f/*"],
  ),
  may("jobs that delete the artifacts of everybody", "s3:DeleteObject*", "arn:aws:s3:::millrace-prod-artifacts-cf93925/*"),
  may("jobs that log in to every cluster", "eks:*", "*"),
  may("jobs that stop the record", "cloudtrail:Stop*", "*"),
  may("jobs that change keys", ["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"], `arn:aws:kms:eu-north-1:${OURS}:key/*`),
  may("jobs that become another role by a session", "sts:Assume*", `arn:aws:iam::${OURS}:role/*`),
  may("jobs that make keys for themselves", "iam:CreateAccessKey", `arn:aws:iam::${OURS}:user/*`),
  may("jobs that push images", "ecr:*", "*"),
  may("jobs that do everything with TLS", "*", "*", { Condition: { Bool: { "aws:SecureTransport": "true" } } }),
  CONTROLLER.bad(
    "a node controller that ends every machine",
    allowed({ Sid: "Added", Action: ["ec2:TerminateInstances", "ec2:DeleteVolume"], Resource: "*" }),
  ),
  IDENTITIES.bad(
    "a denial that no longer names roles of CI",
    statement("HandsOffIdentities", (it) => {
      it["Resource"] = it["Resource"].filter((each: string) => !each.includes("ci-*"));
    }),
  ),
  IDENTITIES.bad(
    "a denial with a way out",
    statement("HandsOffIdentities", (it) => {
      it["Condition"] = { StringNotEquals: { "aws:PrincipalTag/admin": "true" } };
    }),
  ),
  IDENTITIES.bad(
    "a denial that lets policies be attached",
    statement("HandsOffIdentities", (it) => {
      it["Action"] = it["Action"].filter((each: string) => each !== "iam:Attach*" && each !== "iam:Put*");
    }),
  ),
  // No policy of CI gives it these actions on the bucket and the key of the state: the denial is a second lock.
  STATE.harmless("CI whose state has one lock", (inputs, options) =>
    policy((document) => {
      document.Statement = document.Statement.filter(({ Sid }) => Sid !== "HandsOffState");
    })(inputs, options),
  ),
  STATE.bad(
    "CI that reads the state of every project",
    allowed({ Sid: "Added", Action: ["s3:GetObject"], Resource: "arn:aws:s3:::*state*/*" }),
  ),
  BOUNDARY.bad(
    "a boundary whose denials hold in another region",
    policy(({ Statement }) => {
      for (const each of Statement.filter(({ Effect }) => Effect === "Deny")) {
        each["Condition"] = { StringEquals: { "aws:RequestedRegion": "us-east-1" } };
      }
    }),
  ),
  ENDPOINT.bad("an endpoint of secrets for every account", (inputs) => {
    inputs["policy"] = json({ Principal: "*", Action: "*", Resource: "*" });
  }),

  QUEUE.harmless(
    "a queue for rules of our account, by its number",
    statement("RulesSend", (it) => {
      it["Condition"] = { StringEquals: { "aws:SourceAccount": OURS } };
    }),
  ),
  QUEUE.harmless(
    "a queue for one more rule of ours",
    statement("RulesSend", (it) => it["Condition"].ArnEquals["aws:SourceArn"].push(RULES)),
  ),
  QUEUE.harmless(
    "a queue that a role of ours reads",
    allowed({
      Principal: { AWS: `arn:aws:iam::${OURS}:role/millrace-prod-karpenter-controller-55a14ca` },
      Action: "sqs:ReceiveMessage",
      Resource: "*",
    }),
  ),
  QUEUE.harmless(
    "a queue with a denial of everything from outside",
    allowed({
      Effect: "Deny",
      Principal: "*",
      Action: "sqs:*",
      Resource: "*",
      Condition: { StringNotEqualsIfExists: { "aws:PrincipalAccount": OURS }, Bool: { "aws:PrincipalIsAWSService": "false" } },
    }),
  ),
  spare("a topic for alarms of our account", "sns/topicPolicy:TopicPolicy", {
    ...topic,
    policy: json({
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: "sns:Publish",
      Resource: topic.arn,
      Condition: { StringEquals: { "aws:SourceAccount": OURS } },
    }),
  }),
  spare("a function that a bucket of ours calls", "lambda/permission:Permission", {
    action: "lambda:InvokeFunction",
    function: "score",
    principal: "s3.amazonaws.com",
    sourceArn: "arn:aws:s3:::millrace-prod-data-c9eac55",
    sourceAccount: OURS,
  }),
  spare("a function that a rule of ours calls", "lambda/permission:Permission", {
    action: "lambda:InvokeFunction",
    function: "score",
    principal: "events.amazonaws.com",
    sourceArn: RULES,
  }),
  spare("images for roles of our account", "ecr/repositoryPolicy:RepositoryPolicy", {
    ...images,
    policy: json({
      Principal: { AWS: `arn:aws:iam::${OURS}:root` },
      Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    }),
  }),
  spare("a secret for a role of ours", "secretsmanager/secretPolicy:SecretPolicy", {
    secretArn: `arn:aws:secretsmanager:eu-north-1:${OURS}:secret:smtp`,
    policy: json({
      Principal: { AWS: `arn:aws:iam::${OURS}:role/millrace-prod-tracking-role-fd106ca` },
      Action: "secretsmanager:GetSecretValue",
      Resource: "*",
    }),
  }),
  spare("a queue under a key, with its policy inside", "sqs/queue:Queue", {
    name: "jobs",
    sqsManagedSseEnabled: true,
    policy: json(
      {
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: "*",
        Condition: { ArnEquals: { "aws:SourceArn": RULES } },
      },
      { Effect: "Deny", Principal: "*", Action: "sqs:*", Resource: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
    ),
  }),
  mayWell("jobs that read all objects of their own folder", "s3:Get*", "arn:aws:s3:::millrace-prod-data-c9eac55/raw/risk/*"),
  mayWell("jobs that describe machines", "ec2:Describe*", "*"),
  // User data holds no secret (SEC-02), and the reads of EC2 know no resource.
  mayWell("jobs that read what every machine starts with", "ec2:DescribeInstanceAttribute", "*"),
  mayWell("jobs that send a number to the monitoring of AWS", "cloudwatch:PutMetricData", "*"),
  mayWell("jobs that log in to the registry", "ecr:GetAuthorizationToken", "*"),
  mayWell(
    "jobs that write to their own log",
    ["logs:CreateLogStream", "logs:PutLogEvents"],
    `arn:aws:logs:eu-north-1:${OURS}:log-group:/millrace/risk:*`,
  ),
  mayWell(
    "jobs that read one secret of theirs",
    "secretsmanager:GetSecretValue",
    `arn:aws:secretsmanager:eu-north-1:${OURS}:secret:millrace-prod/risk-AbCdEf`,
  ),
  mayWell("jobs that ask who they are", "sts:GetCallerIdentity", "*"),
  // CodeBuild has a role from `iam:PassRole` alone, which reaches no role of another account.
  RUNNER.harmless(
    "a runner whose trust names no source",
    allowed({ Principal: { Service: "codebuild.amazonaws.com" }, Action: "sts:AssumeRole" }, "assumeRolePolicy"),
  ),
  RUNNER.harmless(
    "a runner of one project of ours",
    statement(
      "ServiceAssumes",
      (it) => {
        it["Condition"] = {
          StringEquals: { "aws:SourceAccount": OURS },
          ArnLike: { "aws:SourceArn": `arn:aws:codebuild:eu-north-1:${OURS}:project/millrace-*` },
        };
      },
      "assumeRolePolicy",
    ),
  ),
  RUNNER.harmless(
    "a runner whose service is a list",
    statement(
      "ServiceAssumes",
      (it) => {
        it["Principal"] = { Service: ["codebuild.amazonaws.com"] };
        it["Action"] = "sts:AssumeRole";
      },
      "assumeRolePolicy",
    ),
  ),
  IDENTITIES.harmless(
    "a denial of one more thing",
    statement("HandsOffTrails", (it) => it["Action"].push("guardduty:Delete*")),
  ),
  IDENTITIES.harmless(
    "a denial of everything of one kind",
    statement("HandsOffTrails", (it) => {
      it["Action"] = "cloudtrail:*";
    }),
  ),
  BOUNDARY.harmless("a boundary with one more denial", allowed({ Effect: "Deny", Action: "organizations:*", Resource: "*" })),
  ENDPOINT.harmless("an endpoint of secrets for our account", (inputs) => {
    inputs["policy"] = json({
      Principal: "*",
      Action: "*",
      Resource: "*",
      Condition: { StringEquals: { "aws:PrincipalAccount": OURS } },
    });
  }),
];
