import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { type Account, peopleBehind } from "../people.ts";
import type { Settings } from "../settings.ts";
import type { Approvals } from "./approval.ts";
import { changedBetween, changesWhoApproves, type FileIn } from "./pointed.ts";
import { get, getText, githubService, list, type Service } from "./service.ts";

/** Reviews of a pull request on GitHub. */
export interface GithubReviews {
  kind: "github";
  /** `https://api.github.com`, or that of a server of one's own. */
  api: string;
  token: string;
  /** `<owner>/<name>`. */
  repository: string;
  /** The pull request, or the commit by which it was merged. */
  of: { request: number } | { commit: string };
}

interface Pull {
  number: number;
  html_url: string;
  user: { login: string } | null;
  merged_at: string | null;
  head: { sha: string };
  base: { ref: string; sha: string; repo: { default_branch: string } };
}

interface Review {
  user: { login: string } | null;
  state: string;
  commit_id: string | null;
  submitted_at?: string;
}

/**
 * Approvals by the last review of each person, of the last commit of the pull request. A comment takes nothing back.
 *
 * @throws {Error} when GitHub cannot be reached, or refuses.
 */
export async function githubApprovals(
  source: GithubReviews,
  environment: EnvironmentName,
  settings: Settings,
): Promise<Approvals> {
  const service = githubService(source.api, source.token);
  const repository = `/repos/${source.repository}`;
  const pulls = await pullsOf(service, repository, source.of);
  const found = await Promise.all(pulls.map((pull) => ofPull(pull, service, repository, environment, settings)));
  return {
    given: found.flatMap(({ given }) => given),
    openedBy: pulls.flatMap(({ user }): Account[] => (user === null ? [] : [{ kind: "github", name: user.login }])),
    refused: found.flatMap(({ refused }) => refused),
  };
}

/** Only pull requests into the default branch: reviews of others may follow other rules. */
async function pullsOf(service: Service, repository: string, of: GithubReviews["of"]): Promise<Pull[]> {
  if ("request" in of) {
    const pull = await get<Pull>(service, `${repository}/pulls/${of.request}`);
    return pull === undefined ? [] : [pull].filter(isIntoDefault);
  }
  const pulls = await list<Pull>(service, `${repository}/commits/${of.commit}/pulls`);
  const merged = pulls.filter((each) => each.merged_at !== null);
  // A list lacks what a single answer has.
  const whole = await Promise.all(merged.map(({ number }) => get<Pull>(service, `${repository}/pulls/${number}`)));
  return whole.filter((each): each is Pull => each !== undefined).filter(isIntoDefault);
}

const isIntoDefault = ({ base }: Pull): boolean => base.ref === base.repo.default_branch;

async function ofPull(
  { number, html_url: page, head, base, user }: Pull,
  service: Service,
  repository: string,
  environment: EnvironmentName,
  settings: Settings,
): Promise<Pick<Approvals, "given" | "refused">> {
  const [reviews, comparison] = await Promise.all([
    list<Review>(service, `${repository}/pulls/${number}/reviews`),
    get<{ merge_base_commit: { sha: string } }>(service, `${repository}/compare/${base.sha}...${head.sha}`),
  ]);
  if (comparison === undefined) {
    throw new Error(`github does not know what ${page} changes: its commits are gone`);
  }
  const { sha: before } = comparison.merge_base_commit;
  const fileIn: FileIn = (commit, path) =>
    getText(service, `${repository}/contents/${path}?ref=${commit}`, "application/vnd.github.raw+json");
  const ofItself = await changesWhoApproves(before, head.sha, page, fileIn);
  if (ofItself !== undefined) {
    return { given: [], refused: [ofItself] };
  }
  const approves = await changedBetween(before, head.sha, environment, fileIn);
  const given: Approvals["given"][number][] = [];
  const refused: string[] = [];
  for (const [login, review] of lastOf(reviews)) {
    const [by] = peopleBehind({ kind: "github", name: login }, settings);
    const source = `${page} by ${login}`;
    if (review.state !== "APPROVED" || login === user?.login.toLowerCase()) {
      continue;
    }
    if (review.commit_id !== head.sha) {
      refused.push(`the review of ${login} (${page}) is of an earlier commit`);
    } else if (by === undefined) {
      refused.push(`${login} (${page}) is nobody in releases/promotion.json`);
    } else {
      given.push({ by, source, time: new Date(review.submitted_at ?? Number.NaN).toISOString(), approves });
    }
  }
  return { given, refused };
}

/** The last review of each user that says yes or no. */
function lastOf(reviews: readonly Review[]): Map<string, Review> {
  const last = new Map<string, Review>();
  // GitHub lists them in the order in which they were given.
  for (const review of reviews) {
    if (review.user !== null && ["APPROVED", "CHANGES_REQUESTED", "DISMISSED"].includes(review.state)) {
      last.set(review.user.login.toLowerCase(), review);
    }
  }
  return last;
}
