import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { RELEASES } from "#stacks/inputs/files";
import { readRelease } from "#stacks/inputs/release";
import { trainedAs } from "../rehearsal/trained.ts";
import { read } from "./pages.ts";

it("the commands of the guide to rehearsals write a release of version 4 that dev runs, and take it back", () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-practise-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const rehearsal = join(folder, ".millrace", "rehearsal-dev");
  const releases = join(rehearsal, RELEASES);
  cpSync(join(PROJECT_FOLDER, RELEASES), releases, { recursive: true });
  const before = readRelease("dev", releases);
  const { code, features, image, runtime } = before.models["fraud"]!;
  const { run, data, metrics, sha256 } = trainedAs("fraud", "4");
  mkdirSync(join(rehearsal, "records"));
  const record = { code, features, image, runtime, run, data, metrics, sha256 };
  writeFileSync(join(rehearsal, "records", "fraud-4.json"), JSON.stringify(record));
  const blocks = [...read("docs/guides/rehearsal.md").matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, body = ""]) => body);
  const runBlocks = (having: RegExp): void => {
    for (const block of blocks.filter((body) => having.test(body))) {
      const script = block
        .replaceAll(
          "npx millrace rehearse exec dev -- npx millrace",
          `"${process.execPath}" "${join(PROJECT_FOLDER, "cli", "millrace.mjs")}"`,
        )
        .replace(/^.* rehearse .*$/gm, "");
      execFileSync("sh", ["-ec", script], { cwd: folder, env: { ...process.env, MILLRACE_RELEASES: releases }, stdio: "pipe" });
    }
  };
  runBlocks(/millrace release create|s\/"fraud": "3"/);
  const { fraud } = readRelease("dev", releases).models;
  expect(fraud).toMatchObject({ version: "4", image, sha256, metrics, parent: { version: before.models["fraud"]?.version } });
  runBlocks(/s\/"fraud": "4"/);
  expect(readRelease("dev", releases)).toEqual(before);
});
