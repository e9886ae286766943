import { describe, expect, it } from "vitest";
import { RULES } from "#policies/catalogue";
import { faultsOf } from "#policies/evaluate";
import { UNKNOWN_STRING } from "#policies/resource";
import { describeRule } from "../conformance.ts";
import { of, said } from "../judge.ts";

const DIGEST = `sha256:${"0".repeat(64)}`;
const BY_DIGEST = "an image by digest, <repository>@sha256:<64 hexadecimal digits>, and not `latest`";
const OUR_REGISTRY = "333333333333.dkr.ecr.eu-west-1.amazonaws.com";

const pod = (...images: string[]) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "job", namespace: "team-risk" },
  spec: { containers: images.map((image, at) => ({ name: `c${at}`, image })) },
});

describeRule("IMG-01", [
  {
    what: "a model server by tag",
    layer: "workloads",
    resource: "fraud-rollout",
    change: (inputs) => (inputs.spec.template.spec.containers[0].image = `${OUR_REGISTRY}/model-server:v1`),
    says: `workloads-prod/fraud-rollout: 'spec.template.spec.containers[0].image' must be ${BY_DIGEST}, got '${OUR_REGISTRY}/model-server:v1'`,
    unknown: "spec.template.spec.containers.0.image",
  },
  {
    what: "an init container by tag",
    layer: "workloads",
    resource: "fraud-rollout",
    change: (inputs) => (inputs.spec.template.spec.initContainers[0].image = `${OUR_REGISTRY}/model-server`),
    says: `workloads-prod/fraud-rollout: 'spec.template.spec.initContainers[0].image' must be ${BY_DIGEST}, got '${OUR_REGISTRY}/model-server'`,
    unknown: "spec.template.spec.initContainers.0.image",
  },
  {
    what: "`latest` before a digest",
    layer: "workloads",
    environment: "dev",
    add: { type: "kubernetes:core/v1:Pod", name: "probe", inputs: pod(`${OUR_REGISTRY}/probe:latest@${DIGEST}`) },
    says: `workloads-dev/probe: 'spec.containers[0].image' must be ${BY_DIGEST}, got '${OUR_REGISTRY}/probe:latest@${DIGEST}'`,
    unknown: "spec.containers.0.image",
  },
  {
    what: "a container without an image",
    layer: "workloads",
    add: {
      type: "kubernetes:batch/v1:CronJob",
      name: "nightly",
      inputs: { spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: "main" }] } } } } } },
    },
    says: `workloads-prod/nightly: 'spec.jobTemplate.spec.template.spec.containers[0].image' must be ${BY_DIGEST}, got 'nothing'`,
  },
  {
    what: "a chart without a version",
    layer: "platform",
    resource: "mesh-istiod",
    change: (inputs) => delete inputs.version,
    says: "platform-prod/mesh-istiod: 'version' must be one whole version, for example 1.4.2, got 'nothing'",
    unknown: "version",
  },
  {
    what: "a chart by a range",
    layer: "platform",
    resource: "delivery-controller",
    change: (inputs) => (inputs.version = "^2.41.0"),
    says: "platform-prod/delivery-controller: 'version' must be one whole version, for example 1.4.2, got '^2.41.0'",
  },
  {
    what: "a chart's image by the tag latest",
    layer: "platform",
    resource: "delivery-controller",
    change: (inputs) => (inputs.values.controller.image = { tag: "latest" }),
    says: "platform-prod/delivery-controller: 'values.controller.image.tag' must be a tag that stays, or a digest, got 'latest'",
    unknown: "values.controller.image.tag",
  },
  {
    what: "a chart's image written out with latest, in a list",
    layer: "platform",
    resource: "mesh-istiod",
    change: (inputs) => (inputs.values.extra = [{ image: "docker.io/istio/pilot:latest" }]),
    says: "platform-prod/mesh-istiod: 'values.extra[0].image' must be a tag that stays, or a digest, got 'docker.io/istio/pilot:latest'",
  },
]);

describe("IMG-01", () => {
  const rule = RULES.find(({ id }) => id === "IMG-01")!;
  const release = (inputs: object) => of("kubernetes:helm.sh/v3:Release", "chart", inputs);

  it("does not wait for what a chart's values say of other things", () => {
    const values = { settings: { queue: UNKNOWN_STRING }, image: { tag: "1.2.3" } };
    expect(faultsOf(rule, release({ chart: "a", version: "1.2.3", values }), {})).toEqual([]);
    expect(said("IMG-01", release({ chart: "a", values }))).toEqual([
      "IMG-01 test/chart: 'version' must be one whole version, for example 1.4.2, got 'nothing'",
    ]);
  });

  it("takes a chart that lies in a file without a version", () => {
    expect(said("IMG-01", release({ chart: "./charts/own" }), release({ chart: "own-1.0.0.tgz" }))).toEqual([]);
  });

  it("sees what is wrong beside an image that is not known yet", () => {
    expect(said("IMG-01", of("kubernetes:core/v1:Pod", "probe", pod(UNKNOWN_STRING, "python")))).toEqual([
      `IMG-01 test/probe: 'spec.containers[1].image' must be ${BY_DIGEST}, got 'python'`,
    ]);
  });
});

describeRule("IMG-02", [
  {
    what: "a model server from the internet",
    layer: "workloads",
    resource: "fraud-rollout",
    change: (inputs) => (inputs.spec.template.spec.containers[0].image = `docker.io/library/python@${DIGEST}`),
    says: `workloads-prod/fraud-rollout: 'spec.template.spec.containers[0].image' must be an image of *.dkr.ecr.*.amazonaws.com, got 'docker.io/library/python@${DIGEST}'`,
    unknown: "spec.template.spec.containers.0.image",
  },
  {
    what: "an image without a registry",
    layer: "workloads",
    environment: "staging",
    add: { type: "kubernetes:core/v1:Pod", name: "probe", inputs: pod("python") },
    says: "workloads-staging/probe: 'spec.containers[0].image' must be an image of *.dkr.ecr.*.amazonaws.com, got 'python'",
    unknown: "spec.containers.0.image",
  },
  {
    what: "a registry's name as a path of another host",
    layer: "workloads",
    add: { type: "kubernetes:core/v1:Pod", name: "probe", inputs: pod(`evil.example/${OUR_REGISTRY}/python`) },
    says: `workloads-prod/probe: 'spec.containers[0].image' must be an image of *.dkr.ecr.*.amazonaws.com, got 'evil.example/${OUR_REGISTRY}/python'`,
  },
  {
    what: "a registry's name as the beginning of another host",
    layer: "workloads",
    add: { type: "kubernetes:core/v1:Pod", name: "probe", inputs: pod(`${OUR_REGISTRY}.evil.example/python`) },
    says: `workloads-prod/probe: 'spec.containers[0].image' must be an image of *.dkr.ecr.*.amazonaws.com, got '${OUR_REGISTRY}.evil.example/python'`,
  },
]);

it("IMG-02 takes the accounts that are named, and a repository that a pull-through cache fills", () => {
  const rule = RULES.find(({ id }) => id === "IMG-02")!;
  const resource = (image: string) => of("kubernetes:core/v1:Pod", "probe", pod(image));
  const registries = ["333333333333.dkr.ecr.*.amazonaws.com"];
  expect(faultsOf(rule, resource(`${OUR_REGISTRY}/ghcr/mlflow/mlflow:v3`), { registries })).toEqual([]);
  expect(faultsOf(rule, resource("444444444444.dkr.ecr.eu-west-1.amazonaws.com/mlflow"), { registries })).toEqual([
    {
      property: "spec.containers[0].image",
      got: "444444444444.dkr.ecr.eu-west-1.amazonaws.com/mlflow",
      want: "an image of 333333333333.dkr.ecr.*.amazonaws.com",
    },
  ]);
});
