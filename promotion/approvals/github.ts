import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { type Account, peopleBehind } from "../people.ts";
import type { Settings } from "../settings.ts";
import { type Approvals, together } from "./approval.ts";
import { type Reader, readRequest } from "./pointed.ts";
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

interface Commit {
  sha: string;
  author: { login: string } | null;
  committer: { login: string } | null;
  commit: Record<"author" | "committer", { name: string; email: string } | null>;
}

/** Most commits of a pull request that GitHub lists. */
const MOST_COMMITS = 250;

interface Review {
  user: { login: string } | null;
  state: string;
  body?: string | null;
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
  return together(await Promise.all(pulls.map((pull) => ofPull(pull, service, repository, environment, settings))));
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
): Promise<Approvals> {
  const [reviews, commits, comparison] = await Promise.all([
    list<Review>(service, `${repository}/pulls/${number}/reviews`),
    list<Commit>(service, `${repository}/pulls/${number}/commits`),
    get<{ merge_base_commit: { sha: string } }>(service, `${repository}/compare/${base.sha}...${head.sha}`),
  ]);
  if (comparison === undefined) {
    throw new Error(`github does not know what ${page} changes: its commits are gone`);
  }
  if (commits.length >= MOST_COMMITS) {
    throw new Error(`github does not say who made the commits of ${page} beyond the first ${MOST_COMMITS}: open a smaller one`);
  }
  const made = commits.map((each) => ({ id: each.sha, accounts: accountsOf(each) }));
  const { approves, ...rest } = await readRequest(
    { base: comparison.merge_base_commit.sha, head: head.sha, page, commits: made },
    environment,
    settings,
    readerOf(service, repository),
  );
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
      const time = new Date(review.submitted_at ?? Number.NaN).toISOString();
      const allowReplace = urnsIn(review.body ?? "");
      given.push({ by, source, time, approves: approves.map((each) => ({ ...each, ...(allowReplace && { allowReplace }) })) });
    }
  }
  const openedBy: Account[] = user === null ? [] : [{ kind: "github", name: user.login }];
  return { ...rest, given, refused, openedBy };
}

/** Resources whose loss a review allows, by naming them; nothing where it names none. */
function urnsIn(text: string): string[] | undefined {
  const found = text.match(/urn:pulumi:[^\s`'"]+/g);
  return found === null ? undefined : [...new Set(found)].sort();
}

const accountsOf = ({ author, committer, commit }: Commit): Account[] => [
  ...[author, committer].flatMap((user): Account[] => (user === null ? [] : [{ kind: "github", name: user.login }])),
  ...[commit.author, commit.committer].flatMap((who): Account[] =>
    who === null ? [] : [{ kind: "author", name: `${who.name} <${who.email}>` }],
  ),
];

const readerOf = (service: Service, repository: string): Reader => ({
  file: (commit, path) => getText(service, `${repository}/contents/${path}?ref=${commit}`, "application/vnd.github.raw+json"),
  root: async (commit) => {
    const found = await get<{ tree: { path: string; sha: string }[] }>(service, `${repository}/git/trees/${commit}`);
    if (found === undefined) {
      throw new Error(`github does not know commit ${commit}`);
    }
    return new Map(found.tree.map(({ path, sha }) => [path, sha]));
  },
  filesOf: async (commit) => {
    const found = await get<{ files?: { filename: string; previous_filename?: string }[] }>(
      service,
      `${repository}/commits/${commit}`,
    );
    return (found?.files ?? []).flatMap(({ filename, previous_filename: before }) => [filename, ...(before ? [before] : [])]);
  },
});

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
