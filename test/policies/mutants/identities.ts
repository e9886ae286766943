import { added, allowed, aws, policy, type StackMutant, statement, welcome, without } from "./mutant.ts";

const ACCOUNT = "333333333333";
const GITHUB = "token.actions.githubusercontent.com";
const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/${GITHUB}`;

const role = (name: string) => aws("foundation", "iam/role:Role", name);
const document = (name: string) => aws("foundation", "iam/policy:Policy", name);

const DEPLOY = role("ci-deploy");
const PUBLISHER = role("publishers-models");
const IDENTITIES = document("ci-deploy-identities");
const BOUNDARY = document("ci-boundary");
const READER = aws("workloads", "iam/rolePolicy:RolePolicy", "fraud-reader-permissions");
const READER_ROLE = aws("workloads", "iam/role:Role", "fraud-reader");
const POD_READER = aws("workloads", "eks/podIdentityAssociation:PodIdentityAssociation", "fraud-reader-association");
const WORKER = aws("platform", "iam/rolePolicyAttachment:RolePolicyAttachment", "karpenter-node-worker");

/** Changes the conditions under which GitHub's token takes a role. */
const trust = (edit: (condition: any, statement: any) => void) =>
  statement("GitHubActions", (it) => edit(it["Condition"], it), "assumeRolePolicy");
const subject = (operator: string, sub: string) =>
  trust((condition) => {
    delete condition.StringEquals[`${GITHUB}:sub`];
    condition[operator] = { ...condition[operator], [`${GITHUB}:sub`]: sub };
  });
const granted = (Action: string | string[], Resource: string | string[] = "*", rest: object = {}) =>
  allowed({ Sid: "Added", Action, Resource, ...rest });

/** Who may become a role, what a role may do, and what bounds it. */
export const IDENTITY: readonly StackMutant[] = [
  DEPLOY.bad("a deploying role for every repository of the owner", subject("StringLike", "repo:example/*:environment:prod")),
  DEPLOY.bad("a deploying role for every branch", subject("StringLike", "repo:example/millrace:*")),
  DEPLOY.bad("a deploying role for every owner", subject("StringLike", "repo:*/millrace:environment:prod")),
  DEPLOY.bad(
    "a deploying role whose repository has one letter open",
    subject("StringLike", "repo:example/millrace?:environment:prod"),
  ),
  DEPLOY.bad("a deploying role for pull requests", subject("StringEquals", "repo:example/millrace:pull_request")),
  DEPLOY.bad(
    "a deploying role for tokens without a subject",
    subject("StringEqualsIfExists", "repo:example/millrace:environment:prod"),
  ),
  DEPLOY.bad(
    "a deploying role whose subject is one of none",
    subject("ForAllValues:StringEquals", "repo:example/millrace:environment:prod"),
  ),
  DEPLOY.bad(
    "a deploying role without a subject",
    trust((condition) => {
      delete condition.StringEquals[`${GITHUB}:sub`];
    }),
  ),
  DEPLOY.bad(
    "a deploying role without an audience",
    trust((condition) => {
      delete condition.StringEquals[`${GITHUB}:aud`];
    }),
  ),
  PUBLISHER.bad(
    "a publishing role for every audience",
    trust((condition) => {
      condition.StringLike = { [`${GITHUB}:aud`]: "*" };
      delete condition.StringEquals[`${GITHUB}:aud`];
    }),
  ),
  PUBLISHER.bad(
    "a publishing role for everybody outside of one repository",
    trust((condition) => {
      delete condition.StringEquals[`${GITHUB}:sub`];
      condition.StringNotEquals = { [`${GITHUB}:sub`]: "repo:example/other:environment:prod" };
    }),
  ),
  PUBLISHER.bad(
    "a publishing role that another account takes",
    allowed({ Principal: { AWS: "arn:aws:iam::999999999999:root" }, Action: "sts:AssumeRole" }, "assumeRolePolicy"),
  ),
  PUBLISHER.bad(
    "a publishing role that everybody takes",
    allowed({ Principal: { AWS: "*" }, Action: "sts:AssumeRole" }, "assumeRolePolicy"),
  ),
  PUBLISHER.bad(
    "a publishing role for the tokens of another provider",
    allowed(
      {
        Principal: { Federated: PROVIDER.replace(GITHUB, "gitlab.com") },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: { StringLike: { "gitlab.com:sub": "project_path:*" } },
      },
      "assumeRolePolicy",
    ),
  ),
  READER_ROLE.bad(
    "a role of pods that the whole account takes",
    allowed({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: "sts:AssumeRole" }, "assumeRolePolicy"),
  ),
  READER_ROLE.bad(
    "a role of pods that functions and instances take too",
    statement(
      "PodsAssume",
      (it) => {
        it["Principal"].Service = ["pods.eks.amazonaws.com", "lambda.amazonaws.com", "ec2.amazonaws.com"];
      },
      "assumeRolePolicy",
    ),
  ),
  READER_ROLE.bad("a role without a boundary", (inputs) => {
    delete inputs["permissionsBoundary"];
  }),
  DEPLOY.bad("a boundary that allows everything", (inputs) => {
    inputs["permissionsBoundary"] = "arn:aws:iam::aws:policy/AdministratorAccess";
  }),
  DEPLOY.bad("sessions of twelve hours", (inputs) => {
    inputs["maxSessionDuration"] = 43200;
  }),
  READER_ROLE.bad("a policy of AWS for administrators in a role", (inputs) => {
    inputs["managedPolicyArns"] = ["arn:aws:iam::aws:policy/AdministratorAccess"];
  }),
  READER_ROLE.bad("a policy inside a role that allows everything", (inputs) => {
    inputs["inlinePolicies"] = [
      { name: "all", policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] }) },
    ];
  }),
  WORKER.bad("nodes that administer identities", (inputs) => {
    inputs["policyArn"] = "arn:aws:iam::aws:policy/IAMFullAccess";
  }),
  WORKER.bad("nodes that do all with every bucket", (inputs) => {
    inputs["policyArn"] = "arn:aws:iam::aws:policy/AmazonS3FullAccess";
  }),
  WORKER.bad("nodes that do all but identities", (inputs) => {
    inputs["policyArn"] = "arn:aws:iam::aws:policy/PowerUserAccess";
  }),
  READER.bad("a model that does everything", granted("*")),
  READER.bad("a model that does everything, spelt in two parts", granted("*:*")),
  READER.bad("a model that does all with all buckets", granted("S3:*")),
  READER.bad("a model that reads all objects of all buckets", granted("s3:Get*")),
  READER.bad("a model that reads all objects, with a letter open", granted("s3:?etObject")),
  READER.bad("a model that writes all objects, with a wildcard inside", granted("s3:*Object", "arn:aws:s3:::*")),
  READER.bad("a model that passes every role", granted("iam:Pass*")),
  READER.bad("a model that writes policies", granted("iam:Create?olicyVersion")),
  READER.bad("a model that becomes every role", granted("sts:AssumeRole")),
  READER.bad("a model that becomes every role of every account", granted(["sts:AssumeRole"], ["arn:aws:iam::*:role/*"])),
  READER.bad("a model that decrypts with every key", granted("kms:Decrypt")),
  READER.bad(
    "a model that reads all secrets",
    granted("secretsmanager:GetSecretValue", `arn:aws:secretsmanager:*:${ACCOUNT}:secret:*`),
  ),
  READER.bad("a model that reads all parameters", granted(["ssm:GetParameter*"])),
  READER.bad("a model that does all but one thing", allowed({ Sid: "Added", NotAction: "iam:DeleteUser", Resource: "*" })),
  READER.bad(
    "a model that reads all but one bucket",
    allowed({ Sid: "Added", Action: "s3:GetObject", NotResource: "arn:aws:s3:::millrace-prod-audit-*/*" }),
  ),
  READER.bad(
    "a model that decrypts without S3",
    statement("DecryptThroughStore", (it) => {
      delete it["Condition"];
      it["Resource"] = "*";
    }),
  ),
  READER.bad(
    "a model that reads the versions of all models",
    statement("ReadVersions", (it) => {
      it["Resource"] = ["arn:aws:s3:::millrace-prod-*"];
    }),
  ),
  aws("platform", "iam/rolePolicy:RolePolicy", "external-secrets-role-permissions").bad(
    "secrets of every name for the cluster",
    statement("ReadNamedSecrets", (it) => {
      it["Resource"] = ["arn:aws:secretsmanager:eu-north-1:333333333333:secret:*"];
    }),
  ),
  aws("platform", "iam/rolePolicy:RolePolicy", "karpenter-controller-permissions").bad(
    "a node controller that passes every role",
    granted("iam:PassRole"),
  ),
  IDENTITIES.bad("CI that may change its own roles", without("HandsOffIdentities")),
  // No policy gives CI these actions, and its boundary denies them.
  IDENTITIES.harmless("CI whose trails have one lock", without("HandsOffTrails")),
  IDENTITIES.bad(
    "CI that makes roles without a boundary",
    statement("ManageBoundedRoles", (it) => {
      delete it["Condition"];
    }),
  ),
  IDENTITIES.bad(
    "CI that makes roles with a boundary where there is one",
    statement("ManageBoundedRoles", (it) => {
      it["Condition"] = { StringEqualsIfExists: it["Condition"].StringEquals };
    }),
  ),
  IDENTITIES.bad(
    "CI that makes roles with any boundary",
    statement("ManageBoundedRoles", (it) => {
      it["Condition"] = { StringLike: { "iam:PermissionsBoundary": "arn:aws:iam::*:policy/*" } };
    }),
  ),
  IDENTITIES.bad(
    "CI that attaches every policy",
    statement("AttachServicePolicies", (it) => {
      it["Condition"].ArnLike["iam:PolicyARN"] = "arn:aws:iam::aws:policy/*";
    }),
  ),
  IDENTITIES.bad(
    "CI that passes roles to every service",
    statement("PassRoles", (it) => {
      delete it["Condition"];
    }),
  ),
  IDENTITIES.bad(
    "CI that passes every role",
    statement("PassRoles", (it) => {
      it["Resource"] = `arn:aws:iam::${ACCOUNT}:role/*`;
    }),
  ),
  BOUNDARY.bad("a boundary with everything in it", granted("*")),
  BOUNDARY.bad("a boundary with all of IAM in it", granted("iam:*")),
  BOUNDARY.bad(
    "a boundary without its denials",
    policy((it) => {
      it.Statement = it.Statement.filter(({ Effect }) => Effect !== "Deny");
    }),
  ),
  document("role-boundary").bad("a boundary of roles that makes roles", granted(["iam:CreateRole", "iam:AttachRolePolicy"])),
  // Each role compares the audience itself (IAM-02).
  aws("foundation", "iam/openIdConnectProvider:OpenIdConnectProvider", "ci-github").harmless(
    "tokens for one more audience",
    (inputs) => {
      inputs["clientIdLists"].push("https://github.com/example");
    },
  ),
  added("foundation", "aws:iam/accessKey:AccessKey", "a key for a person that never ends", { user: "operator" }),
  added("foundation", "aws:iam/user:User", "a user in place of a role", { name: "operator" }),
  added("foundation", "aws:iam/userPolicyAttachment:UserPolicyAttachment", "a user who administers", {
    user: "operator",
    policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
  }),
  aws("platform", "eks/accessPolicyAssociation:AccessPolicyAssociation", "access-admin-platform-engineers-policy").bad(
    "everybody of an account as administrators of the cluster",
    (inputs) => {
      inputs["principalArn"] = `arn:aws:iam::${ACCOUNT}:root`;
    },
  ),
  aws("platform", "eks/accessEntry:AccessEntry", "access-member-risk-data-scientists").bad(
    "data scientists as masters of the cluster",
    (inputs) => {
      inputs["kubernetesGroups"] = ["system:masters"];
    },
  ),
  aws("platform", "eks/accessEntry:AccessEntry", "access-member-risk-ml-engineers").bad(
    "an access entry for a role of another account",
    (inputs) => {
      inputs["principalArn"] = "arn:aws:iam::999999999999:role/risk-ml-engineers";
    },
  ),
  added("platform", "aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "data scientists who administer the cluster", {
    accessScope: { type: "cluster" },
    clusterName: "millrace-prod",
    policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
    principalArn: `arn:aws:iam::${ACCOUNT}:role/risk-data-scientists`,
  }),
  POD_READER.bad("the role of a model for the account of every pod", (inputs) => {
    inputs["serviceAccount"] = "default";
  }),
  POD_READER.bad("the role of the node controller for a model", (inputs) => {
    inputs["roleArn"] = `arn:aws:iam::${ACCOUNT}:role/millrace-prod-karpenter-controller-55a14ca`;
  }),

  DEPLOY.harmless("a subject as text in place of a list", subject("StringEquals", "repo:example/millrace:environment:prod")),
  DEPLOY.harmless(
    "a subject by its repository's id too",
    trust((condition) => {
      condition.StringEquals[`${GITHUB}:repository_id`] = "123456789";
    }),
  ),
  DEPLOY.harmless("a subject by StringLike without a star", subject("StringLike", "repo:example/millrace:environment:prod")),
  DEPLOY.harmless("sessions of an hour", (inputs) => {
    inputs["maxSessionDuration"] = 3600;
  }),
  DEPLOY.harmless("one more tag of a role", (inputs) => {
    inputs["tags"] = { purpose: "delivery" };
  }),
  READER_ROLE.harmless(
    "a trust that is bound to the cluster",
    statement(
      "PodsAssume",
      (it) => {
        it["Condition"] = { StringEquals: { "aws:SourceAccount": ACCOUNT } };
      },
      "assumeRolePolicy",
    ),
  ),
  READER.harmless(
    "a model that also lists its own versions",
    granted("s3:GetObjectVersion", "arn:aws:s3:::millrace-prod-models-0650b3f/models/fraud/*"),
  ),
  READER.harmless(
    "a model that says what it sees as one action",
    statement("ReadVersions", (it) => {
      it["Action"] = "s3:GetObject";
      [it["Resource"]] = it["Resource"];
    }),
  ),
  READER.harmless(
    "one more denial for a model",
    policy(({ Statement }) => Statement.push({ Effect: "Deny", Action: "s3:DeleteObject", Resource: "*" })),
  ),
  READER.harmless("a policy whose one statement is no list", (inputs) => {
    const { Version, Statement } = JSON.parse(inputs["policy"]);
    inputs["policy"] = JSON.stringify({ Version, Statement: Statement[0] });
  }),
  IDENTITIES.harmless(
    "denials first",
    policy(({ Statement }) => Statement.reverse()),
  ),
  IDENTITIES.harmless(
    "CI that passes roles to one service less",
    statement("PassRoles", (it) => {
      it["Condition"].StringEquals["iam:PassedToService"] = ["ec2.amazonaws.com", "eks.amazonaws.com"];
    }),
  ),
  welcome("foundation", "aws:iam/policy:Policy", "one more policy with a narrow right", {
    name: "millrace-prod-reader",
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::millrace-prod-models-0650b3f/models/shared/*" },
      ],
    }),
  }),
];
