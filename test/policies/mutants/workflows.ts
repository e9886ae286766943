import { aws, type StackMutant } from "./mutant.ts";

const JOBS = aws("foundation", "codebuild/webhook:Webhook", "ci-runner-jobs");

const workflows = (pattern: string) => (inputs: any) => {
  inputs["filterGroups"][0].filters[1].pattern = pattern;
};
const branches = (type: string, pattern: string) => (inputs: any) => {
  inputs["filterGroups"][0].filters[1] = { type, pattern };
};

/** Which workflows, branches and people start a build with rights in the account. */
export const WORKFLOWS: readonly StackMutant[] = [
  JOBS.bad("a runner for workflows whose names begin alike", workflows("^preview|up$")),
  JOBS.bad("a runner for workflows that hold a name", workflows("preview|up")),
  JOBS.bad("a runner for workflows without an end", workflows("^(preview|up)")),
  JOBS.bad("a runner for workflows without a beginning", workflows("(preview|up)$")),
  JOBS.bad("a runner for workflows with anything behind their names", workflows("^(preview|up).*$")),
  JOBS.bad("a runner for workflows with anything before a name", workflows("^.*preview$")),
  JOBS.bad("a runner for workflows of which one is anything with a name", workflows("^(preview|.+-up)$")),
  JOBS.bad("a runner for branches that begin alike", branches("HEAD_REF", "^refs/heads/main")),
  JOBS.bad("a runner for branches that end alike", branches("HEAD_REF", "main$")),
  JOBS.bad("a runner for branches that hold a name", branches("BASE_REF", "main")),
  JOBS.bad("a runner for people with like names", branches("ACTOR_ACCOUNT_ID", "1234567")),
  JOBS.harmless("a runner for two workflows, each from end to end", workflows("^preview$|^up$")),
  JOBS.harmless("a runner for workflows in a group that is not kept", workflows("^(?:preview|up)$")),
  JOBS.harmless("a runner for branches of releases", branches("HEAD_REF", "^refs/heads/release/[0-9.]+$")),
];
