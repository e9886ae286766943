import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { RELEASES } from "#stacks/inputs/files";
import { readRelease } from "#stacks/inputs/release";
import { read } from "./pages.ts";

it("the commands of the guide to rehearsals write a release of version 4 that dev runs", () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-practise-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(join(PROJECT_FOLDER, RELEASES), join(folder, RELEASES), { recursive: true });
  const blocks = [...read("docs/guides/rehearsal.md").matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, body = ""]) => body);
  const before = readRelease("dev", join(folder, RELEASES));
  for (const block of blocks.filter((body) => /^ *(sed|echo) /.test(body))) {
    execFileSync("sh", ["-ec", block], { cwd: folder });
  }
  const { id, models } = readRelease("dev", join(folder, RELEASES));
  expect([id, models["fraud"]?.version, models["fraud"]?.image]).toEqual(["practice-4", "4", before.models["fraud"]?.image]);
});
