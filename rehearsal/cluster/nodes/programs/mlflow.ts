// Stands for the MLflow server: its health and version, and what a deployment asks of the registry, answered from a JSON file.
// Every answer says that it is a stand-in. Variables: MILLRACE_HOST, MILLRACE_PORT, MILLRACE_REGISTRY.
import { existsSync, readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";

const { MILLRACE_HOST: host = "127.0.0.1", MILLRACE_REGISTRY: registry = "" } = process.env;
const port = Number(process.env.MILLRACE_PORT ?? 5000);

/** One version of a model, as the registry file has it. */
interface Version {
  name: string;
  version: string;
  /** Where its files lie. */
  source: string;
  aliases?: string[];
  tags?: Record<string, string>;
  run_id?: string;
}

/** Read at each request: a rehearsal registers versions while the server runs. */
function versions(): Version[] {
  return existsSync(registry) ? (JSON.parse(readFileSync(registry, "utf8")) as { versions: Version[] }).versions : [];
}

function reply(response: ServerResponse, status: number, body: object | string): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" ? "text/plain" : "application/json";
  response.writeHead(status, { "content-type": type, "x-millrace-stand-in": "mlflow" });
  response.end(text);
}

function shown({ tags = {}, aliases = [], ...version }: Version): object {
  return { ...version, aliases, tags: Object.entries(tags).map(([key, value]) => ({ key, value })), status: "READY" };
}

function registryAnswer(call: string, query: URLSearchParams): [number, object] {
  const name = query.get("name") ?? "";
  const ofModel = versions().filter((version) => version.name === name);
  if (ofModel.length === 0) {
    return missing(`Registered Model with name=${name} not found`);
  }
  const alias = query.get("alias");
  const number = query.get("version");
  if (call === "registered-models/get") {
    return [200, { registered_model: { name, latest_versions: ofModel.map(shown) } }];
  }
  const found = ofModel.find(({ aliases, version }) => (alias === null ? version === number : aliases?.includes(alias)));
  if (!found) {
    return missing(
      alias === null ? `Model Version (name=${name}, version=${number}) not found` : `Registered model alias ${alias} not found.`,
    );
  }
  if (call === "model-versions/get-download-uri") {
    return [200, { artifact_uri: found.source }];
  }
  return [200, { model_version: shown(found) }];
}

const missing = (message: string): [number, object] => [404, { error_code: "RESOURCE_DOES_NOT_EXIST", message }];

const CALLS = ["registered-models/alias", "registered-models/get", "model-versions/get", "model-versions/get-download-uri"];

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", `http://${host}`);
  request.resume();
  const call = pathname.replace("/api/2.0/mlflow/", "");
  if (pathname === "/health") {
    reply(response, 200, "OK");
  } else if (pathname === "/version") {
    reply(response, 200, "stand-in");
  } else if (request.method === "GET" && CALLS.includes(call)) {
    reply(response, ...registryAnswer(call, searchParams));
  } else {
    reply(response, 404, {
      error_code: "ENDPOINT_NOT_FOUND",
      message: `The stand-in for MLflow does not answer ${request.method} ${pathname}`,
    });
  }
});
server.keepAliveTimeout = 3_600_000;
server.listen(port, host, () => console.log(`stand-in for MLflow on ${host}:${port}`));

process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => process.exit(0), 5000).unref();
});
