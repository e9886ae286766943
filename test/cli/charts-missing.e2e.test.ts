import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { PINNED } from "#cli/charts/pins";
import { PROJECT_FOLDER } from "#engine/project";
import { type ChartServers, chartServers } from "./chart-servers.ts";

const NAMES = ["kueue", "cert-manager", "dcgm-exporter"];
const CHARTS = PINNED.filter(({ name }) => NAMES.includes(name));

let servers: ChartServers;
let place: string;
beforeAll(async () => {
  servers = await chartServers();
  place = mkdtempSync(join(tmpdir(), "millrace-missing-"));
});
afterAll(() => {
  servers.close();
  rmSync(place, { recursive: true });
});
afterEach(() => void (servers.before.current = undefined));

/** Calls it as a rehearsal does, in a process that knows the proxy. */
function missing(to: string, lock = join(place, "no-list.json")): Promise<{ come: number; failed: string[] }> {
  const program = `
    import { fetchMissing } from "#cli/charts/fetch-missing";
    import { useProxy } from "#cli/charts/http";
    import { PINNED } from "#cli/charts/pins";
    useProxy();
    const charts = PINNED.filter(({ name }) => ${JSON.stringify(NAMES)}.includes(name));
    const { signal } = new AbortController();
    console.log(JSON.stringify(await fetchMissing({ charts, to: ${JSON.stringify(to)}, lock: ${JSON.stringify(lock)}, signal })));
    process.exit();`;
  const { HTTPS_PROXY: _, https_proxy: __, ...rest } = process.env;
  const env = { ...rest, ...servers.env };
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { cwd: PROJECT_FOLDER, env });
  let out = "";
  child.stdout.on("data", (text) => void (out += text));
  child.stderr.pipe(process.stderr);
  return new Promise((resolve) => child.on("close", () => resolve(JSON.parse(out))));
}

describe("what a rehearsal fetches by itself", () => {
  it("is what can be had: a publisher that is gone costs its own charts only", async () => {
    const to = join(place, "by-itself");
    expect(await missing(to)).toEqual({ come: 3, failed: [] });
    expect(new Set(readdirSync(to))).toEqual(new Set(CHARTS.map(({ archive }) => archive)));

    const other = join(place, "by-itself-in-part");
    servers.before.current = (request, response) => {
      if (request.headers.host === "charts.jetstack.io") {
        response.writeHead(503).end();
      } else {
        servers.published(request, response);
      }
    };
    const { come, failed } = await missing(other);
    expect(come).toBe(2);
    expect(failed).toEqual([expect.stringMatching(/^https:\/\/charts\.jetstack\.io answered 503/)]);
    expect(readdirSync(other)).not.toContain(CHARTS.find(({ name }) => name === "cert-manager")!.archive);
  });

  it("leaves a chart that is not the one in the committed list, and waits ten seconds for silence", async () => {
    const lock = join(place, "list.json");
    const { name, version } = CHARTS[0]!;
    writeFileSync(lock, JSON.stringify({ charts: [{ name, version, sha256: "0".repeat(64), images: [] }] }));
    const to = join(place, "by-itself-other");
    const { come, failed } = await missing(to, lock);
    expect(come).toBe(2);
    expect(failed).toEqual([expect.stringMatching(`^${name} ${version} must have the digest 0{64} that `)]);

    servers.before.current = () => undefined;
    const silent = join(place, "silent");
    const none = await missing(silent);
    expect(none.come).toBe(0);
    expect(none.failed.join()).toContain("has not given its charts within 10 s");
    expect(existsSync(silent)).toBe(false);
  });
});
