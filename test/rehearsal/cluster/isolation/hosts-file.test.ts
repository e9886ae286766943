import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HostsFile } from "#rehearsal/cluster/isolation/hosts-file";

test("names can be added, changed and removed while the file is bound", () => {
  const path = join(mkdtempSync(join(tmpdir(), "hosts-")), "hosts");
  const hosts = new HostsFile(path);
  const own = `127.0.0.1 localhost\n::1 localhost\n127.0.0.1 ${hostname()}\n`;
  expect(readFileSync(path, "utf8")).toBe(own);
  const { ino } = statSync(path);

  hosts.set({ "a.ns.svc.cluster.local": "10.66.0.5", b: "10.66.0.6" });
  hosts.set({ b: "10.66.0.7" });
  expect(readFileSync(path, "utf8")).toBe(`${own}10.66.0.5 a.ns.svc.cluster.local\n10.66.0.7 b\n`);
  hosts.remove("b");
  expect(readFileSync(path, "utf8")).toBe(`${own}10.66.0.5 a.ns.svc.cluster.local\n`);
  // A bind mount holds on to the inode: another one would not be seen inside.
  expect(statSync(path).ino).toBe(ino);
});
