// Stands for a model server image: MLflow's scoring protocol over a small linear model that any version computes for itself.
// Everything it does comes from its variables: MODEL_NAME, MODEL_VERSION, MILLRACE_HOST, MILLRACE_PORT, MILLRACE_FAULT.
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Fault } from "../stand-ins.ts";

const {
  MODEL_NAME: model = "unnamed",
  MODEL_VERSION: version = "unknown",
  HOSTNAME: pod = "",
  MILLRACE_HOST: host = "127.0.0.1",
} = process.env;
const port = Number(process.env.MILLRACE_PORT ?? 8080);
const { errorRate = 0, latencyMs = 2, loadSeconds = 1, crash = false } = JSON.parse(process.env.MILLRACE_FAULT ?? "{}") as Fault;

/** A row of features; the names decide the weights, so their order does not matter. */
type Row = Readonly<Record<string, unknown>>;

const answered = new Map<number, number>();

function reply(response: ServerResponse, status: number, body: string, type = "application/json"): void {
  // A connection that is kept must not carry another request while the server is ending.
  if (!server.listening) {
    response.setHeader("connection", "close");
  }
  response.writeHead(status, {
    "content-type": type,
    "x-model-version": version,
    "x-pod": pod,
    "x-millrace-stand-in": "model-server",
  });
  response.end(body);
}

async function score(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) {
    body += String(chunk);
  }
  if (latencyMs > 0) {
    await new Promise((resolve) => setTimeout(resolve, latencyMs));
  }
  const [status, answer] = outcome(body);
  answered.set(status, (answered.get(status) ?? 0) + 1);
  reply(response, status, JSON.stringify(answer));
}

function outcome(body: string): [number, object] {
  if (Math.random() < errorRate) {
    return [500, { error_code: "INTERNAL_ERROR", message: `version ${version} fails on purpose` }];
  }
  try {
    return [200, { predictions: rows(JSON.parse(body)).map(predict) }];
  } catch (error) {
    return [400, { error_code: "BAD_REQUEST", message: (error as Error).message }];
  }
}

/** The four forms of MLflow's scoring protocol (MLflow documentation, "Local inference server"). */
function rows(input: Record<string, unknown>): Row[] {
  const { dataframe_split: split, dataframe_records: records, instances, inputs } = input;
  if (split) {
    const { columns, data } = split as { columns: string[]; data: unknown[][] };
    return data.map((values) => Object.fromEntries(columns.map((name, index) => [name, values[index]])));
  }
  if (records) {
    return records as Row[];
  }
  const list = instances ?? inputs;
  if (Array.isArray(list)) {
    return list.map((item: unknown) => (typeof item === "object" && item !== null ? (item as Row) : { value: item }));
  }
  if (typeof list === "object" && list !== null) {
    return columnsToRows(list as Record<string, unknown[]>);
  }
  throw new Error(
    "The input must be a JSON dictionary with exactly one of the input fields dataframe_split, dataframe_records, instances, inputs",
  );
}

function columnsToRows(columns: Record<string, unknown[]>): Row[] {
  const length = Math.max(...Object.values(columns).map((values) => values.length));
  return Array.from({ length }, (_, index) =>
    Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[index]])),
  );
}

/** A probability: each feature has a weight that follows from its name and the version. */
function predict(row: Row): number {
  const sum = Object.entries(row).reduce((total, [name, value]) => total + weight(name) * Number(value ?? 0), 0);
  return Number((1 / (1 + Math.exp(-sum / 100))).toFixed(6));
}

const weights = new Map<string, number>();

function weight(feature: string): number {
  const known = weights.get(feature);
  if (known !== undefined) {
    return known;
  }
  const made = createHash("sha256").update(`${model}@${version}/${feature}`).digest().readInt8() / 128;
  weights.set(feature, made);
  return made;
}

function metrics(): string {
  const lines = [...answered].map(
    ([code, count]) => `model_requests_total{model="${model}",version="${version}",code="${code}"} ${count}`,
  );
  return ["# TYPE model_requests_total counter", ...lines, ""].join("\n");
}

const server = createServer((request, response) => {
  const path = (request.url ?? "/").split("?")[0];
  if (path === "/invocations" && request.method === "POST") {
    void score(request, response);
  } else if (path === "/ping" || path === "/health") {
    reply(response, 200, "\n");
  } else if (path === "/version") {
    reply(response, 200, "stand-in", "text/plain");
  } else if (path === "/metrics") {
    reply(response, 200, metrics(), "text/plain; version=0.0.4");
  } else {
    reply(response, 404, JSON.stringify({ error_code: "NOT_FOUND", message: `no ${path}` }));
  }
});
// Longer than the gateway keeps an idle connection: the gateway closes first, and never sends into a closed one.
server.keepAliveTimeout = 3_600_000;

setTimeout(() => {
  if (crash) {
    console.error(`${model} version ${version} cannot be loaded`);
    process.exit(1);
  }
  server.listen(port, host, () => console.log(`${model} version ${version} on ${host}:${port}`));
}, loadSeconds * 1000);

process.on("SIGTERM", () => {
  if (!server.listening) {
    process.exit(0);
  }
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => process.exit(0), 5000).unref();
});
