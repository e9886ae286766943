import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createProject } from "#rehearsal/project";

const folder = mkdtempSync(join(tmpdir(), "millrace-project-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the throwaway project", () => {
  it("links the program, seeds plain config and tells which secrets are to be set", () => {
    const from = join(folder, "repository");
    mkdirSync(join(from, "stacks/config"), { recursive: true });
    mkdirSync(join(from, "releases"));
    mkdirSync(join(from, ".git"));
    writeFileSync(join(from, "Pulumi.yaml"), "name: millrace\nstackConfigDir: stacks/config\n");
    writeFileSync(join(from, "releases/dev.json"), "{}");
    writeFileSync(
      join(from, "stacks/config/Pulumi.foundation-dev.yaml"),
      "encryptionsalt: v1:abc\nconfig:\n  aws:region: eu-west-1\n  millrace:token: { secure: v1:xyz }\n  millrace:owners: [a, b]\n",
    );
    const project = createProject({
      repository: from,
      folder: join(folder, "project"),
      stacks: ["foundation-dev", "platform-dev"],
    });
    const at = (path: string) => join(project.folder, path);
    expect(project.secrets).toEqual({ "foundation-dev": ["millrace:token"], "platform-dev": [] });
    expect(readFileSync(at("Pulumi.yaml"), "utf8")).toBe("name: millrace\nstackConfigDir: config\n");
    expect(readFileSync(at("config/Pulumi.foundation-dev.yaml"), "utf8")).toBe(
      "config:\n  aws:region: eu-west-1\n  millrace:owners:\n    - a\n    - b\n",
    );
    expect(readlinkSync(at("stacks"))).toBe(join(from, "stacks"));
    expect(readlinkSync(at("releases"))).toBe(join(from, "releases"));
    expect(existsSync(at(".git"))).toBe(false);
  });
});
