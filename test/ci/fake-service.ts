import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Comment {
  id: number;
  body: string;
  user?: { login: string };
  author?: { username: string };
}

/** A call that changes something, or reads a page, as the service received it. */
export interface Received {
  method: string;
  path: string;
  token: string | undefined;
  body?: string;
}

export interface FakeService {
  url: string;
  comments: Comment[];
  received: Received[];
  close(): void;
}

/** What the fake does beside its work. */
export interface Faults {
  /** Answers to the first calls, before it works. @default - none */
  first?: { status: number; headers?: Record<string, string> }[];
  /** Status of every edit. @default - edits are done */
  edits?: number;
  /** Whether the token may ask for its own user, `millrace`. @default false */
  self?: boolean;
  /** Where `Link` says that the next page is. @default - here */
  next?: string;
}

/** A comment that is there already; the text alone where its author does not matter. */
export type Earlier = string | Omit<Comment, "id">;

const isOurs = ({ user, author }: Comment): boolean =>
  ["millrace", "github-actions[bot]"].includes(user?.login ?? author?.username ?? "");

/** The comments of GitHub's and GitLab's REST interface on loopback: 100 a page at most, pages named by `Link`, bodies of a limited length. */
export async function fakeService(limit: number, earlier: readonly Earlier[], faults: Faults = {}): Promise<FakeService> {
  const comments: Comment[] = earlier.map((each, index) => ({
    id: index + 1,
    ...(typeof each === "string" ? { body: each } : each),
  }));
  const received: Received[] = [];
  const first = [...(faults.first ?? [])];
  const server: Server = createServer((request, response) => {
    void textOf(request).then((text) => {
      const { method = "", url = "", headers } = request;
      const { pathname, searchParams } = new URL(url, "http://fake");
      const body = text === "" ? undefined : (JSON.parse(text) as Comment).body;
      const token = headers.authorization ?? (headers["private-token"] as string | undefined);
      received.push({ method, path: url, token, ...(body !== undefined && { body }) });
      const answer = (status: number, content: unknown, more: Record<string, string> = {}) =>
        response.writeHead(status, { "content-type": "application/json", ...more }).end(JSON.stringify(content));
      const fault = first.shift();
      if (fault) {
        return answer(fault.status, { message: "later" }, fault.headers);
      }
      if (method === "GET" && pathname.endsWith("/user")) {
        return faults.self
          ? answer(200, { login: "millrace", username: "millrace" })
          : answer(403, { message: "not accessible" });
      }
      if (method === "GET") {
        const [size, page] = [Math.min(100, Number(searchParams.get("per_page") ?? 20)), Number(searchParams.get("page") ?? 1)];
        const shown = comments.slice((page - 1) * size, page * size);
        const here = faults.next ?? `http://${headers.host!}`;
        const more = page * size < comments.length;
        return answer(200, shown, more ? { link: `<${here}${pathname}?per_page=${size}&page=${page + 1}>; rel="next"` } : {});
      }
      if (body === undefined || body.length > limit) {
        return answer(422, { message: `body is too long (maximum is ${limit} characters)` });
      }
      if (method === "POST") {
        comments.push({ id: comments.length + 1, body });
        return answer(201, comments.at(-1));
      }
      if (faults.edits !== undefined) {
        return answer(faults.edits, { message: "not yours" });
      }
      const found = comments.find(({ id }) => id === Number(pathname.split("/").at(-1)));
      if (found && (found.user ?? found.author) !== undefined && !isOurs(found)) {
        return answer(403, { message: "not yours" });
      }
      if (found) {
        found.body = body;
      }
      return answer(found ? 200 : 404, found ?? {});
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, comments, received, close: () => server.close() };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request.setEncoding("utf8")) {
    text += part as string;
  }
  return text;
}
