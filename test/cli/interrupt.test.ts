import { describe, expect, it, vi } from "vitest";
import { Interrupted, interruption, interruptionIn } from "#cli/interrupt";
import * as list from "#promotion/releases/list";
import { releasesFolder } from "../harness/releases.ts";
import { millrace } from "./release/run.ts";

const aborted = (cause?: unknown): Error =>
  Object.assign(new Error("The operation was aborted", { cause }), { name: "AbortError" });

describe("an interruption", () => {
  it("is known by its own error, and by the one of a library that was aborted", async () => {
    expect(interruptionIn(aborted())).toBe(undefined);
    expect(interruptionIn(aborted(new Interrupted("SIGINT")))).toMatchObject({ exitCode: 130 });
    vi.spyOn(list, "listReleases").mockImplementation(() => {
      const signal = interruption();
      process.emit("SIGTERM", "SIGTERM");
      expect(signal.reason).toBeInstanceOf(Interrupted);
      throw aborted();
    });
    expect(await millrace(releasesFolder(), "release", "list")).toEqual({ code: 143, out: "", err: "interrupted by SIGTERM\n" });
    for (const other of [new Error("x"), "AbortError", undefined, null]) {
      expect(interruptionIn(other)).toBe(undefined);
    }
  });
});
