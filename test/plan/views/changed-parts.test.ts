import { describe, expect, it } from "vitest";
import { changedParts } from "#plan/views/changed-parts";

const of = (from: unknown, to: unknown) => changedParts({ path: "x", from, to });

describe("what is shown of a change", () => {
  it("is all of it when it is short", () => {
    expect(of(1, undefined)).toEqual(["1", "none"]);
    expect(of("a", ["b"])).toEqual(["a", '["b"]']);
  });

  it("is the part that differs, with a little of what is around it, wherever it stands", () => {
    const text = (word: string) => `${"before ".repeat(20)}${word}${" after".repeat(20)}`;
    expect(of(text("one"), text("other"))).toEqual([
      "… before before one after after aft…",
      "… before before other after after aft…",
    ]);
  });

  it("keeps what differs when the beginnings or the ends are equal", () => {
    const long = "x".repeat(300);
    expect(of(long, `${long}y`)[1]).toBe(`…${"x".repeat(16)}y`);
    expect(of(long, `y${long}`)[1]).toBe(`y${"x".repeat(16)}…`);
  });

  it("cuts the middle of what is still too long, and splits no character", () => {
    const [before, after] = of("a".repeat(400), "😀".repeat(400));
    expect([Array.from(before).length, Array.from(after).length]).toEqual([160, 160]);
    expect(after.isWellFormed()).toBe(true);
  });
});
