// The driver on a CLI that only writes down how it was called. The real one: test/rehearsal/plugins/engine.e2e.test.ts.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createEngine, type EngineOptions } from "#engine/engine";

const folder = mkdtempSync(join(tmpdir(), "millrace-engine-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Answers `version`, writes down every other command with its input, refuses to remove, and updates until it is interrupted. */
const CLI = `#!/bin/sh
[ "$1" = version ] && echo v3.259.0 && exit
echo "$@" >>"$CALLS"
[ -n "$USER" ] || { echo "error: who is it?" >&2; exit 255; }
case "$1 $2" in
"config set") echo "stdin: $(cat)" >>"$CALLS"; echo "stack: \${PULUMI_STACK-unset}" >>"$CALLS" ;;
"stack output") echo '{"url":"http://x","login":"[secret]"}' ;;
"stack export") echo '{"version":3,"deployment":{"resources":[]}}' ;;
"stack import") echo "stdin: $(cat)" >>"$CALLS" ;;
"stack rm") echo "error: the stack still has resources" >&2 && exit 255 ;;
preview*) echo "Previewing" ;;
refresh*) echo "Refreshing" ;;
up*) trap 'echo "error: update canceled" >&2; exit 255' INT; echo updating; for _ in $(seq 500); do sleep 0.02; done ;;
esac
`;
const calls = join(folder, "calls");
const called = (): string[] => readFileSync(calls, "utf8").trim().split("\n");

function engine(options: Partial<EngineOptions> = {}) {
  const environment = { CALLS: calls, PULUMI_STACK: undefined };
  return createEngine({ installation: folder, project: folder, logs: join(folder, "logs"), environment, ...options });
}

beforeEach(() => {
  mkdirSync(join(folder, "bin"), { recursive: true });
  writeFileSync(join(folder, "bin/pulumi"), CLI, { mode: 0o755 });
  writeFileSync(calls, "");
  process.env["PULUMI_STACK"] = "somebody-elses";
  return () => {
    vi.unstubAllEnvs();
    delete process.env["PULUMI_STACK"];
  };
});

describe("the engine", () => {
  it("passes config values over stdin, and variables as it is told", async () => {
    await engine().configSet("a-dev", "token", "hush", { secret: true });
    expect(called()).toEqual(["config set token --secret --stack a-dev --non-interactive", "stdin: hush", "stack: unset"]);
  });

  it("names the user where nobody does", async () => {
    vi.stubEnv("USER", undefined);
    vi.stubEnv("LOGNAME", undefined);
    await engine().stackInit("a-dev");
    expect(called()).toHaveLength(1);
  });

  it("makes a stack without selecting it", async () => {
    await engine().stackInit("a-dev");
    expect(called()[0]).toBe("stack init --no-select --stack a-dev --non-interactive");
  });

  it("leaves secrets masked in outputs and encrypted in the state", async () => {
    expect(await engine().outputs("a-dev")).toEqual({ url: "http://x", login: "[secret]" });
    expect(await engine().exportState("a-dev")).toEqual({ version: 3, deployment: { resources: [] } });
    expect(called().join("\n")).not.toContain("--show-secrets");
  });

  it("gives a state back over stdin", async () => {
    const state = { version: 3, deployment: { resources: [] } };
    await engine().importState("a-dev", state);
    expect(called()).toEqual(["stack import --stack a-dev --non-interactive", `stdin: ${JSON.stringify(state)}`]);
  });

  it("says what the CLI refused, and where the log is", async () => {
    const log = join(folder, "logs/a-dev-stack-rm.log");
    await expect(engine().removeStack("a-dev")).rejects.toMatchObject({
      message: `stack rm a-dev failed: the stack still has resources (log: ${log})`,
    });
    expect(readFileSync(log, "utf8")).toContain("error: the stack still has resources");
  });

  it("says that there is no Pulumi", async () => {
    const missing = engine({ installation: join(folder, "nowhere") });
    await expect(missing.up("a-dev")).rejects.toThrow(/^up a-dev failed: .*nowhere\/bin\/pulumi ENOENT/s);
  });

  it("previews without selecting the stack, and does not take a missing summary for no changes", async () => {
    await expect(engine().preview("a-dev")).rejects.toThrow(/preview a-dev failed: the engine must end with a summary/);
    expect(readFileSync(join(folder, "logs/a-dev-preview.log"), "utf8")).toContain("Previewing");
    expect(called()).toEqual([expect.stringMatching(/^preview .*--stack a-dev/)]);
  });

  it("asks the cloud, and clears pending creations, only where it is told to", async () => {
    const tried = [
      engine().preview("a-dev"),
      engine().preview("a-dev", { folder: "/pack", config: "/pack/dev.json" }, { refresh: true }),
      engine().refresh("a-dev"),
      engine().refresh("a-dev", { clearPendingCreates: true }),
    ];
    await Promise.allSettled(tried);
    const all = called();
    const one = (pattern: RegExp) => all.filter((line) => pattern.test(line));
    expect(one(/^preview (?!.*--refresh)(?!.*--policy-pack)/)).toHaveLength(1);
    expect(one(/^preview --refresh --policy-pack \/pack --policy-pack-config \/pack\/dev.json /)).toHaveLength(1);
    expect(one(/^refresh --skip-preview --yes (?!.*--clear-pending-creates)/)).toHaveLength(1);
    expect(one(/^refresh --skip-preview --yes --clear-pending-creates /)).toHaveLength(1);
    expect(all.join("\n")).not.toContain("--show-secrets");
  });

  it("interrupts what is running, and refuses what comes later", async () => {
    const interrupt = new AbortController();
    const stopped = engine({ signal: interrupt.signal });
    const updating = stopped.up("a-dev");
    await vi.waitFor(() => expect(readFileSync(join(folder, "logs/a-dev-up.log"), "utf8")).toContain("updating"), 10_000);
    interrupt.abort(new Error("stopped by the user"));
    await expect(updating).rejects.toThrow(/^up a-dev failed: update canceled/);
    const before = called();
    await expect(stopped.up("a-dev")).rejects.toThrow("stopped by the user");
    expect(called()).toEqual(before);
  });

  it("does not lose an interrupt that comes before the CLI has started", async () => {
    const interrupt = new AbortController();
    const updating = engine({ signal: interrupt.signal }).up("a-dev");
    interrupt.abort();
    await expect(updating).rejects.toThrow(/^up a-dev failed: /);
  });
});
