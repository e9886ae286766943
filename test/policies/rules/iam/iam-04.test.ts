import { describeRule } from "../../harness.ts";

describeRule("IAM-04", [
  {
    what: "users that a policy is attached to",
    layer: "foundation",
    add: { type: "aws:iam/policyAttachment:PolicyAttachment", name: "people", inputs: { policyArn: "arn", users: ["ann"] } },
    says: "foundation-prod/people: 'users' must be empty (attach the policy to roles), got 'ann'",
    unknown: "users",
  },
  {
    what: "an access key",
    layer: "workloads",
    environment: "dev",
    add: { type: "aws:iam/accessKey:AccessKey", name: "ci", inputs: { user: "ci" } },
    says: "workloads-dev/ci: 'type' must be a role, which has no lasting credentials, got 'aws:iam/accessKey:AccessKey'",
  },
]);
