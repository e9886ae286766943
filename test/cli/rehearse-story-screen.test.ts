import { afterEach, expect, it, vi } from "vitest";
import { storyScreen } from "#cli/rehearse-story-screen";
import { plainly } from "#render/terminal";
import { step } from "../rehearsal/promotion/sample.ts";

afterEach(() => vi.restoreAllMocks());

/** What two steps write to a stream, without colours. */
function written(json: boolean): string {
  let text = "";
  vi.spyOn(json ? process.stderr : process.stdout, "write").mockImplementation((piece) => ((text += String(piece)), true));
  const screen = storyScreen(json);
  const stopped = step("prod", "a gate stops it", { exit: 10 });
  const broken = step("dev", "it arrives", { exit: 1, output: "first\nlast", fault: "must end with 0, it ended with 1" });
  for (const each of [stopped, broken]) {
    screen.begin(each);
    screen.update("working");
    screen.end(each);
  }
  return plainly(text);
}

it.each([false, true])("a log has two lines a step, and the output of the one that fails; with --json: %s", (json) => {
  expect(written(json).split("\n")).toEqual([
    "  ✓ prod       a gate stops it   exit 10   2.0 s",
    "               $ npx millrace promote fraud@4",
    "  ✗ dev        it arrives   exit 1   2.0 s",
    "               $ npx millrace promote fraud@4",
    "               first",
    "               last",
    "               must end with 0, it ended with 1",
    "",
  ]);
});
