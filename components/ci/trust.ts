import * as pulumi from "@pulumi/pulumi";
import { policyDocument, type Statement } from "../iam.ts";
import { fields, matching, optional, type Shape } from "../shape.ts";
import { check } from "../validation.ts";

/** GitHub's issuer of tokens, and the audience that its tokens are made for. */
export const ISSUER = "token.actions.githubusercontent.com";
export const AUDIENCE = "sts.amazonaws.com";

/** ARN of an account's identity provider for GitHub, known before it is made. */
export const githubProviderArn = (account: string): string => `arn:aws:iam::${account}:oidc-provider/${ISSUER}`;

/** A repository on GitHub. */
export interface Repository {
  /** `<organisation>/<name>`. */
  repository: string;

  /**
   * GitHub's numbers for the repository and its owner: `gh api repos/<organisation>/<name> --jq '.id, .owner.id'`.
   * With them a role trusts both forms of the subject, and only tokens that carry these numbers: a stranger who takes over a name
   * that was given up gets nothing.
   * @default - the subject with names alone, which GitHub sends for repositories that were neither made nor renamed since 2026-07-15
   */
  repositoryIds?: { repository: string; owner: string };
}

/** No wildcard can slip in: the subjects are compared as they stand. */
export const repository = matching(/^[\w.-]+\/[\w.-]+$/, "`<organisation>/<repository>`");

const gitHubNumber = matching(/^[1-9]\d*$/, "GitHub's number, digits in quotes");

export const REPOSITORY: Shape<Repository> = {
  repository,
  repositoryIds: optional(fields<NonNullable<Repository["repositoryIds"]>>({ repository: gitHubNumber, owner: gitHubNumber })),
};

/** Jobs that a role trusts: those of a GitHub environment, of a branch or of a tag, or those that a pull request starts. */
export type Jobs = { environment: string } | { branch: string } | { tag: string } | "pull requests";

/** Jobs that a role trusts only as far as they come from files of workflows, as these stand in a branch. */
export interface JobsOfFiles {
  jobs: readonly Jobs[];
  /** Names of files in `.github/workflows`. */
  files: readonly string[];
  branch: string;
}

/**
 * Trust policy of a role that jobs of one repository take. Every subject is compared as a whole.
 *
 * AWS knows these claims of GitHub as condition keys besides `sub` and `aud`: actor, actor_id, enterprise_id, environment,
 * job_workflow_ref, ref, repository, repository_id, repository_owner_id, workflow (Service Authorization Reference, "AWS STS";
 * announced in January 2026).
 *
 * @param provider ARN of the account's identity provider for GitHub
 * @param ofFiles jobs that are trusted besides, in these files alone. @default - none
 */
export function trust(
  provider: pulumi.Input<string>,
  repository: Repository,
  jobs: readonly Jobs[],
  ofFiles?: JobsOfFiles,
): pulumi.Output<string> {
  const { repositoryIds: ids } = repository;
  const taken = (sid: string, some: readonly Jobs[], more: Record<string, string[]> = {}): Statement => ({
    sid,
    principals: { Federated: provider },
    actions: ["sts:AssumeRoleWithWebIdentity"],
    resources: [],
    conditions: {
      StringEquals: {
        [`${ISSUER}:aud`]: AUDIENCE,
        [`${ISSUER}:sub`]: subjects(repository, some),
        ...(ids && { [`${ISSUER}:repository_id`]: ids.repository, [`${ISSUER}:repository_owner_id`]: ids.owner }),
        ...more,
      },
    },
  });
  return policyDocument([
    taken("GitHubActions", jobs),
    ...(ofFiles ? [taken("GitHubFiles", ofFiles.jobs, { [`${ISSUER}:job_workflow_ref`]: filesIn(repository, ofFiles) })] : []),
  ]);
}

/** Files of workflows, as a token names them: a branch that changes one has another name for it. */
export const filesIn = ({ repository: name }: Repository, { files, branch }: Pick<JobsOfFiles, "files" | "branch">): string[] =>
  files.map((file) => `${name}/.github/workflows/${file}@refs/heads/${branch}`);

/**
 * Subjects of the jobs (GitHub documentation, "OpenID Connect reference"). Since 2026-07-15 the subject of a new or renamed repository
 * carries the numbers of owner and repository behind their names.
 */
export function subjects({ repository, repositoryIds: ids }: Repository, jobs: readonly Jobs[]): string[] {
  const [owner, name] = repository.split("/");
  const forms = [repository, ...(ids ? [`${owner}@${ids.owner}/${name}@${ids.repository}`] : [])];
  return forms.flatMap((form) => jobs.map((each) => `repo:${form}:${contextOf(each)}`));
}

function contextOf(jobs: Jobs): string {
  if (jobs === "pull requests") {
    return "pull_request";
  }
  if ("environment" in jobs) {
    return `environment:${jobs.environment}`;
  }
  return "branch" in jobs ? `ref:refs/heads/${jobs.branch}` : `ref:refs/tags/${jobs.tag}`;
}

/** @throws {pulumi.ResourceError} when a job's environment, branch or tag is not a plain name. */
export function checkJobs(argument: string, jobs: Jobs, on: pulumi.Resource): void {
  if (typeof jobs === "object") {
    const [[kind, name]] = Object.entries(jobs) as [[string, string]];
    const rule = kind === "environment" ? "the name of a GitHub environment" : `the name of a ${kind}`;
    check.matches(argument, name, kind === "environment" ? /^[\w.-]+$/ : /^[\w./-]+$/, rule, on);
  }
}
