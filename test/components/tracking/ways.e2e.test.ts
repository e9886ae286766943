import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installApp, MLFLOW_SOURCES, RECORD_PACKAGE } from "#rehearsal/cluster/nodes/mlflow";
import { provideTools } from "#toolchain/toolchain";
import { pages } from "../../docs/pages.ts";
import { type Arrival, arrivalsIn } from "./arrivals.ts";
import { everything, minimal, tracking } from "./fixture.ts";

const PORT = 15_317;
const PASSWORD = "a-password-of-43-letters-that-a-cluster-makes";
const HOST = "mlflow.models.internal";

// Real MLflow with the arguments of the Deployment: only the places of its files differ.
describe("the real MLflow server", () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-mlflow-"));
  let server: ChildProcess | undefined;

  beforeAll(async () => {
    const { mlflow } = await provideTools(["mlflow"]);
    const [python] = mlflow.commands.python;
    writeFileSync(
      join(folder, "access.json"),
      JSON.stringify({ ...minimal.access, rights: { "platform-engineer": ["administer-tracking"] } }),
    );
    installApp(join(folder, "installed"));
    const own = { "--host": "127.0.0.1", "--port": PORT, "--workers": 1, "--artifacts-destination": join(folder, "artifacts") };
    const args = [
      ...(await argumentsOfServer()).filter((each) => !(each.split("=")[0]! in own) && !each.startsWith("--expose-prometheus")),
      ...Object.entries(own).map(([name, value]) => `${name}=${value}`),
      `--backend-store-uri=sqlite:///${folder}/runs.db`,
    ];
    server = spawn(python, ["-m", "mlflow", ...args], {
      cwd: folder,
      detached: true,
      stdio: "ignore",
      env: {
        ...process.env,
        PYTHONPATH: `${MLFLOW_SOURCES}:${RECORD_PACKAGE}:${join(folder, "installed")}`,
        MILLRACE_TRACKING_ACCESS: join(folder, "access.json"),
        MLFLOW_AUTH_ADMIN_PASSWORD: PASSWORD,
        MLFLOW_DISABLE_TELEMETRY: "true",
        MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false",
      },
    });
    await healthy();
  });

  afterAll(() => {
    if (server?.pid !== undefined) {
      process.kill(-server.pid, "SIGTERM");
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const documented = pages.flatMap(arrivalsIn);

  it.each([...documented, { how: "from the route", host: HOST, origin: `https://${HOST}` }])(
    "answers $host, and takes changes of its own page there ($how)",
    async (arrival) => {
      expect(await ask("GET", "/", arrival)).toBe(200);
      expect(await ask("POST", "/ajax-api/2.0/mlflow/experiments/search", arrival)).toBe(200);
    },
  );

  it.each<Arrival>([
    { how: "a name of somebody else's", host: "evil.example.com" },
    { how: "a name that begins like ours", host: `${HOST}.evil.example.com` },
  ])("refuses $host", async (arrival) => {
    expect(await ask("GET", "/", arrival)).toBe(403);
  });

  it("refuses a change that another page sends", async () => {
    const stranger = { how: "", host: HOST, origin: "https://evil.example.com" };
    expect(await ask("POST", "/ajax-api/2.0/mlflow/experiments/search", stranger)).toBe(403);
  });
});

async function argumentsOfServer(): Promise<string[]> {
  const graph = await tracking({ ...everything, route: { ...everything.route!, host: HOST } });
  return graph.find(({ name }) => name === "tracking-server")?.inputs["spec"].template.spec.containers[0].args as string[];
}

async function healthy(): Promise<void> {
  for (let attempt = 0; attempt < 120; attempt++) {
    if ((await ask("GET", "/health", { how: "", host: "localhost" }).catch(() => 0)) === 200) {
      return;
    }
    await pause(1_000);
  }
  throw new Error("MLflow did not answer within two minutes");
}

/** Status of the answer to a signed-in request that carries the headers of an arrival. */
function ask(method: string, path: string, { host, origin }: Arrival): Promise<number | undefined> {
  const body = method === "POST" ? JSON.stringify({ max_results: 1 }) : undefined;
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: "127.0.0.1",
        port: PORT,
        method,
        path,
        headers: {
          host,
          authorization: `Basic ${Buffer.from(`admin:${PASSWORD}`).toString("base64")}`,
          ...(body !== undefined && { "content-type": "application/json", "content-length": body.length }),
          ...(origin !== undefined && method === "POST" && { origin }),
        },
      },
      (answer) => {
        answer.resume();
        answer.on("end", () => resolve(answer.statusCode));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
