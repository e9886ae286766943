import { describe, expect, it } from "vitest";
import { demandOf } from "#plan/capacity/demand";
import { policyOf } from "#plan/policy";
import { type Recorded, record } from "#plan/record";
import { sentence } from "#policies/evaluate";
import { profiles } from "#stacks/inputs/environments/index";
import { ENVIRONMENTS, type EnvironmentName } from "#stacks/inputs/environments/profile";
import { runStack } from "#stacks/layers";
import { workloads } from "#stacks/workloads/workloads";
import { configOf, referencesOf } from "../harness/stacks.ts";
import { layer, planOf } from "../plan/sample.ts";
import { exceptions } from "../policies/harness.ts";
import { TODAY } from "../policies/sample.ts";
import { contextOf, many, references } from "./workloads-fixture.ts";

/** The platform of an environment, with KEDA or without. */
async function platform(environment: EnvironmentName, byLoad: boolean): Promise<Recorded[]> {
  const stack = `platform-${environment}`;
  const options = { stack, references: await referencesOf("platform", environment), ...configOf("platform", environment) };
  const { serving } = profiles[environment];
  serving.byLoad = byLoad;
  try {
    return (await record(() => runStack(stack), options)).resources;
  } finally {
    serving.byLoad = false;
  }
}

async function served(environment: EnvironmentName): Promise<Recorded[]> {
  const { models, release } = many(1);
  const scaling = { by: "inFlight", targetPerServer: 8 } as const;
  const { profile, ...rest } = contextOf(environment);
  const context = { ...rest, profile: { ...profile, serving: { ...profile.serving, byLoad: true } } };
  const given = { models: { fraud: { ...models["fraud"]!, scaling } }, release };
  const options = { stack: `workloads-${environment}`, references: references(environment) };
  return (await record(() => workloads(context, given), options)).resources;
}

const broken = (of: "platform" | "workloads", resources: Recorded[], environment: EnvironmentName): string[] =>
  policyOf(planOf([layer(of, resources)], { environment }), exceptions, TODAY)
    .verdicts.flatMap(({ verdict }) => verdict.violations)
    .map(sentence);

describe.each(ENVIRONMENTS)("in %s, where models scale by their load", (environment) => {
  it("the platform has KEDA and alerts about its silence, and breaks no more rules than without", async () => {
    const [without, with_] = [await platform(environment, false), await platform(environment, true)];
    const names = new Set(without.map(({ name }) => name));
    const more = ["autoscaling", "autoscaling-controller", "autoscaling-namespace", "autoscaling-traffic"];
    expect(
      with_
        .map(({ name }) => name)
        .filter((name) => !names.has(name))
        .toSorted(),
    ).toEqual(more);
    const alerts = (all: readonly Recorded[]) =>
      all.find(({ name }) => name === "rules-controllers")!.inputs["spec"].groups[0].rules;
    const added = alerts(with_).slice(alerts(without).length);
    expect(added.map(({ labels }: any) => labels.controller)).toEqual(["keda-operator", "keda-metrics"]);
    expect(broken("platform", with_, environment)).toEqual(broken("platform", without, environment));
  });

  it("a model that does so keeps the rules about what serves, and counts with all its servers", async () => {
    const resources = await served(environment);
    expect(broken("workloads", resources, environment).filter((each) => /^(CAN|EKS|K8S|MESH|OBS|SEC)-/.test(each))).toEqual([]);
    const { minReplicas, maxReplicas } = profiles[environment].serving;
    const { workloads: all } = demandOf({ layers: [layer("workloads", resources)] as never });
    expect(all.find(({ name }) => name === "fraud")).toMatchObject({ replicas: minReplicas, mostReplicas: maxReplicas });
  });
});
