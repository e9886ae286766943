import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, it, vi } from "vitest";
import { profiles } from "#stacks/inputs/environments/index";
import { readPace } from "#stacks/inputs/pace";

afterEach(() => {
  delete process.env["MILLRACE_PACE"];
  vi.restoreAllMocks();
});

it("is the profile's, and silent, where nobody shortens it", () => {
  const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
  expect(readPace(profiles.prod)).toEqual({
    stepSeconds: 300,
    soakSeconds: 1_800,
    scaleDownDelaySeconds: 600,
    intervalSeconds: 30,
    windowSeconds: 120,
    minRequests: 100,
    modelLoadSeconds: 300,
  });
  expect(warn).not.toHaveBeenCalled();
});

it("is shortened in the open", () => {
  const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
  process.env["MILLRACE_PACE"] = JSON.stringify({ stepSeconds: 10, minRequests: 20 });
  expect(readPace(profiles.dev)).toMatchObject({ stepSeconds: 10, minRequests: 20, soakSeconds: 300, intervalSeconds: 30 });
  expect(warn.mock.calls).toEqual([
    ["times shortened for a rehearsal (MILLRACE_PACE): stepSeconds 120 → 10, minRequests 100 → 20"],
  ]);
});
