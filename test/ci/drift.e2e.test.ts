// The issue of a drift, with a `millrace` that says what it is told.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";

const folder = mkdtempSync(join(tmpdir(), "millrace-drift-"));
const issues: { number: number; title: string; body: string; state: string }[] = [];
let refuse = false;
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const sent = chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as object);
    const number = Number(/\/issues\/(\d+)$/.exec(request.url ?? "")?.[1]);
    if (refuse) {
      response.writeHead(403).end('{"message":"Resource not accessible by integration"}');
    } else if (request.method === "POST") {
      issues.push({ number: issues.length + 1, state: "open", title: "", body: "", ...sent });
      response.end("{}");
    } else if (request.method === "PATCH") {
      Object.assign(issues[number - 1]!, sent);
      response.end("{}");
    } else {
      response.end(JSON.stringify(issues.filter(({ state }) => state === "open")));
    }
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  mkdirSync(join(folder, "cli"));
  cpSync(join(PROJECT_FOLDER, "ci"), join(folder, "ci"), { recursive: true });
  for (const name of ["render", "stacks", "package.json", "node_modules"]) {
    symlinkSync(join(PROJECT_FOLDER, name), join(folder, name));
  }
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A morning on which `millrace drift` prints a text and ends with a code. @returns the exit code of the job. */
async function morning(text: string, code: number): Promise<number> {
  writeFileSync(
    join(folder, "cli/millrace.mjs"),
    `console.log(${JSON.stringify(text)}, process.argv.slice(2).join(" ")); process.exit(${code})`,
  );
  const env = {
    ...process.env,
    GITHUB_REPOSITORY: "o/r",
    GITHUB_TOKEN: "t",
    GITHUB_RUN_ID: "7",
    GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
  const child = spawn(process.execPath, ["ci/drift.ts", "dev"], { cwd: folder, env });
  const [exit] = (await once(child, "exit")) as [number];
  return exit;
}

it("is opened once, edited while there is drift, closed when there is none, and opened anew", async () => {
  expect(await morning("## dev: no drift", 0)).toBe(0);
  expect(issues).toEqual([]);
  expect(await morning("## dev: 1 resource drifted", 7)).toBe(7);
  expect(await morning("## dev: 2 resources drifted", 7)).toBe(7);
  expect(issues).toMatchObject([{ title: "Drift of dev", state: "open", labels: ["drift"] }]);
  expect(issues[0]!.body).toMatch(
    /^## dev: 2 resources drifted drift dev --without-secrets --markdown\n\n\[job\].*actions\/runs\/7/,
  );
  expect(await morning("## dev: drift could not be found out", 1)).toBe(1);
  expect(issues[0]!.state).toBe("open");
  expect(await morning("## dev: no drift", 0)).toBe(0);
  expect(issues).toMatchObject([{ state: "closed" }]);
  expect(await morning("## dev: 1 resource drifted", 7)).toBe(7);
  expect(issues).toHaveLength(2);
});

it("that cannot be written fails the job, whatever was found", async () => {
  refuse = true;
  expect(await morning("## dev: no drift", 0)).toBe(1);
  expect(await morning("## dev: 1 resource drifted", 7)).toBe(7);
});
