import { expect, it } from "vitest";
import { type Changes, refused } from "../../harness/refused.ts";

const FILE = "stacks/inputs/models.ts:";
const KEDA = { "profile.serving.byLoad": true };
const scaling = (value: unknown, more: Changes = KEDA): Changes => ({ "models.fraud.scaling": value, ...more });
const target = (got: string): string =>
  `${FILE} fraud.scaling.targetPerServer must be a number from 0.01 to 100000, got '${got}'`;

it.each<[what: string, changes: Changes, sentence: string]>([
  ["text", scaling("cpu"), `${FILE} fraud.scaling must be an object, got 'cpu'`],
  [
    "an unknown measure",
    scaling({ by: "latency", targetPerServer: 8 }),
    `${FILE} fraud.scaling.by must be one of cpu, inFlight, requests, got 'latency'`,
  ],
  [
    "no target",
    scaling({ by: "requests" }),
    `${FILE} fraud.scaling.targetPerServer must be a number from 0.01 to 100000, got nothing`,
  ],
  ["a target of nothing", scaling({ by: "inFlight", targetPerServer: 0 }), target("0")],
  ["a target as text", scaling({ by: "inFlight", targetPerServer: "8" }), target("8")],
  [
    "a target of another measure",
    scaling({ by: "inFlight", targetPerServer: 8, targetCpuPercent: 70 }),
    `${FILE} fraud.scaling.targetCpuPercent must be a known key (by, targetPerServer)`,
  ],
  [
    "a number of servers, which is the environment's",
    scaling({ by: "inFlight", targetPerServer: 8, minReplicas: 0 }),
    `${FILE} fraud.scaling.minReplicas must be a known key (by, targetPerServer)`,
  ],
  [
    "a share of CPU above the whole",
    scaling({ targetCpuPercent: 170 }, {}),
    `${FILE} fraud.scaling.targetCpuPercent must be a whole number from 10 to 100, got '170'`,
  ],
  [
    "requests in an environment without KEDA",
    scaling({ by: "requests", targetPerServer: 50 }, {}),
    "stacks/inputs/environments/dev.ts: serving.byLoad must be true for 'fraud', which scales by 'requests' in stacks/inputs/models.ts, got 'false': set it and bring the platform up, or scale by 'cpu'",
  ],
  [
    "a new version that may not have as many requests as are aimed at",
    scaling({ by: "inFlight", targetPerServer: 8 }, { ...KEDA, "models.fraud.maxInFlight": 6 }),
    `${FILE} fraud.maxInFlight must be more than fraud.scaling.targetPerServer (8), which servers have without being saturated, got '6'`,
  ],
  [
    "no server, which the environment may not say either",
    { "profile.serving.minReplicas": 0 },
    "stacks/inputs/environments/dev.ts: serving.minReplicas must be a whole number of at least 1: requests to a model without servers fail, and wake none, got '0'",
  ],
  [
    "a switch that is none",
    { "profile.serving.byLoad": "yes" },
    "stacks/inputs/environments/dev.ts: serving.byLoad must be true or false, got 'yes'",
  ],
])("a model may not scale by %s", async (_, changes, sentence) => {
  const refusal = await refused("workloads", changes);
  expect(refusal.sentence).toContain(sentence);
  expect(refusal.plain).toBe(true);
});
