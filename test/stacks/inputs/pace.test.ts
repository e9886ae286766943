import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, it, vi } from "vitest";
import { MESH_04 } from "#policies/rules/mesh/mesh-04";
import { profiles } from "#stacks/inputs/environments/index";
import { RAMP, readPace } from "#stacks/inputs/pace";

afterEach(() => {
  delete process.env["MILLRACE_PACE"];
  vi.restoreAllMocks();
});

it("has the times of the profile, and says nothing, when nobody shortens them", () => {
  const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
  expect(readPace(profiles.prod)()).toEqual({
    weights: [5, 20, 50, 100],
    stepSeconds: 300,
    testSeconds: 1_209_600,
    soakSeconds: 1_800,
    compareSeconds: 3_600,
    scaleDownDelaySeconds: 600,
    intervalSeconds: 30,
    windowSeconds: 120,
    giveUpSeconds: 1_800,
    minRequests: 100,
    minPredictions: 600,
    modelLoadSeconds: 300,
    nodeIdleSeconds: 1_800,
    scrapeSeconds: 15,
  });
  expect(warn).not.toHaveBeenCalled();
});

it("is shortened with a warning", () => {
  const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
  process.env["MILLRACE_PACE"] = JSON.stringify({ stepSeconds: 10, minRequests: 20 });
  expect(readPace(profiles.dev)()).toMatchObject({ stepSeconds: 10, minRequests: 20, soakSeconds: 300, intervalSeconds: 30 });
  expect(warn.mock.calls).toEqual([
    ["times shortened for a rehearsal (MILLRACE_PACE): stepSeconds 120 → 10, minRequests 100 → 20"],
  ]);
});

it.each([
  ["{", `must be JSON, got '{': unset it, or write {"stepSeconds": 10}`],
  ["7", "must be an object, got '7'"],
  [
    '{"stepSecond":5}',
    ".stepSecond must be a known key (stepSeconds, testSeconds, soakSeconds, compareSeconds, scaleDownDelaySeconds, intervalSeconds, windowSeconds, giveUpSeconds, minRequests, minPredictions, modelLoadSeconds, nodeIdleSeconds, scrapeSeconds). Did you mean 'stepSeconds'?",
  ],
  [
    '{"stepSeconds":121}',
    ".stepSeconds must be a whole number from 1 to 120, because a rehearsal only shortens times, got '121'",
  ],
  ['{"minRequests":0}', ".minRequests must be a whole number from 1 to 100, because a rehearsal only shortens times, got '0'"],
])("refuses %s", (pace, rule) => {
  process.env["MILLRACE_PACE"] = pace;
  expect(() => readPace(profiles.dev)).toThrow(`MILLRACE_PACE${rule.startsWith(".") ? "" : " "}${rule}`);
});

it("takes shares that a policy allows too", () => {
  for (const bounds of Object.values(MESH_04.parameters!)) {
    expect(bounds).toMatchObject(RAMP);
  }
});
