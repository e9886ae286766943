import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { PROJECT_FOLDER } from "#engine/project";
import { locked } from "#rehearsal/plugins/providers/aws/lock";

const lockOf = (): string => join(mkdtempSync(join(tmpdir(), "lock-")), "names.lock");

it("a process that does not get the lock does nothing, and leaves the lock to its holder", () => {
  const lock = lockOf();
  symlinkSync(String(process.ppid), lock);
  let worked = false;
  const work = (): void => {
    worked = true;
  };
  expect(() => locked(lock, work, 3)).toThrow(`process ${process.ppid} holds ${lock}: end it, or remove that file`);
  expect(worked).toBe(false);
  expect(readlinkSync(lock)).toBe(String(process.ppid));
});

it("the lock of a process that has ended is free", () => {
  const lock = lockOf();
  symlinkSync(String(spawnSync("true").pid), lock);
  let held = "";
  locked(lock, () => {
    held = readlinkSync(lock);
  });
  expect(held).toBe(String(process.pid));
  expect(existsSync(lock)).toBe(false);
});

it("the lock is given back when the work fails", () => {
  const lock = lockOf();
  const fail = (): never => {
    throw new Error("no space");
  };
  expect(() => locked(lock, fail)).toThrow("no space");
  locked(lock, () => {}, 1);
});

it("three processes that find a dead holder change one file in turns", async () => {
  const lock = lockOf();
  const file = `${lock}.count`;
  writeFileSync(file, "0");
  symlinkSync(String(spawnSync("true").pid), lock);
  const program = `
    import { readFileSync, writeFileSync } from "node:fs";
    import { locked } from ${JSON.stringify(pathToFileURL(join(PROJECT_FOLDER, "rehearsal/plugins/providers/aws/lock.ts")).href)};
    for (let turn = 0; turn < 30; turn += 1) {
      locked(${JSON.stringify(lock)}, () => {
        writeFileSync(${JSON.stringify(file)}, String(Number(readFileSync(${JSON.stringify(file)}, "utf8")) + 1));
      });
    }`;
  const processes = [1, 2, 3].map(() =>
    spawn(process.execPath, ["--input-type=module", "--eval", program], { stdio: "inherit" }),
  );
  const codes = await Promise.all(processes.map(async (each) => (await once(each, "close"))[0] as number));
  expect(codes).toEqual([0, 0, 0]);
  expect(readFileSync(file, "utf8")).toBe("90");
});
