// Calls of GitHub's and GitLab's REST interfaces.

import { jsonOf } from "#stacks/inputs/json-fault";

/** A service with the token of the job. The token goes to no other host. */
export interface Service {
  name: "github" | "gitlab";
  /** Address of the interface, without a slash at the end. */
  api: string;
  headers: Readonly<Record<string, string>>;
}

export const githubService = (api: string, token: string): Service => ({
  name: "github",
  api,
  headers: { Authorization: `Bearer ${token}`, Accept: "application/vnd.github+json", "Content-Type": "application/json" },
});

export const gitlabService = (api: string, token: string): Service => ({
  name: "gitlab",
  api,
  headers: { "PRIVATE-TOKEN": token, "Content-Type": "application/json" },
});

/** Tries of one call: a service that is busy, or limits us, answers later. */
const TRIES = 4;

/** Milliseconds for which one try may take. */
const LIMIT = 30_000;

/** Most pages of a list: more is a service that goes round in circles. */
const PAGES = 100;

/** Calls a service. @throws {Error} when it cannot be reached. */
export async function call(
  { name, headers }: Service,
  method: string,
  url: string,
  body?: object,
  accept?: string,
): Promise<Response> {
  for (let tried = 1; ; tried++) {
    const answer = await fetch(url, {
      method,
      headers: { ...headers, ...(accept !== undefined && { Accept: accept }) },
      // A token in a header of its own would go along to another host.
      redirect: "manual",
      signal: AbortSignal.timeout(LIMIT),
      ...(body && { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new Error(`${name} cannot be reached at ${new URL(url).host} (${causeOf(error)})`);
    });
    const after = answer.headers.get("retry-after");
    const later = [429, 502, 503, 504].includes(answer.status) || (answer.status === 403 && after !== null);
    if (!later || tried === TRIES) {
      return answer;
    }
    await answer.body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, 1000 * Math.min(60, Number(after) || 2 ** tried)));
  }
}

const causeOf = (error: unknown): string => {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
};

/** What a service has under an address; nothing where it has nothing there. @throws {Error} when it refuses, or answers something else. */
export async function get<T>(service: Service, path: string): Promise<T | undefined> {
  const answer = await call(service, "GET", `${service.api}${path}`);
  return answer.status === 404 ? undefined : await contentOf<T>(service, path, answer);
}

/** A file in a commit, as text; nothing where there is none. */
export async function getText(service: Service, path: string, accept?: string): Promise<string | undefined> {
  const answer = await call(service, "GET", `${service.api}${path}`, undefined, accept);
  if (answer.status === 404) {
    return undefined;
  }
  if (!answer.ok) {
    throw new Error(await refusal(service, path, answer));
  }
  return await answer.text();
}

/** All pages of a list. @param what how refusals name it. @throws {Error} when the service refuses one, or answers something else. */
export async function list<T>(service: Service, path: string, what = path): Promise<T[]> {
  const found: T[] = [];
  let next: string | undefined = `${service.api}${path}${path.includes("?") ? "&" : "?"}per_page=100`;
  for (let page = 1; next !== undefined; page++) {
    if (page > PAGES) {
      throw new Error(`${service.name} has more than ${PAGES} pages of ${what}`);
    }
    const answer: Response = await call(service, "GET", next);
    const items = await contentOf<T[]>(service, what, answer);
    if (!Array.isArray(items)) {
      throw new Error(`${service.name} must answer ${what} with a list, it did with something else`);
    }
    found.push(...items);
    next = nextPage(answer, service);
  }
  return found;
}

/** Both services name the next page in the header `Link`. It is asked for where the list is, whatever host the header names. */
function nextPage({ headers }: Response, { api }: Service): string | undefined {
  const link = /<([^>]+)>;\s*rel="?next"?/.exec(headers.get("link") ?? "")?.[1];
  if (link === undefined) {
    return undefined;
  }
  const { pathname, search } = new URL(link, api);
  return `${new URL(api).origin}${pathname}${search}`;
}

async function contentOf<T>(service: Service, path: string, answer: Response): Promise<T> {
  if (!answer.ok) {
    throw new Error(await refusal(service, path, answer));
  }
  const text = await answer.text();
  try {
    return jsonOf(text) as T;
  } catch {
    throw new Error(`${service.name} must answer ${path} with JSON, it did with other text`);
  }
}

/** What a service answered that was asked for something. */
export const refusal = async ({ name }: Service, asked: string, answer: Response): Promise<string> =>
  `${name} answered ${answer.status} to ${asked}: ${(await answer.text()).slice(0, 500)}`;
