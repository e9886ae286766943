import { texts } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

const POLICY_ATTACHMENT = "aws:iam/policyAttachment:PolicyAttachment";

export const IAM_04 = rule({
  id: "IAM-04",
  title: "People and pipelines take roles; there are no IAM users and no access keys",
  severity: "high",
  levels: levels("M/M/M"),
  frameworks: ["FSBP IAM.2", "AISF-IAM-03"],
  remediation:
    "Let people sign in through IAM Identity Center, pipelines through OIDC and pods through Pod Identity. Each of them takes a role.",
  peers: ["CKV_AWS_273", "CKV_AWS_40", "pulumi compliance-policies"],
  types: [
    "aws:iam/user:User",
    "aws:iam/accessKey:AccessKey",
    "aws:iam/userLoginProfile:UserLoginProfile",
    "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    POLICY_ATTACHMENT,
  ],
  check: ({ type, inputs }) =>
    type === POLICY_ATTACHMENT
      ? texts(inputs, "users").map((user) => ({ property: "users", got: user, want: "empty (attach the policy to roles)" }))
      : [{ property: "type", got: type, want: "a role, which has no lasting credentials" }],
});
