import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { cacheName, defaultCache, publish } from "#toolchain/cache";
import { run, which } from "#toolchain/command";
import { goEnvironment } from "#toolchain/go";
import { freePort } from "../harness/free-port.ts";

const PACKAGE = "github.com/prometheus/alertmanager/cmd/alertmanager";

/** Pins of the program: the newest version that builds from its module. From 0.32 on the module lacks its own web pages. */
const FOLDER = join(import.meta.dirname, "alertmanager");

/**
 * Alertmanager as this machine has it or an earlier run built it, else built now, in under a minute.
 *
 * @returns undefined on a machine that has neither it nor Go.
 */
export async function findAlertmanager(): Promise<string | undefined> {
  const found = await which("alertmanager");
  if (found !== undefined || (await which("go")) === undefined) {
    return found;
  }
  const folder = join(defaultCache(), "tests", await cacheName("alertmanager", FOLDER, PACKAGE));
  await publish(folder, ["alertmanager"], async (draft) => {
    const { code, stderr } = await run(
      "go",
      ["build", "-gcflags", "all=-dwarf=false", "-ldflags", "-s -w", "-o", `${draft}/`, PACKAGE],
      { cwd: FOLDER, env: goEnvironment() },
    );
    if (code !== 0) {
      throw new Error(stderr);
    }
  });
  return join(folder, "alertmanager");
}

/** An alert as Alertmanager tells of it. */
export interface Told {
  labels: Record<string, string>;
  status: { state: string; inhibitedBy: string[] };
}

/** What a running Alertmanager with this configuration says about alerts that all fire at once. */
export async function tell(program: string, configuration: string, alerts: readonly Record<string, string>[]): Promise<Told[]> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-alertmanager-"));
  const port = await freePort();
  await writeFile(join(folder, "alertmanager.yaml"), configuration);
  const server = spawn(
    program,
    [
      `--config.file=${folder}/alertmanager.yaml`,
      `--storage.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--cluster.listen-address=",
    ],
    { stdio: "ignore" },
  );
  try {
    const api = `http://127.0.0.1:${port}/api/v2`;
    await answering(`${api}/status`, server);
    const body = JSON.stringify(alerts.map((labels) => ({ labels })));
    const posted = await fetch(`${api}/alerts`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
    if (!posted.ok) {
      throw new Error(await posted.text());
    }
    for (let tries = 0; ; tries += 1) {
      const told = (await (await fetch(`${api}/alerts`)).json()) as Told[];
      // The inhibitor hears of an alert a moment after it is stored.
      if (tries === 20 || told.some(({ status }) => status.inhibitedBy.length > 0)) {
        await pause(500);
        return (await (await fetch(`${api}/alerts`)).json()) as Told[];
      }
      await pause(100);
    }
  } finally {
    server.kill();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function answering(url: string, server: ChildProcess): Promise<void> {
  while (server.exitCode === null) {
    if ((await fetch(url).catch(() => undefined))?.ok) {
      return;
    }
    await pause(100);
  }
  throw new Error(`alertmanager ended with ${server.exitCode}`);
}
