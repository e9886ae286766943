import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { doctorText, readiness } from "#cli/doctor";
import { homeFolder } from "#cli/rehearsal";
import { PROJECT_FOLDER } from "#engine/project";
import { plainly } from "#render/terminal";
import { examine } from "#toolchain/doctor";
import type { Finding } from "#toolchain/finding";

const findings: Finding[] = [
  { what: "Node.js 24", need: "plan", state: "ok", found: "24.21.0" },
  { what: "ip", need: "rehearse", state: "missing", remedy: "Install iproute2." },
  {
    what: "pulumi 3.259.0: runs the stacks",
    need: "rehearse",
    state: "will be built",
    remedy: "Nothing; it takes about 4 min on two cores, once.",
  },
  { what: "AWS credentials", need: "up", state: "ok", found: "AWS_PROFILE is set" },
  { what: "crane: copies images", need: "guides", state: "not here", remedy: "Install it before you follow docs/guides/aws.md." },
];

const without = (what: string): Finding[] => findings.filter((finding) => finding.what !== what);

describe("doctor", () => {
  it("lists for each command what is found, what will be built and what is missing, with remedies", () => {
    expect(plainly(doctorText(findings))).toBe(`npx millrace plan <environment>   ready
  ✓ Node.js 24   24.21.0

npx millrace rehearse <environment>   not ready
  ✗ ip   missing
      Install iproute2.
  ○ pulumi 3.259.0: runs the stacks   will be built
      Nothing; it takes about 4 min on two cores, once.

pulumi up -s <layer>-<environment>   ready
  ✓ AWS credentials   AWS_PROFILE is set

commands in guides and runbooks   install what you want to follow
  – crane: copies images   not here
      Install it before you follow docs/guides/aws.md.`);
  });

  it("shows of one command what it needs, and nothing of the others", () => {
    const titles = (need: "plan" | "rehearse" | "up"): string[] =>
      plainly(doctorText(findings, [need]))
        .split("\n\n")
        .map((block) => block.split("   ")[0]!);
    const plan = "npx millrace plan <environment>";
    expect(titles("plan")).toEqual([plan]);
    expect(titles("rehearse")).toEqual([plan, "npx millrace rehearse <environment>"]);
    expect(titles("up")).toEqual([plan, "pulumi up -s <layer>-<environment>", "commands in guides and runbooks"]);
  });

  it.each([
    ["plan", "plan", true],
    ["rehearse", "rehearse", true],
    ["up", "up", true],
    ["nothing", undefined, true],
    ["rehearse without git", "rehearse", false],
  ])("ends with 0 exactly where every command that was asked about is ready: %s", (_, word, hasGit) => {
    const args = word === undefined ? [] : [word];
    const env = hasGit ? process.env : { ...process.env, PATH: "/nowhere" };
    const millrace = (...more: string[]) =>
      spawnSync(process.execPath, [join(PROJECT_FOLDER, "cli/millrace.mjs"), "doctor", ...args, ...more], {
        encoding: "utf8",
        env,
      });
    const { status, stdout } = millrace("--json");
    const { ready } = JSON.parse(stdout) as { ready: Record<string, boolean> };
    const asked = word === undefined ? Object.values(ready) : [ready[word]];
    expect(status).toBe(asked.every(Boolean) ? 0 : 1);
    expect(hasGit || status === 1).toBe(true);
  });

  it("is ready for a command when nothing is missing; a tool that will be built is not missing", () => {
    expect(readiness(findings)).toEqual({ plan: true, rehearse: false, up: true });
    expect(readiness(without("ip"))).toEqual({ plan: true, rehearse: true, up: true });
    expect(readiness(findings.filter(({ need }) => need === "guides"))).toEqual({ plan: true, rehearse: true, up: true });
    expect(readiness([{ what: "git", need: "plan", state: "missing" }])).toEqual({ plan: false, rehearse: false, up: false });
  });

  it("has findings about this machine for every command, and a remedy for each one that is not ok", async () => {
    const found = await examine(homeFolder());
    expect(new Set(found.map(({ need }) => need))).toEqual(new Set(["plan", "rehearse", "up", "guides"]));
    expect(found.filter(({ state, remedy }) => state !== "ok" && remedy === undefined)).toEqual([]);
  });

  const asked = (env: Record<string, string>): { ready: { rehearse: boolean }; findings: Finding[] } =>
    JSON.parse(
      spawnSync(process.execPath, [join(PROJECT_FOLDER, "cli/millrace.mjs"), "doctor", "--json"], {
        encoding: "utf8",
        env: { ...process.env, ...env },
      }).stdout,
    );

  it.each([
    ["MILLRACE_CACHE", "a file", "cache of tools"],
    ["MILLRACE_CACHE", "/proc/none", "cache of tools"],
    ["MILLRACE_HOME", "a file", "folder of rehearsals"],
    ["TMPDIR", "/proc/none", "temporary folder"],
  ])("is not ready for a rehearsal where %s is %s, and says so once", (variable, kind, what) => {
    const path = kind === "a file" ? join(PROJECT_FOLDER, "README.md") : kind;
    const { ready, findings } = asked({ [variable]: path });
    expect(ready.rehearse).toBe(false);
    expect(findings.filter(({ remedy }) => remedy?.includes(variable))).toEqual([
      {
        what,
        need: "rehearse",
        state: "missing",
        found: `${path} cannot be written`,
        remedy: `Set ${variable} to a folder that can be written.`,
      },
    ]);
  });

  it("says of a plugin that does not start to remove it, and of none what a rehearsal uses instead", () => {
    const home = mkdtempSync(join(tmpdir(), "millrace-doctor-"));
    const plugin = () => asked({ PULUMI_HOME: home }).findings.find(({ what }) => what === "Pulumi plugin for Kubernetes");
    expect(plugin()?.found).toMatch(/^none: a rehearsal (uses the one that it built|builds its own), `pulumi up` fetches/);
    const folder = join(home, "plugins", "resource-kubernetes-v4.34.2");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "pulumi-resource-kubernetes"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    expect(plugin()).toMatchObject({ state: "missing", remedy: expect.stringContaining(`Remove ${folder}`) });
    rmSync(home, { recursive: true });
  });
});
