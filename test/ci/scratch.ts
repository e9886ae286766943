import { execFileSync, spawn } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PROJECT_FOLDER } from "#engine/project";
import type { Ended } from "./job.ts";

export const git = (cwd: string, ...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], {
    cwd,
    encoding: "utf8",
    stdio: "pipe",
  }).trimEnd();

/** What the scripts of CI read without any package. */
const SCRIPTS = ["ci", "package.json", "render/markdown.ts", "stacks/inputs/environments/profile.ts", "stacks/inputs/files.ts"];

/** A pointer as its file has it. */
export const pointer = (versions: Record<string, string>): string =>
  `${JSON.stringify({ models: versions, platform: "2026.11.21-1" }, undefined, 2)}\n`;

/** A server's repository with three pointers, and clones of it: no package is installed in them. */
export class Scratch {
  readonly folder = mkdtempSync(join(tmpdir(), "millrace-promotion-"));
  readonly origin = join(this.folder, "origin.git");
  #clones = 0;

  constructor() {
    const source = join(this.folder, "source");
    for (const name of SCRIPTS) {
      cpSync(join(PROJECT_FOLDER, name), join(source, name), { recursive: true });
    }
    for (const environment of ["dev", "staging", "prod"]) {
      put(source, `releases/environments/${environment}.json`, pointer({ churn: "1", fraud: "3" }));
      put(source, `releases/stable/${environment}.json`, "{}\n");
    }
    git(source, "init", "--quiet", "--initial-branch=main");
    git(source, "add", "--all");
    git(source, "commit", "--quiet", "--message", "base");
    git(this.folder, "clone", "--quiet", "--bare", source, this.origin);
    // As both services answer.
    git(this.origin, "config", "uploadpack.allowAnySHA1InWant", "true");
  }

  clone(...options: string[]): string {
    this.#clones += 1;
    const clone = join(this.folder, `clone-${this.#clones}`);
    git(this.folder, "clone", "--quiet", ...options, `file://${this.origin}`, clone);
    return clone;
  }
}

/** Writes a file of a clone. */
export function put(clone: string, path: string, text: string): void {
  mkdirSync(dirname(join(clone, path)), { recursive: true });
  writeFileSync(join(clone, path), text);
}

/** Writes files, where a text is given, removes the others, and commits. @returns the commit. */
export function commit(clone: string, files: Record<string, string | null>): string {
  for (const [path, text] of Object.entries(files)) {
    if (text === null) {
      git(clone, "rm", "--quiet", path);
    } else {
      put(clone, path, text);
    }
  }
  git(clone, "add", "--all");
  git(clone, "commit", "--quiet", "--allow-empty", "--message", "change");
  return git(clone, "rev-parse", "HEAD");
}

/** A stand-in for `npx` that writes down how it was called; `does` is what it does then, in a shell. Others do nothing. */
export function standIn(clone: string, does: string, ...others: string[]): void {
  const programs = {
    npx: `printf '[%s]' "$@" >> calls; echo >> calls\n${does}`,
    ...Object.fromEntries(others.map((name) => [name, ""])),
  };
  for (const [name, script] of Object.entries(programs)) {
    put(clone, `node_modules/.bin/${name}`, `#!/bin/sh\n${script}\n`);
    chmodSync(join(clone, "node_modules/.bin", name), 0o755);
  }
}

/** Runs a script of CI in a clone, while a server of this process answers. */
export async function run(clone: string, args: string[], env: Record<string, string>): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd: clone, env: { PATH: process.env["PATH"]!, HOME: clone, ...env } });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (part: string) => (out += part));
  child.stderr.setEncoding("utf8").on("data", (part: string) => (err += part));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, out, err };
}

/** The pull requests of GitHub's and the merge requests of GitLab's REST interface: what is open, and what was asked for. */
export async function requestService(): Promise<{ url: string; open: string[]; made: any[]; close(): void }> {
  const open: string[] = [];
  const made: any[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => (text += part));
    request.on("end", () => {
      const url = new URL(request.url!, "http://service");
      const branchOf = (name: string | null): string => (name ?? "").replace(/^.*:/, "");
      const shown = (branch: string) => ({ html_url: `https://service/${branch}`, web_url: `https://service/${branch}` });
      response.setHeader("content-type", "application/json");
      if (!["Bearer secret", "secret"].includes(request.headers.authorization ?? String(request.headers["private-token"]))) {
        response.writeHead(401).end('{"message":"no token"}');
      } else if (request.method === "POST") {
        const body = JSON.parse(text);
        made.push(body);
        open.push(body.head ?? body.source_branch);
        response.writeHead(201).end(JSON.stringify(shown(open.at(-1)!)));
      } else {
        const asked = branchOf(url.searchParams.get("head") ?? url.searchParams.get("source_branch"));
        response.end(JSON.stringify(open.filter((branch) => branch === asked).map(shown)));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, open, made, close: () => server.close() };
}
