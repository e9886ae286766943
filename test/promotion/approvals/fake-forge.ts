import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A pull request or merge request, as both services have it. */
export interface FakeRequest {
  number: number;
  author: string;
  merged?: string;
  into?: string;
  base: string;
  head: string;
  /** Who made its commits, as `<user of GitHub>`, or `<name> <address>`. @default - whoever opened it */
  commits?: string[];
  /** Files that each of them changes, by its place. @default - the pointer of prod */
  changes?: Readonly<Record<number, string[]>>;
  /** Reviews of GitHub, oldest first. */
  reviews?: { user: string | null; state: string; commit?: string; time: string; body?: string }[];
  /** Approvals of GitLab. */
  approved?: { user: string; time?: string }[];
  /** When its last commit was pushed. */
  pushed?: string;
}

export interface FakeForge {
  url: string;
  /** Paths that were asked for. */
  asked: string[];
  close(): void;
}

/** What the fake does beside its work. */
export interface Faults {
  /** Status of every answer to a path that contains a text. */
  status?: { of: string; status: number; location?: string };
  /** Answers that are no JSON. */
  garbage?: boolean;
  /** Host that `Link` names. @default - here */
  next?: string;
  /** Whether a project of GitLab removes approvals on a push; `undefined` where the token may not ask. */
  resets?: boolean;
}

/**
 * Reviews, commits and files of GitHub's and GitLab's REST interface on loopback. Strict: another path, method or token is an error, and a
 * page has two entries.
 *
 * @param files text of files, by `<commit>:<path>`
 */
export async function fakeForge(
  requests: readonly FakeRequest[],
  files: Readonly<Record<string, string>>,
  faults: Faults = {},
): Promise<FakeForge> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    const { pathname, searchParams } = new URL(url, "http://fake");
    asked.push(url);
    const answer = (status: number, content: unknown, more: Record<string, string> = {}) =>
      response
        .writeHead(status, { "content-type": "application/json", ...more })
        .end(typeof content === "string" ? content : JSON.stringify(content));
    const { status } = faults;
    if (status !== undefined && pathname.includes(status.of)) {
      return answer(
        status.status,
        { message: "no" },
        { "retry-after": "0.01", ...(status.location && { location: status.location }) },
      );
    }
    if (
      method !== "GET" ||
      (headers.authorization ?? headers["private-token"]) !== (pathname.startsWith("/api/v4") ? "secret" : "Bearer secret")
    ) {
      return answer(401, { message: "bad credentials" });
    }
    const found = pathname.startsWith("/api/v4")
      ? gitlab(decodeURIComponent(pathname.replace("/api/v4/projects/3", "")), searchParams, requests, files, faults)
      : github(pathname.replace("/repos/example/millrace", ""), searchParams, requests, files);
    if (found === undefined) {
      return answer(404, { message: "Not Found" });
    }
    if (!Array.isArray(found)) {
      return answer(200, faults.garbage ? "<html>" : found);
    }
    const page = Number(searchParams.get("page") ?? 1);
    const here = faults.next ?? `http://${headers.host!}`;
    const more = page * 2 < found.length;
    return answer(
      200,
      faults.garbage ? "<html>" : found.slice((page - 1) * 2, page * 2),
      more ? { link: `<${here}${pathname}?${nextPage(searchParams, page)}>; rel="next"` } : {},
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, close: () => server.close() };
}

/** A service keeps what was asked for in the address of the next page. */
function nextPage(asked: URLSearchParams, page: number): URLSearchParams {
  const next = new URLSearchParams(asked);
  next.set("page", String(page + 1));
  return next;
}

type Answer = object | string | undefined;

function github(
  path: string,
  query: URLSearchParams,
  requests: readonly FakeRequest[],
  files: Readonly<Record<string, string>>,
): Answer {
  const pull = ({ number, author, merged, into = "main", base, head }: FakeRequest) => ({
    number,
    html_url: `https://github.test/pull/${number}`,
    user: { login: author },
    merged_at: merged === undefined ? null : "2026-11-23T09:00:00Z",
    head: { sha: head },
    base: { ref: into, sha: `tip of ${base}`, repo: { default_branch: "main" } },
  });
  const of = (number: string | undefined) => requests.find((each) => each.number === Number(number));
  const [, commit] = /^\/commits\/(\w+)\/pulls$/.exec(path) ?? [];
  const [, number, rest] = /^\/pulls\/(\d+)(\/reviews|\/commits)?$/.exec(path) ?? [];
  const [, tree] = /^\/git\/trees\/(\w+)$/.exec(path) ?? [];
  const [, base, head] = /^\/compare\/(.+)\.\.\.(\w+)$/.exec(decodeURIComponent(path)) ?? [];
  const [, file] = /^\/contents\/(.+)$/.exec(path) ?? [];
  if (commit !== undefined) {
    return requests.filter(({ merged }) => merged === commit).map(pull);
  }
  if (number !== undefined) {
    const request = of(number);
    if (rest === "/commits") {
      return (
        request &&
        committers(request).map(({ id, user, name, email }) => ({
          sha: id,
          author: user === undefined ? null : { login: user },
          committer: { login: "web-flow" },
          commit: { author: { name, email }, committer: { name: "GitHub", email: "noreply@github.com" } },
        }))
      );
    }
    return rest === undefined
      ? request && pull(request)
      : request?.reviews?.map(({ user, state, commit: reviewed = request.head, time, body = "" }) => ({
          body,
          user: user === null ? null : { login: user },
          state,
          commit_id: reviewed,
          submitted_at: time,
        }));
  }
  const made = /^\/commits\/([\w-]+)$/.exec(path)?.[1];
  if (made !== undefined) {
    return { files: filesOf(made, requests)?.map((filename) => ({ filename })) };
  }
  if (tree !== undefined) {
    const entries = rootOf(tree, files);
    return entries.length === 0 ? undefined : { tree: entries.map(({ name, id }) => ({ path: name, sha: id })) };
  }
  if (head !== undefined) {
    return { merge_base_commit: { sha: base!.replace("tip of ", "") } };
  }
  return file === undefined ? undefined : files[`${query.get("ref")}:${file}`];
}

/** What lies in the root of a commit: files, and folders with all that is in them. */
function rootOf(commit: string, files: Readonly<Record<string, string>>): { name: string; id: string }[] {
  const own = Object.entries(files).filter(([path]) => path.startsWith(`${commit}:`));
  const names = new Set(own.map(([path]) => path.slice(commit.length + 1).split("/")[0]!));
  return [...names].map((name) => {
    const inside = own.filter(([path]) => path.slice(commit.length + 1).split("/")[0] === name);
    return {
      name,
      id: createHash("sha1")
        .update(JSON.stringify(inside.map(([path, text]) => [path.slice(commit.length), text])))
        .digest("hex"),
    };
  });
}

const filesOf = (id: string, requests: readonly FakeRequest[]): string[] | undefined => {
  const [, number, at] = /^made-(\d+)-(\d+)$/.exec(id) ?? [];
  const request = requests.find((each) => String(each.number) === number);
  return request && (request.changes?.[Number(at)] ?? ["releases/environments/prod.json"]);
};

const committers = ({ number, author, commits = [author] }: FakeRequest) =>
  commits.map((each, at) => {
    const [, name = each, email = `${each}@users.test`] = /^(.*) <(.*)>$/.exec(each) ?? [];
    return { id: `made-${number}-${at}`, name, email, ...(name === each && { user: each }) };
  });

function gitlab(
  path: string,
  query: URLSearchParams,
  requests: readonly FakeRequest[],
  files: Readonly<Record<string, string>>,
  { resets }: Faults,
): Answer {
  const whole = ({ number, author, merged, into = "main", base, head }: FakeRequest) => ({
    iid: number,
    web_url: `https://gitlab.test/merge_requests/${number}`,
    state: merged === undefined ? "opened" : "merged",
    author: { username: author },
    target_branch: into,
    sha: head,
    diff_refs: { base_sha: base, head_sha: head },
  });
  const [, commit] = /^\/repository\/commits\/(\w+)\/merge_requests$/.exec(path) ?? [];
  const [, number, rest] = /^\/merge_requests\/(\d+)(\/\w+)?$/.exec(path) ?? [];
  const [, file] = /^\/repository\/files\/(.+)\/raw$/.exec(path) ?? [];
  const request = requests.find((each) => each.number === Number(number));
  switch (true) {
    case path === "":
      return { default_branch: "main" };
    case path === "/approvals":
      return resets === undefined ? undefined : { reset_approvals_on_push: resets };
    case commit !== undefined:
      return requests.filter(({ merged }) => merged === commit).map(whole);
    case file !== undefined:
      return files[`${query.get("ref")}:${file}`];
    case rest === "/approvals":
      return { approved_by: request?.approved?.map(({ user, time }) => ({ user: { username: user }, approved_at: time })) };
    case /^\/repository\/commits\/made-.*\/diff$/.test(path):
      return filesOf(path.split("/")[3]!, requests)?.map((file) => ({ old_path: file, new_path: file }));
    case path === "/repository/tree":
      return rootOf(query.get("ref")!, files);
    case rest === "/commits":
      return (
        request &&
        committers(request).map(({ id, name, email }) => ({
          id,
          author_name: name,
          author_email: email,
          committer_name: name,
          committer_email: email,
        }))
      );
    case rest === "/versions":
      return [
        { head_commit_sha: request?.head, created_at: request?.pushed },
        { head_commit_sha: "older", created_at: "2026-11-01T00:00:00Z" },
        { head_commit_sha: "oldest", created_at: "2026-10-01T00:00:00Z" },
      ];
    default:
      return request && whole(request);
  }
}
