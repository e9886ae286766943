import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { causeIn, causeOnDisk, freeBytes } from "#toolchain/causes";

const GO_TRACE = `panic: failed to allocate WAL file
goroutine 1 [running]:
main.main()
	/go/src/main.go:12`;

it.each([
  [`{"level":"fatal","error":"write /x/etcd/member/wal/0.tmp: no space left on device"}\n${GO_TRACE}`, "The disk is full."],
  ["ENOSPC: no space left on device, copyfile 'a' -> 'b'", "The disk is full."],
  ["Error: ENOSPC: System limit for number of file watchers reached, watch 'a'", "This kernel lets a user watch too few files."],
  ["EROFS: read-only file system, mkdir '/x'", "A folder is on a read-only file system."],
  ["accept tcp [::]:6443: accept4: too many open files", "This shell lets a program open too few files."],
  ["runtime: failed to create new OS thread (have 2 already; errno=11)", "This user may start too few processes and threads."],
  ["spawn /bin/etcd EAGAIN", "This user may start too few processes and threads."],
  ["fatal error: runtime: cannot allocate memory", "There is too little memory."],
  ["listen tcp 127.0.0.1:2379: bind: address already in use", "A port is in use."],
  ["fork/exec /x/pulumi: exec format error", "A tool is built for another kind of machine."],
])("%s is told as what this machine lacks, with the remedy", (text, sentence) => {
  const cause = causeIn(text);
  expect(cause?.sentence).toBe(sentence);
  expect(cause?.message).not.toContain("goroutine");
  expect(cause?.remedy).toMatch(/^(Free|Set|Run|Raise|End) .*\.$/);
});

it("says nothing about a message of another kind", () => {
  expect(causeIn("admission webhook denied the request: K8S-01")).toBeUndefined();
  expect(causeIn(GO_TRACE)).toBeUndefined();
});

it("measures the disk of a folder that is not there yet", () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-causes-"));
  expect(freeBytes(join(folder, "a", "b"))).toBeGreaterThan(0);
  expect(causeOnDisk(folder)).toBeUndefined();
  expect(causeOnDisk("/proc")?.sentence).toBe("The disk is full.");
});
