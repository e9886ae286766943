import { beforeAll, describe, expect, it } from "vitest";
import type { Recorded } from "#plan/record";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { stackOf } from "../harness/stacks.ts";

const isStore = ({ type }: Recorded): boolean => type === "millrace:features:FeatureStore";
const objects = (resources: readonly Recorded[], kind: string): any[] =>
  resources.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ inputs }) => inputs);
const named = (resources: readonly Recorded[], kind: string, name: string): any =>
  objects(resources, kind).find(({ metadata }) => metadata.name === name);

describe("the feature store", () => {
  let platform: Recorded[];
  let workloads: Recorded[];
  beforeAll(async () => {
    platform = (await stackOf("platform", "dev")).resources;
    workloads = (await stackOf("workloads", "dev")).resources;
  });

  it("runs where the stack config names its image, which is in the account's registry by digest", () => {
    expect(platform.filter(isStore)).toHaveLength(1);
    const { image } = named(platform, "Deployment", "feast").spec.template.spec.containers[0];
    expect(image).toMatch(/^111111111111\.dkr\.ecr\..+\/millrace-dev\/feature-server@sha256:6665617374/);
  });

  it("reads its rows below features/ in the data store, and may touch nothing else there", () => {
    const job = objects(platform, "Job").find(({ metadata }) => metadata.name.startsWith("feast-apply"));
    const rows = job.spec.template.spec.containers[0].env.find(({ name }: any) => name === "FEATURES_DATA").value;
    expect(rows).toMatch(/^s3:\/\/[^/]+\/features$/);
  });

  it("gets the password of the database's master user, which its namespace alone may ask for beside MLflow's", () => {
    const store = objects(platform, "ClusterSecretStore")[0];
    expect(store.spec.conditions.flatMap(({ namespaces }: any) => namespaces)).toEqual(["mlflow", "feast"]);
  });

  it("is called by the jobs of teams, and by no model server", () => {
    const calls = (namespace: string) =>
      objects(workloads, "NetworkPolicy")
        .filter(({ metadata }) => metadata.namespace === namespace)
        .flatMap(({ spec }) => spec.egress ?? [])
        .some((rule) => JSON.stringify(rule).includes('"kubernetes.io/metadata.name":"feast"'));
    expect(named(workloads, "Namespace", "team-risk").metadata.labels["millrace.dev/features"]).toBe("client");
    expect(calls("team-risk")).toBe(true);
    expect(named(workloads, "Namespace", "models-risk").metadata.labels).not.toHaveProperty("millrace.dev/features");
    expect(calls("models-risk")).toBe(false);
  });

  it("has its views watched", () => {
    expect(JSON.stringify(objects(platform, "PrometheusRule"))).toContain("FeaturesStale");
  });
});

it.each(ENVIRONMENTS.filter((each) => each !== "dev"))(
  "%s has nothing of a feature store but a registry for its image",
  async (environment) => {
    for (const layer of ["platform", "workloads"] as const) {
      const { resources } = await stackOf(layer, environment);
      expect(
        resources.filter(({ inputs }) => /feast|FeaturesStale|millrace\.dev\/features/.test(JSON.stringify(inputs))),
      ).toEqual([]);
    }
    const { outputs } = await stackOf("foundation", environment);
    expect(outputs["registries"]).toHaveProperty("feature-server");
  },
);
