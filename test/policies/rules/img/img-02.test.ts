import { describe, expect, it } from "vitest";
import { describeRule, found, of, resource } from "../../harness.ts";
import { DIGEST, OUR_REGISTRY, pod } from "./samples.ts";

describeRule("IMG-02", [
  {
    what: "a model server from the internet",
    layer: "workloads",
    resource: "fraud-rollout",
    change: (inputs) => (inputs.spec.template.spec.containers[0].image = `docker.io/library/python@${DIGEST}`),
    says: `workloads-prod/fraud-rollout: 'spec.template.spec.containers[0].image' must be an image from *.dkr.ecr.*.amazonaws.com, got 'docker.io/library/python@${DIGEST}'`,
    unknown: "spec.template.spec.containers.0.image",
  },
  {
    what: "an image without a registry",
    layer: "workloads",
    environment: "staging",
    add: { type: "kubernetes:core/v1:Pod", name: "probe", inputs: pod("python") },
    says: "workloads-staging/probe: 'spec.containers[0].image' must be an image from *.dkr.ecr.*.amazonaws.com, got 'python'",
    unknown: "spec.containers.0.image",
  },
  {
    what: "a registry's name as a path of another host",
    layer: "workloads",
    add: { type: "kubernetes:core/v1:Pod", name: "probe", inputs: pod(`evil.example/${OUR_REGISTRY}/python`) },
    says: `workloads-prod/probe: 'spec.containers[0].image' must be an image from *.dkr.ecr.*.amazonaws.com, got 'evil.example/${OUR_REGISTRY}/python'`,
  },
  {
    what: "a registry's name as the beginning of another host",
    layer: "workloads",
    add: { type: "kubernetes:core/v1:Pod", name: "probe", inputs: pod(`${OUR_REGISTRY}.evil.example/python`) },
    says: `workloads-prod/probe: 'spec.containers[0].image' must be an image from *.dkr.ecr.*.amazonaws.com, got '${OUR_REGISTRY}.evil.example/python'`,
  },
]);

const PRIVATE = { registries: ["*.dkr.ecr.*.amazonaws.com"], accounts: [] };

describe("IMG-02", () => {
  it("reads the images of volumes, too", () => {
    const [volumes, parameters] = [[{ name: "a" }, { name: "m", image: { reference: "ghcr.io/models/m:1" } }], PRIVATE];
    const inputs = { spec: { ...pod(`${OUR_REGISTRY}/a`).spec, volumes } };
    expect(found("IMG-02", [of("kubernetes:core/v1:Pod", "probe", inputs)], parameters)).toEqual([
      "spec.volumes[1].image.reference: ghcr.io/models/m:1",
    ]);
  });

  const image = (name: string, type = "core/v1:Pod") => of(`kubernetes:${type}`, "probe", pod(name));
  const ours = resource("bucket", {}, { provider: { allowedAccountIds: '["333333333333"]' } });

  it("takes the registries that are named, and a repository that a pull-through cache fills", () => {
    const parameters = { registries: ["333333333333.dkr.ecr.*.amazonaws.com"], accounts: [] };
    expect(found("IMG-02", [image(`${OUR_REGISTRY}/ghcr/mlflow/mlflow:v3`)], parameters)).toEqual([]);
    const other = "444444444444.dkr.ecr.eu-west-1.amazonaws.com/mlflow";
    expect(found("IMG-02", [image(other)], parameters)).toEqual([`spec.containers[0].image: ${other}`]);
  });

  it("takes images of the accounts that the provider is limited to, and of AWS", () => {
    const foreign = "999999999999.dkr.ecr.eu-west-1.amazonaws.com/mlflow";
    expect(found("IMG-02", [ours, image(foreign)])).toEqual([`spec.containers[0].image: ${foreign}`]);
    expect(found("IMG-02", [ours, image("333333333333.dkr.ecr.eu-west-1.amazonaws.com/mlflow")])).toEqual([]);
    expect(found("IMG-02", [ours, image("763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-training")])).toEqual([]);
    const registries = ["*.dkr.ecr.*.amazonaws.com"];
    expect(found("IMG-02", [ours, image(foreign)], { registries, accounts: ["999999999999"] })).toEqual([]);
  });

  it("knows no stranger where the program names no account", () => {
    expect(found("IMG-02", [image("999999999999.dkr.ecr.eu-west-1.amazonaws.com/mlflow")])).toEqual([]);
  });
});

it.each<[string, boolean]>([
  ["registry.k8s.io", true],
  [`${OUR_REGISTRY}`, true],
  ["999999999999.dkr.ecr.eu-north-1.amazonaws.com", false],
  ["registry-1.docker.io", false],
  ["ghcr.io", false],
])("IMG-02 judges a cache of %s", (upstreamRegistryUrl, holds) => {
  const cache = resource(
    "cache",
    { upstreamRegistryUrl },
    {
      type: "aws:ecr/pullThroughCacheRule:PullThroughCacheRule",
      provider: { allowedAccountIds: `["${OUR_REGISTRY.slice(0, 12)}"]` },
    },
  );
  expect(found("IMG-02", cache)).toEqual(holds ? [] : [`upstreamRegistryUrl: ${upstreamRegistryUrl}`]);
  expect(found("IMG-02", cache, { accounts: [], registries: [], upstreams: ["*"] })).toEqual([]);
});

it("IMG-02 looks at the images of models that SageMaker hosts", () => {
  const model = (image: string) => found("IMG-02", of("aws:sagemaker/model:Model", "m", { primaryContainer: { image } }));
  expect(model("333333333333.dkr.ecr.eu-west-1.amazonaws.com/m")).toEqual([]);
  expect(model("docker.io/m")).toEqual(["primaryContainer.image: docker.io/m"]);
});
