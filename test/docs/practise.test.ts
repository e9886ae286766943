import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { FILES, RELEASES } from "#stacks/inputs/files";
import { readRelease } from "#stacks/inputs/release";
import { read } from "./pages.ts";

it("the commands of the guide to rehearsals write a release of version 4 that dev runs, and remove it", () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-practise-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const releases = join(folder, RELEASES);
  cpSync(join(PROJECT_FOLDER, RELEASES), releases, { recursive: true });
  const before = readRelease("dev", releases);
  const pointer = readFileSync(join(folder, FILES.pointer("dev")), "utf8");
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@millrace.dev", ...args], { cwd: folder });
  git("init", "-q");
  git("add", "-A");
  git("commit", "-q", "-m", "releases");
  const blocks = [...read("docs/guides/rehearsal.md").matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, body = ""]) => body);
  const run = (begins: RegExp): void => {
    for (const block of blocks.filter((body) => begins.test(body))) {
      const script = block
        .replaceAll("npx millrace", `"${process.execPath}" "${join(PROJECT_FOLDER, "cli", "millrace.mjs")}"`)
        .replace(/^.* rehearse .*$/gm, "");
      execFileSync("sh", ["-ec", script], { cwd: folder, env: { ...process.env, MILLRACE_RELEASES: releases }, stdio: "pipe" });
    }
  };
  run(/^ *(npx millrace release create|sed -i) /);
  const { fraud } = readRelease("dev", releases).models;
  expect([fraud?.version, fraud?.image]).toEqual(["4", before.models["fraud"]?.image]);
  expect(fraud?.parent?.version).toBe(before.models["fraud"]?.version);
  run(/^ *git checkout releases\/environments\/dev.json\n *rm /);
  expect(readRelease("dev", releases)).toEqual(before);
  expect(readFileSync(join(folder, FILES.pointer("dev")), "utf8")).toBe(pointer);
});
