import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const WEBHOOK = "aws:codebuild/webhook:Webhook";
const jobs = { layer: "foundation", resource: "ci-runner-jobs", type: WEBHOOK } as const;

describeRule("RUN-03", [
  {
    ...jobs,
    what: "a runner of every workflow",
    change: (inputs) => inputs.filterGroups[0].filters.pop(),
    says: "foundation-prod/ci-runner-jobs: 'filterGroups.0.filters' must be narrowed by a filter that names workflows, branches or people, got 'WORKFLOW_JOB_QUEUED of anybody'",
    unknown: "filterGroups",
  },
  {
    ...jobs,
    what: "a runner of whatever happens",
    change: (inputs) => delete inputs.filterGroups,
    says: "foundation-prod/ci-runner-jobs: 'filterGroups' must be groups that name who or what starts a build, got 'nothing, which is every event'",
    unknown: "filterGroups",
  },
]);

describe("RUN-03", () => {
  const event = (pattern: string) => ({ type: "EVENT", pattern });
  const group = (...filters: object[]) => ({ filterGroups: [{ filters }] });
  const request = event("PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED");

  it.each<object>([
    group(event("PUSH")),
    { branchFilter: "^main$" },
    group(event("PUSH"), { type: "HEAD_REF", pattern: "^refs/heads/main$" }),
    group(event("WORKFLOW_JOB_QUEUED"), { type: "WORKFLOW_NAME", pattern: "^(preview|up)$" }),
    group(request, { type: "ACTOR_ACCOUNT_ID", pattern: "^(123|456)$" }),
    group(event("WORKFLOW_JOB_QUEUED"), { type: "WORKFLOW_NAME", pattern: "^preview$|^up$" }),
    group(event("WORKFLOW_JOB_QUEUED"), { type: "WORKFLOW_NAME", pattern: "(^preview$|^up$)" }),
    group(request, { type: "HEAD_REF", pattern: "^refs/heads/release/[0-9.|]+$" }),
    group(request, { type: "HEAD_REF", pattern: "^refs/heads/release/.*$" }),
    group(request, { type: "HEAD_REF", pattern: "^refs/tags/v.*$" }),
    { ...group(request), pullRequestBuildPolicy: { requiresCommentApproval: "ALL_PULL_REQUESTS" } },
  ])("accepts %j", (inputs) => {
    expect(found("RUN-03", of(WEBHOOK, "x", inputs))).toEqual([]);
  });

  it.each<object>([
    group(event("WORKFLOW_JOB_QUEUED"), { type: "WORKFLOW_NAME", pattern: ".*" }),
    group(event("WORKFLOW_JOB_QUEUED"), { type: "WORKFLOW_NAME", pattern: "^deploy$", excludeMatchedPattern: true }),
    group(event("WORKFLOW_JOB_QUEUED"), { type: "FILE_PATH", pattern: "^src/" }),
    group(request, { type: "HEAD_REF", pattern: "refs/heads/" }),
    group(event("WORKFLOW_JOB_QUEUED"), { type: "WORKFLOW_NAME", pattern: "preview|up" }),
    group(event("WORKFLOW_JOB_QUEUED"), { type: "WORKFLOW_NAME", pattern: "^preview|up$" }),
    group(event("WORKFLOW_JOB_QUEUED"), { type: "WORKFLOW_NAME", pattern: "^(preview|up)" }),
    group(event("WORKFLOW_JOB_QUEUED"), { type: "WORKFLOW_NAME", pattern: "^(preview|up).*$" }),
    group(event("WORKFLOW_JOB_QUEUED"), { type: "WORKFLOW_NAME", pattern: "^up\\$" }),
    group(event("WORKFLOW_JOB_QUEUED"), { type: "WORKFLOW_NAME", pattern: "^.*preview$" }),
    group(event("WORKFLOW_JOB_QUEUED"), { type: "WORKFLOW_NAME", pattern: "^(preview|.+-up)$" }),
    group(event("WORKFLOW_JOB_QUEUED"), { type: "WORKFLOW_NAME", pattern: "^up\\w*$" }),
    // The id 91234 holds 123.
    group(request, { type: "ACTOR_ACCOUNT_ID", pattern: "123" }),
    group(),
    { branchFilter: ".*" },
    { ...group(request), pullRequestBuildPolicy: { requiresCommentApproval: "DISABLED" } },
    { ...group(event("WORKFLOW_JOB_QUEUED")), pullRequestBuildPolicy: { requiresCommentApproval: "ALL_PULL_REQUESTS" } },
  ])("refuses %j", (inputs) => {
    expect(found("RUN-03", of(WEBHOOK, "x", inputs))).toHaveLength(1);
  });
});
