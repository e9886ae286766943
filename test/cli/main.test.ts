import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";

/** Runs the command as a person does, without a terminal. */
function millrace(...args: string[]): { code: number | null; out: string; err: string } {
  const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(PROJECT_FOLDER, "cli", "millrace.mjs"), ...args], {
    encoding: "utf8",
    env,
    maxBuffer: 64 * 2 ** 20,
  });
  return { code: status, out: stdout, err: stderr };
}

describe("millrace", () => {
  it("lists its commands in the help", () => {
    const { code, out, err } = millrace("--help");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    for (const command of ["plan", "rehearse", "doctor"]) {
      expect(out).toMatch(new RegExp(`^  ${command}\\b`, "m"));
    }
  });

  it("refuses an unknown command", () => {
    expect(millrace("pln")).toEqual({ code: 2, out: "", err: "error: unknown command 'pln'\n(Did you mean plan?)\n" });
  });

  it("refuses an unknown environment", () => {
    expect(millrace("plan", "prdo")).toEqual({
      code: 2,
      out: "",
      err: "the environment must be one of dev, staging, prod, got 'prdo'. Did you mean 'prod'?\n",
    });
  });

  it("refuses to compare with an unknown environment or git ref", () => {
    expect(millrace("plan", "dev", "--against", "nowhere")).toEqual({
      code: 2,
      out: "",
      err: "'--against' must be an environment (dev, staging, prod) or a git ref, got 'nowhere'\n",
    });
  });

  it("prints a plan as JSON", () => {
    const { code, out, err } = millrace("plan", "dev", "--json");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const plan = JSON.parse(out);
    expect(Object.keys(plan)).toEqual([
      "environment",
      "release",
      "notReleased",
      "program",
      "layers",
      "assumptions",
      "seconds",
      "profile",
      "cost",
      "policy",
    ]);
    expect(plan.environment).toBe("dev");
    expect(plan.policy.mandatory).toBe(0);
    expect(plan.policy.stacks.map(({ stack }: { stack: string }) => stack)).toEqual([
      "foundation-dev",
      "platform-dev",
      "workloads-dev",
    ]);
  });

  it("explains the exit codes of a plan", () => {
    expect(millrace("plan", "--help").out).toMatch(/Exit codes:\n {2}0 .*\n {2}2 .*\n {2}5 .*mandatory policy rule is violated/);
  });

  it("prints a plan without colours when there is no terminal", () => {
    const { code, out } = millrace("plan", "dev");
    expect(code).toBe(0);
    expect(out).toMatch(/^dev · release /);
    expect(out).toMatch(/^ {2}policy {6}0 mandatory · \d+ advisory · /m);
    // oxlint-disable-next-line no-control-regex
    expect(out).not.toMatch(/\u001b/);
  });

  it("lists the phases of a rehearsal, and which of them would run, and starts nothing", () => {
    const { code, out, err } = millrace("rehearse", "dev", "--list", "--json", "--only", "platform");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const phases = JSON.parse(out) as { name: string; needs: string[]; skipped?: string }[];
    expect(phases.filter(({ skipped }) => skipped === undefined).map(({ name }) => name)).toEqual([
      "control-plane",
      "project",
      "foundation",
      "platform",
    ]);
    const text = millrace("rehearse", "dev", "--list").out;
    expect(text).toMatch(/^ {2}platform +brings up the platform layer.*\n +needs project, foundation$/m);
    expect(text).toMatch(/^ {2}protection .*\n.*\n +skipped: dev is not protected$/m);
  });
});
