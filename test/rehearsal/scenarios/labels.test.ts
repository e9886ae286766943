import { expect, it } from "vitest";
import { pushed } from "#rehearsal/scenarios/labels";
import type { Sample } from "#rehearsal/traffic/sample";

const NOW = 100_000;
const sample = (version: string, at: number, right?: boolean): Sample => ({
  at,
  ms: 5,
  status: 200,
  version,
  ...(right !== undefined && { right }),
});

it("the accuracy of each version is that of the predictions of which the label has come", () => {
  const samples = [
    sample("3", NOW - 9_000, true),
    sample("3", NOW - 8_000, true),
    sample("3", NOW - 7_000, true),
    sample("3", NOW - 6_000, false),
    sample("4", NOW - 5_000, false),
    // Its label has not come, and nobody knows one.
    sample("4", NOW - 1_000, true),
    sample("5", NOW - 9_000),
  ];
  expect(pushed("fraud", samples, NOW).trim().split("\n")).toEqual([
    'mlops_online_quality{model="fraud",model_version="3",metric="accuracy"} 0.75',
    'mlops_online_quality_samples{model="fraud",model_version="3",metric="accuracy"} 4',
    'mlops_online_quality{model="fraud",model_version="4",metric="accuracy"} 0',
    'mlops_online_quality_samples{model="fraud",model_version="4",metric="accuracy"} 1',
  ]);
});
