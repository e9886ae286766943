import fc from "fast-check";
import { expect, it } from "vitest";
import { record } from "#plan/record";
import { workloads } from "#stacks/workloads/workloads";
import { contextOf, many, references } from "./workloads-fixture.ts";

const WORDS = [
  "a",
  "b",
  "c",
  "a-b",
  "b-c",
  "a-cpu",
  "a-split",
  "b-stable",
  "b-canary",
  "a-split-grpc",
  "a-root",
  "b-queue",
  "a-jobs",
];

const share = (team: string, gpuShare: number) => ({
  groups: { dataScientists: `${team}-x`, mlEngineers: `${team}-y` },
  gpuShare,
});

/** The identity of every Kubernetes object of a program; nothing when the program is refused. */
async function identities(teams: string[], owners: Record<string, string>): Promise<string[] | undefined> {
  const version = many(1).release.models["fraud"]!;
  const names = Object.keys(owners);
  const given = {
    teams: Object.fromEntries(teams.map((team) => [team, share(team, 1 / teams.length)])),
    models: Object.fromEntries(
      names.map((name) => [
        name,
        { team: owners[name]!, host: `${name}.models.internal`, grpc: true, sticky: { header: "x-user" } },
      ]),
    ),
    release: {
      ...many(1).release,
      models: Object.fromEntries(names.map((name) => [name, { ...version, path: `models/${name}/3` }])),
    },
  };
  let refused = false;
  const { resources } = await record(
    async () => {
      await workloads(contextOf("dev"), given).catch((error: Error) => {
        refused = / must have another name, /.test(error.message);
        if (!refused) {
          throw error;
        }
      });
    },
    { stack: "workloads-dev", references: references("dev") },
  );
  return refused
    ? undefined
    : resources
        .filter(({ type }) => type.startsWith("kubernetes:"))
        .map(({ type, inputs: { metadata } }) => `${type} ${metadata.namespace ?? ""}/${metadata.name}`);
}

/** Teams, models that they have in turn: each pair makes one object of two names. */
const JOINED: [string[], string[], number][] = [
  [["a", "a-b"], ["b-c", "c"], 0],
  [["a", "a-cpu"], ["b", "c"], 0],
  [["a", "b"], ["a", "b", "a-split"], 0],
  [["a", "b"], ["a", "b", "a-split-grpc"], 0],
];

it("no two objects of teams and models have one name, whatever their names", async () => {
  const several = fc.uniqueArray(fc.constantFrom(...WORDS), { minLength: 2, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(several, several, fc.nat(), async (teams, models, turn) => {
      const owners = Object.fromEntries(models.map((model, at) => [model, teams[(at + turn) % teams.length]!]));
      const all = await identities(teams, owners);
      expect(all?.toSorted()).toEqual(all && [...new Set(all)].toSorted());
    }),
    { numRuns: 8, examples: JOINED },
  );
});

it("names that only look alike are not refused", async () => {
  expect(await identities(["a", "b"], { "a-b": "a", c: "b", "b-c": "b" })).toBeDefined();
});
