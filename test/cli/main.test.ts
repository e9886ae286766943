import { afterEach, describe, expect, it, vi } from "vitest";
import { main } from "#cli/main";

interface Result {
  code: unknown;
  out: string;
  err: string;
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
});

/** Runs the command line in this process, without a terminal. */
async function millrace(...args: string[]): Promise<Result> {
  let [out, err] = ["", ""];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => ((out += String(text)), true));
  vi.spyOn(console, "log").mockImplementation((text: unknown) => void (out += `${String(text)}\n`));
  vi.spyOn(console, "error").mockImplementation((text: unknown) => void (err += `${String(text)}\n`));
  vi.stubEnv("NO_COLOR", undefined);
  vi.stubEnv("FORCE_COLOR", undefined);
  await main(["node", "millrace", ...args]);
  return { code: process.exitCode, out, err };
}

describe("millrace", () => {
  it("lists its commands in the help", async () => {
    const { code, out, err } = await millrace("--help");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    for (const command of ["plan", "rehearse", "doctor"]) {
      expect(out).toMatch(new RegExp(`^  ${command}\\b`, "m"));
    }
  });

  it("explains the exit codes of a plan", async () => {
    expect((await millrace("plan", "--help")).out).toMatch(
      /Exit codes:\n {2}0 .*\n {2}2 .*\n {2}5 .*mandatory policy rule is violated/,
    );
  });

  it("prints a plan without colours when there is no terminal", async () => {
    const { code, out } = await millrace("plan", "dev");
    expect(code).toBeUndefined();
    expect(out).toMatch(/^dev · platform release /);
    expect(out).toMatch(/^ {2}policy {6}0 mandatory · \d+ advisory · /m);
    // oxlint-disable-next-line no-control-regex
    expect(out).not.toMatch(/\u001b/);
  });

  it("lists the phases of a rehearsal, and which of them would run, and starts nothing", async () => {
    const { code, out, err } = await millrace("rehearse", "dev", "--list", "--json", "--only", "platform");
    expect({ code, err }).toEqual({ code: undefined, err: "" });
    const phases = JSON.parse(out) as { name: string; needs: string[]; skipped?: string }[];
    expect(phases.filter(({ skipped }) => skipped === undefined).map(({ name }) => name)).toEqual([
      "control-plane",
      "project",
      "foundation",
      "platform",
    ]);
    const text = (await millrace("rehearse", "dev", "--list")).out;
    expect(text).toMatch(/^ {2}platform +brings up the platform layer.*\n +needs project, foundation$/m);
    expect(text).toMatch(/^ {2}protection .*\n.*\n +skipped: dev is not protected$/m);
  });
});
