import { describe, expect, it } from "vitest";
import { dev } from "#stacks/inputs/environments/dev";
import { checkProfile } from "#stacks/inputs/environments/rules";
import { models } from "#stacks/inputs/models";
import { checkModels, checkTeams } from "#stacks/inputs/served";
import { type Changes, refused } from "../../harness/refused.ts";

/** Keys of all values in a profile, at any depth; a list is one value. */
const leavesOf = (value: object, path = ""): string[] =>
  Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner) ? leavesOf(inner, `${path}${key}.`) : [`${path}${key}`],
  );

const put = (at: any, [key = "", ...rest]: string[], value: unknown): void => {
  if (rest.length > 0) {
    put(at[key], rest, value);
  } else {
    at[key] = value;
  }
};

const changed = (path: string, value: unknown): unknown => {
  const profile = structuredClone(dev);
  put(profile, path.split("."), value);
  return profile;
};

describe("a profile is held against its type when it runs:", () => {
  const WRONG = [null, undefined, NaN, Infinity, "", {}, () => 1, Symbol("x"), 1n];

  it.each(leavesOf(dev))("%s takes no value of another type", (path) => {
    for (const value of WRONG) {
      expect(() => checkProfile("dev", changed(path, value)), typeof value).toThrow(
        `stacks/inputs/environments/dev.ts: ${path} must be `,
      );
    }
  });

  it.each([...new Set(leavesOf(dev).map((path) => path.split(".").slice(0, -1).join(".")))])(
    "'%s' takes no unknown key and may not be missing",
    (path) => {
      const inside = path === "" ? "" : `${path}.`;
      for (const key of ["constructor", "toString", "nonsense"]) {
        expect(() => checkProfile("dev", changed(`${inside}${key}`, 1))).toThrow(
          `stacks/inputs/environments/dev.ts: ${inside}${key} must be a known key (`,
        );
      }
      if (path !== "") {
        expect(() => checkProfile("dev", changed(path, undefined))).toThrow(
          new RegExp(`^stacks/inputs/environments/dev.ts: ${path} must be an object with .*, got nothing`),
        );
      }
    },
  );

  it.each(["", "network.", "gpu.training.consolidation.", "cluster.zoneLoss."])("'%s__proto__' is no key of it", (path) => {
    const profile: any = structuredClone(dev);
    const keys = path.split(".").slice(0, -1);
    Object.setPrototypeOf(
      keys.reduce((at, key) => at[key], profile),
      { zones: 9 },
    );
    expect(() => checkProfile("dev", profile)).toThrow(
      `stacks/inputs/environments/dev.ts: ${path}__proto__ must be a known key (`,
    );
  });

  it("all faults are listed at once, each with a guess where one is near", () => {
    const profile = structuredClone(dev) as any;
    profile.gpu.training.maxGpu = profile.gpu.training.maxGpus;
    profile.gpu.training.maxGpus = undefined;
    expect(() => checkProfile("dev", profile)).toThrow(
      "stacks/inputs/environments/dev.ts: gpu.training.maxGpu must be a known key (capacity, consolidation, expireAfterHours, terminationGraceHours, diskGiB, instanceType, maxGpus, carries). Did you mean 'maxGpus'?\nstacks/inputs/environments/dev.ts: gpu.training.maxGpus must be a number, got nothing",
    );
  });

  it.each([undefined, null, [], "dev", 1])("%s is no profile", (profile) => {
    expect(() => checkProfile("dev", profile)).toThrow(/^stacks\/inputs\/environments\/dev.ts: the whole must be an object/);
  });
});

const TEAMS = "stacks/inputs/teams.ts:";
const MODELS = "stacks/inputs/models.ts:";
const DEV = "stacks/inputs/environments/dev.ts:";
const LABEL = "lower-case letters, digits and hyphens, beginning with a letter, at most 40 characters";
const GROUP = "a group outside system:, eks:, aws:, amazon: and iam:";
const KNOWN =
  "(team, host, path, grpc, latencyTargetMs, maxErrorShare, maxSlowShare, maxPsi, maxAccuracyLoss, maxInFlight, scaling, canary, blueGreen, shadow, abTest, runtime, batch, stream, sticky)";

it.each<[what: string, teams: unknown, sentence: string]>([
  [
    "no groups",
    { risk: { gpuShare: 1 } },
    `${TEAMS} risk.groups must be an object with dataScientists, mlEngineers, got nothing`,
  ],
  ["a team of nothing", { risk: null }, `${TEAMS} risk must be an object with groups, gpuShare, got 'null'`],
  ["a list of teams", [], `${TEAMS} the whole must be an object, got '[]'`],
  [
    "one group only",
    { risk: { gpuShare: 1, groups: { dataScientists: "a" } } },
    `${TEAMS} risk.groups.mlEngineers must be ${GROUP}, got nothing`,
  ],
  [
    "a group of Kubernetes itself",
    { risk: { gpuShare: 1, groups: { dataScientists: "system:masters", mlEngineers: "b" } } },
    `${TEAMS} risk.groups.dataScientists must be ${GROUP}, got 'system:masters'`,
  ],
  [
    "the groups of another team",
    {
      a: { gpuShare: 0, groups: { dataScientists: "x", mlEngineers: "y" } },
      b: { gpuShare: 0, groups: { dataScientists: "y", mlEngineers: "z" } },
    },
    `${TEAMS} b.groups.dataScientists must be a group of its own, got 'y', which is that of a.groups.mlEngineers: give the team a group of its own people`,
  ],
  [
    "the group of CI",
    { a: { gpuShare: 0, groups: { dataScientists: "x", mlEngineers: "millrace-plan" } } },
    `${TEAMS} a.groups.mlEngineers must be a group of its own, got 'millrace-plan', which is that of CI`,
  ],
  [
    "a share as text",
    { risk: { gpuShare: "1", groups: { dataScientists: "a", mlEngineers: "b" } } },
    `${TEAMS} risk.gpuShare must be a number from 0 to 1, got '1'`,
  ],
  [
    "a share that is no number",
    { risk: { gpuShare: NaN, groups: { dataScientists: "a", mlEngineers: "b" } } },
    `${TEAMS} risk.gpuShare must be a number from 0 to 1, got 'NaN'`,
  ],
  [
    "a misspelt key",
    { risk: { gpuShar: 1, gpuShare: 1, groups: { dataScientists: "a", mlEngineers: "b" } } },
    `${TEAMS} risk.gpuShar must be a known key (groups, gpuShare). Did you mean 'gpuShare'?`,
  ],
  [
    "a hidden team",
    { __proto__: { risk: { gpuShare: 1, groups: { dataScientists: "a", mlEngineers: "b" } } } },
    `${TEAMS} a name must be ${LABEL}, got '__proto__'`,
  ],
  [
    "a team with a name that every object has",
    { toString: { gpuShare: 1, groups: { dataScientists: "a", mlEngineers: "b" } } },
    `${TEAMS} a name must be ${LABEL}, got 'toString'`,
  ],
])("teams may not have %s", (_, teams, sentence) => {
  expect(() => checkTeams(teams)).toThrow(sentence);
});

it.each<[what: string, model: unknown, sentence: string]>([
  ["a field that there is not", { ...models["fraud"], weights: [5, 50] }, `fraud.weights must be a known key ${KNOWN}`],
  [
    "a misspelt field",
    { ...models["fraud"], latencyTarget: 200 },
    `fraud.latencyTarget must be a known key ${KNOWN}. Did you mean 'latencyTargetMs'?`,
  ],
  ["no team", { ...models["fraud"], team: undefined }, "fraud.team must be a non-empty string, got nothing"],
  ["no host", { ...models["fraud"], host: null }, "fraud.host must be a non-empty string, got 'null'"],
  ["a number for a path", { ...models["fraud"], path: 7 }, "fraud.path must be a string, got '7'"],
  ["text for a number", { ...models["fraud"], latencyTargetMs: "200" }, "fraud.latencyTargetMs must be a number, got '200'"],
  ["a share that is no number", { ...models["fraud"], maxErrorShare: NaN }, "fraud.maxErrorShare must be a number, got 'NaN'"],
  [
    "a header of several",
    { ...models["fraud"], sticky: { header: ["a"] } },
    `fraud.sticky.header must be a header name in lower case that names a user, such as x-user-id, and none of HTTP, of tracing or of the mesh, got '["a"]'`,
  ],
  [
    "text for a model",
    "fraud",
    `fraud must be an object with team, host, path, grpc, latencyTargetMs, maxErrorShare, maxSlowShare, maxPsi, maxAccuracyLoss, maxInFlight, scaling, canary, blueGreen, shadow, abTest, runtime, batch, stream, sticky, got 'fraud'`,
  ],
])("a model may not have %s", (_, model, sentence) => {
  expect(() => checkModels({ fraud: model }, ["fraud"])).toThrow(`${MODELS} ${sentence}`);
});

it("a model that is not served here may be anything", () => {
  expect(() => checkModels({ ...models, draft: null }, ["fraud"])).not.toThrow();
});

it.each<[what: string, layer: "foundation" | "platform" | "workloads", changes: Changes, sentence: string]>([
  ["a profile under another's name", "foundation", { "profile.name": "prod" }, `${DEV} name must be one of dev, got 'prod'`],
  [
    "a missing part of the profile",
    "platform",
    { "profile.gpu": undefined },
    `${DEV} gpu must be an object with training, inference, got nothing`,
  ],
  [
    "a team that is missing a part, in a layer that has none",
    "foundation",
    { "teams.risk.groups": undefined },
    `${TEAMS} risk.groups must be an object with dataScientists, mlEngineers, got nothing`,
  ],
  [
    "a team that every object has",
    "workloads",
    { "models.fraud.team": "constructor" },
    `${MODELS} fraud.team must be a team of stacks/inputs/teams.ts (risk), got 'constructor'`,
  ],
  [
    "a negative number of zones",
    "foundation",
    { "profile.network.zones": -1 },
    `${DEV} network.zones must be a whole number of at least 1, got '-1'`,
  ],
  [
    "half a GPU",
    "platform",
    { "profile.gpu.training.maxGpus": 1.5 },
    `${DEV} gpu.training.maxGpus must be a whole number of at least 1, got '1.5'`,
  ],
  [
    "half a replica of controllers",
    "platform",
    { "profile.cluster.replicas.controllers": 0.5 },
    `${DEV} cluster.replicas.controllers must be a whole number of at least 1, got '0.5'`,
  ],
  [
    "no replica of the mesh",
    "platform",
    { "profile.cluster.replicas.mesh": 0 },
    `${DEV} cluster.replicas.mesh must be a whole number of at least 1, got '0'`,
  ],
  [
    "a wait that is no promise",
    "platform",
    { "profile.cluster.zoneLoss": { keeps: "nothing", waits: [] } },
    `${DEV} cluster.zoneLoss.waits must be a known key (keeps)`,
  ],
  [
    "a time for nodes that never go",
    "platform",
    { "profile.cpu.consolidation": { when: "never", afterSeconds: 1 } },
    `${DEV} cpu.consolidation.afterSeconds must be a known key (when)`,
  ],
  [
    "a foundation in another account",
    "workloads",
    { "handedOn.foundation.keys.cluster": "arn:aws:kms:eu-north-1:999999999999:key/a" },
    "stacks/config/Pulumi.*-dev.yaml: millrace:account must be that of stack 'foundation-dev', '999999999999', got '111111111111': correct the file of the layer that is wrong",
  ],
  [
    "a foundation in another region",
    "platform",
    { "handedOn.foundation.keys.cluster": "arn:aws:kms:us-east-1:111111111111:key/a" },
    "stacks/config/Pulumi.*-dev.yaml: millrace:region must be that of stack 'foundation-dev', 'us-east-1', got 'eu-north-1': correct the file of the layer that is wrong",
  ],
])("the program does not begin with %s", async (_, layer, changes, sentence) => {
  expect(await refused(layer, changes)).toEqual({ sentence, plain: true, touched: [] });
});
