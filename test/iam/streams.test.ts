import { describe, expect, it } from "vitest";
import { record } from "#plan/record";
import type { Context } from "#stacks/context";
import type { Layer } from "#stacks/contracts";
import { foundation } from "#stacks/foundation/foundation";
import { profiles } from "#stacks/inputs/environments/index";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { readSettings } from "#stacks/inputs/read-settings";
import type { Stream } from "#stacks/inputs/stream";
import { nameAndBound } from "#stacks/roles";
import { workloads } from "#stacks/workloads/workloads";
import { configOf, referencesOf } from "../harness/stacks.ts";
import { many } from "../stacks/workloads-fixture.ts";
import { type Account, accountOf, accountWith, plannedIn } from "./account.ts";
import { takenAway } from "./boundary.ts";
import { callsOf, type Phase } from "./calls.ts";
import { allows } from "./evaluate.ts";

const STREAMS: Record<string, Stream> = {
  fraud: { kind: "kinesis", stream: "payments", output: "scores", deadLetters: "failures" },
  "fraud-1": { kind: "kafka", topic: "payments", partitions: 6, output: "scores", deadLetters: "failures" },
};

/** The environment with two models that predict for streams. */
async function withStreams(environment: EnvironmentName): Promise<Account> {
  const { models, release } = many(2);
  const given = {
    models: Object.fromEntries(Object.entries(models).map(([name, model]) => [name, { ...model, stream: STREAMS[name]! }])),
    release,
  };
  const { resources } = await declared("workloads", environment, (context) => workloads(context, given));
  const account = await accountOf(environment);
  const others = account.resources.filter(({ layer }) => layer !== "workloads" && layer !== "foundation");
  const made = plannedIn("foundation", (await declared("foundation", environment, foundation)).resources);
  return accountWith(account, [...others, ...made, ...plannedIn("workloads", resources)]);
}

/** What a program makes of an environment whose stack config names a cluster of MSK. */
async function declared(layer: Layer, environment: EnvironmentName, program: (context: Context) => unknown) {
  const profile = profiles[environment];
  const references = await referencesOf(layer, environment);
  return record(
    () => {
      const settings = readSettings(layer, profile);
      const clusterArn = `arn:aws:kafka:${settings.region}:${settings.account}:cluster/events/11111111-2222-3333-4444-555555555555-1`;
      const kafka = { bootstrap: "b-1.example.com:9098", networks: ["10.0.0.0/16"], port: 9098, clusterArn };
      const context = { profile, settings: { ...settings, kafka } };
      nameAndBound(context);
      return program(context);
    },
    { stack: `${layer}-${environment}`, references, ...configOf(layer, environment) },
  );
}

const PHASES: readonly Phase[] = ["create", "read", "change", "remove"];

describe.each(ENVIRONMENTS)("models of %s that predict for streams", (environment) => {
  it("are brought up, changed and taken down by the deploying role", async () => {
    const account = await withStreams(environment);
    const rights = account.roles.get("ci-deploy")!;
    const own = account.resources.filter(({ layer }) => layer === "workloads");
    expect(own.filter(({ type }) => type === "aws:dynamodb/table:Table").map(({ outputs }) => outputs["name"])).toEqual([
      `millrace-${environment}-fraud-checkpoints`,
    ]);
    const refused: string[] = [];
    for (const resource of own) {
      for (const phase of PHASES) {
        for (const request of await callsOf(account, resource, phase)) {
          if (!(await allows(account, rights, request))) {
            refused.push(`${request.action} on ${request.resource}`);
          }
        }
      }
    }
    expect(refused).toEqual([]);
  });

  it("keep what their roles give them under the boundary", async () => {
    const account = await withStreams(environment);
    const roles = [...account.roles].filter(([, { policies }]) => /kinesis:|kafka-cluster:/.test(JSON.stringify(policies)));
    const ofPods = roles.filter(([name]) => !/^(ci|publishers)-/.test(name));
    expect(ofPods).toHaveLength(2);
    expect(await takenAway(account, ofPods)).toEqual([]);
  });
});
