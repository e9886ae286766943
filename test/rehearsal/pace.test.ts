import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it, vi } from "vitest";
import { MODEL } from "#rehearsal/models";
import { PACE } from "#rehearsal/pace";
import { profiles } from "#stacks/inputs/environments/index";
import { models } from "#stacks/inputs/models";
import { readPace } from "#stacks/inputs/pace";

afterEach(() => {
  delete process.env["MILLRACE_PACE"];
  vi.restoreAllMocks();
});

describe("the pace of a rehearsal", () => {
  it.each(Object.values(profiles))("is accepted in $name, and shortens every time that it names", (profile) => {
    vi.spyOn(pulumi.log, "warn").mockResolvedValue();
    const usual = readPace(profile)();
    process.env["MILLRACE_PACE"] = JSON.stringify(PACE);
    const shortened = readPace(profile)();
    expect(shortened).toEqual({ ...usual, ...PACE });
    for (const [name, value] of Object.entries(PACE)) {
      expect([name, value < Number(usual[name as keyof typeof usual])]).toEqual([name, true]);
    }
  });

  it("gives a gate the time to measure its own step", () => {
    expect(PACE["stepSeconds"]).toBeGreaterThanOrEqual(PACE["windowSeconds"] ?? Infinity);
  });
});

it("releases the first model that there is", () => {
  expect(Object.keys(models)[0]).toBe(MODEL);
});
