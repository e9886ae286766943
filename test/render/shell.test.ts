import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { quoted } from "#render/shell";

it.each(["/tmp/a b/t.tgz", "it's", "$HOME", "a;b", "~/t.tgz", "`x`", "a*", "", "plain/t.tgz"])(
  "a shell takes %j for one word",
  (word) => {
    expect(execFileSync("sh", ["-c", `printf %s ${quoted(word)}`], { encoding: "utf8" })).toBe(word);
  },
);

it("a plain word stays plain", () => {
  expect(quoted("/tmp/millrace-tools.tgz")).toBe("/tmp/millrace-tools.tgz");
});
