import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

interface Version {
  name: string;
  version: string;
  run_id: string;
  source: string;
  tags: { key: string; value: string }[];
}

/** What a registry has, and what was asked of it. */
export interface RegistryServer {
  url: string;
  models: Map<string, { team: string; aliases: Record<string, string> }>;
  versions: Version[];
  /** `<method> <path>` of every request. */
  requests: string[];
  /** Answers in place of the server for requests that it means: a status and a body. */
  instead: (request: string) => [number, object] | undefined;
}

/**
 * The part of MLflow's REST API that a promotion uses, with pages of two versions. It lacks rights and records: the test with the real server
 * has them (registry.e2e.test.ts).
 */
export async function registryServer(): Promise<RegistryServer> {
  const state: RegistryServer = { url: "", models: new Map(), versions: [], requests: [], instead: () => undefined };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const url = new URL(request.url ?? "", "http://server");
    const path = url.pathname.replace("/api/2.0/mlflow/", "");
    state.requests.push(`${request.method} ${path}`);
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {};
    const [status, content] =
      request.headers.authorization === "Bearer good"
        ? (state.instead(`${request.method} ${path}`) ?? answerTo(state, `${request.method} ${path}`, url.searchParams, body))
        : [401, { error_code: "UNAUTHENTICATED", message: "the token has expired: get a new one" }];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(content));
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}

// biome-ignore lint/suspicious/noExplicitAny: bodies as they come.
function answerTo({ models, versions }: RegistryServer, asked: string, query: URLSearchParams, body: any): [number, object] {
  const model = models.get(body.name);
  const version = versions.find((each) => each.name === body.name && each.version === body.version);
  switch (asked) {
    case "POST registered-models/create":
      if (model) {
        return [400, { error_code: "RESOURCE_ALREADY_EXISTS", message: `Registered Model (name=${body.name}) already exists.` }];
      }
      models.set(body.name, { team: body.tags[0].value, aliases: {} });
      return [200, {}];
    case "GET registered-models/get": {
      const found = models.get(query.get("name") ?? "");
      const aliases = Object.entries(found?.aliases ?? {}).map(([alias, number]) => ({ alias, version: number }));
      return found
        ? [200, { registered_model: { aliases } }]
        : [404, { error_code: "RESOURCE_DOES_NOT_EXIST", message: "Registered Model not found" }];
    }
    case "GET model-versions/search": {
      const [, name] = /^name='(.*)'$/.exec(query.get("filter") ?? "") ?? [];
      const from = Number(query.get("page_token") ?? 0);
      const all = versions.filter((each) => each.name === name).toReversed();
      const next = from + 2 < all.length ? { next_page_token: String(from + 2) } : {};
      return [200, { model_versions: all.slice(from, from + 2), ...next }];
    }
    case "POST model-versions/create": {
      if (!model) {
        return [404, { error_code: "RESOURCE_DOES_NOT_EXIST", message: `Registered Model with name=${body.name} not found` }];
      }
      const number = versions.filter((each) => each.name === body.name).length + 1;
      const made = { run_id: "", ...body, version: String(number) };
      versions.push(made);
      return [200, { model_version: made }];
    }
    case "POST model-versions/set-tag":
      version!.tags = [...version!.tags.filter(({ key }) => key !== body.key), { key: body.key, value: body.value }];
      return [200, {}];
    case "POST registered-models/alias":
      model!.aliases[body.alias] = body.version;
      return [200, {}];
    default:
      return [404, { error_code: "ENDPOINT_NOT_FOUND", message: asked }];
  }
}
