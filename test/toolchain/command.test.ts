import { expect, it } from "vitest";
import { run } from "#toolchain/command";

it("a command that takes too long is ended, and not waited for where a child of it holds its output open", async () => {
  const { code, stdout } = await run("/bin/sh", ["-c", "sleep 600 & echo $!; wait"], { timeout: 200 });
  process.kill(Number(stdout), "SIGKILL");
  expect(code).toBe(-1);
});

it("a command that ends by itself is heard to its end", async () => {
  const { code, stdout } = await run("/bin/sh", ["-c", "(sleep 0.3; echo late) & echo early"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "early\nlate\n" });
});
