import { describe, expect, it } from "vitest";
import { Environments, type EnvironmentsOptions } from "#rehearsal/promotion/environments";

type Enter = NonNullable<EnvironmentsOptions["enter"]>;

function environments(enter: Enter) {
  const interrupt = new AbortController();
  const all = new Environments({
    folderOf: (environment) => `/home/${environment}`,
    argvOf: (environment) => ["cli", environment],
    keep: false,
    signal: interrupt.signal,
    enter,
  });
  return { all, interrupt };
}

/** Comes up at once, ends as it is told, or when it is aborted. */
const obedient =
  (log: string[], code = 0): Enter =>
  ({ environment, folder, argv, signal, onReady }) =>
    new Promise((resolve, reject) => {
      log.push(`${environment} ${folder} ${argv.join(" ")}`);
      signal.addEventListener("abort", () => reject(signal.reason));
      onReady?.(async () => {
        log.push(`${environment} goes on`);
        resolve(code);
      });
    });

describe("environments side by side", () => {
  it("come up in folders of their own, wait, and end when they are told to", async () => {
    const log: string[] = [];
    const { all } = environments(obedient(log));
    expect(await all.up("dev")).toBeGreaterThanOrEqual(0);
    await all.up("prod");
    await all.end("prod");
    await all.end("dev");
    expect(log).toEqual(["dev /home/dev cli dev", "prod /home/prod cli prod", "prod goes on", "dev goes on"]);
  });

  it("fail when one does not come up, or is not destroyed", async () => {
    await expect(environments(async () => 1).all.up("dev")).rejects.toThrow("dev must come up, it ended with 1");
    const { all } = environments(obedient([], 1));
    await all.up("dev");
    await expect(all.end("dev")).rejects.toThrow("dev must be destroyed, it ended with 1");
  });

  it("are lost as soon as one ends by itself", async () => {
    let die: (code: number) => void = () => undefined;
    const { all } = environments(({ onReady }) => {
      onReady?.(async () => undefined);
      return new Promise((resolve) => {
        die = resolve;
      });
    });
    await all.up("staging");
    die(137);
    await expect(all.lost).rejects.toThrow("staging has ended by itself (137)");
  });

  it("end together, by an interrupt or because one has failed", async () => {
    const { all, interrupt } = environments(obedient([]));
    await all.up("dev");
    interrupt.abort(new Error("Ctrl-C"));
    await expect(all.lost).rejects.toThrow("Ctrl-C");
    const other = environments(obedient([])).all;
    await other.up("dev");
    await other.kill();
    await expect(other.lost).rejects.toThrow("another environment has failed");
  });
});
