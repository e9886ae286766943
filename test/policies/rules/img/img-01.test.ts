import { describe, expect, it } from "vitest";
import { findingsOf } from "#policies/judge";
import { CHARTS } from "#policies/kubernetes/charts";
import { UNKNOWN } from "../../../harness/wire.ts";
import { describeRule, found, of, ruleOf, said } from "../../harness.ts";
import { DIGEST, OUR_REGISTRY, pod } from "./samples.ts";

const BY_DIGEST = "an image named by its digest, <repository>@sha256:<64 hexadecimal digits>, without the tag `latest`";

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
    says: "platform-prod/mesh-istiod: 'version' must be one exact version, for example 1.4.2, got 'nothing'",
    unknown: "version",
  },
  {
    what: "a chart by a range",
    layer: "platform",
    resource: "delivery-controller",
    change: (inputs) => (inputs.version = "^2.41.0"),
    says: "platform-prod/delivery-controller: 'version' must be one exact version, for example 1.4.2, got '^2.41.0'",
  },
  {
    what: "a chart's image by the tag latest",
    layer: "platform",
    resource: "delivery-controller",
    change: (inputs) => (inputs.values.controller.image = { tag: "latest" }),
    says: "platform-prod/delivery-controller: 'values.controller.image.tag' must be a fixed tag or a digest, got 'latest'",
    unknown: "values.controller.image.tag",
  },
  {
    what: "a chart's image written out with latest, in a list",
    layer: "platform",
    resource: "mesh-istiod",
    change: (inputs) => (inputs.values.extra = [{ image: "docker.io/istio/pilot:latest" }]),
    says: "platform-prod/mesh-istiod: 'values.extra[0].image' must be a fixed tag or a digest, got 'docker.io/istio/pilot:latest'",
  },
]);

describe("IMG-01", () => {
  const rule = ruleOf("IMG-01");
  const release = (inputs: object) => of("kubernetes:helm.sh/v3:Release", "chart", inputs);

  it("does not wait for what a chart's values say of other things", () => {
    const values = { settings: { queue: UNKNOWN }, image: { tag: "1.2.3" } };
    expect(findingsOf(rule, release({ chart: "a", version: "1.2.3", values }), {})).toEqual([]);
    expect(said("IMG-01", release({ chart: "a", values }))).toEqual([
      "IMG-01 test/chart: 'version' must be one exact version, for example 1.4.2, got 'nothing'",
    ]);
  });

  it("takes a chart that lies in a file without a version", () => {
    expect(said("IMG-01", release({ chart: "./charts/own" }), release({ chart: "own-1.0.0.tgz" }))).toEqual([]);
  });

  describe.each(CHARTS)("of %s", (type) => {
    const chart = (inputs: object) => found("IMG-01", of(type, "c", { chart: "kueue", ...inputs }));

    it.each([
      "^1.0.0",
      "~1.2",
      "1.x",
      "1.2.X",
      "1",
      "1.2",
      "latest",
      "stable",
      "*",
      "",
      " ",
      ">=1.0.0",
      ">1 <2",
      "1.0.0 - 2.0.0",
    ])("refuses the version '%s'", (version) => expect(chart({ version })).toHaveLength(1));

    it.each([null, undefined, [], {}, true, 1])("refuses the version %j, which is no text", (version) =>
      expect(chart({ version })).toHaveLength(1),
    );

    it.each(["1.4.2", "v1.4.2", "1.4.2-rc.1", "1.4.2+build.7", "0.0.0-20260101"])("accepts the version '%s'", (version) =>
      expect(chart({ version })).toEqual([]),
    );

    it("reads the version of the download too", () => {
      expect(chart({ fetchOpts: { version: "1.4.2" } })).toEqual([]);
      expect(chart({ fetchOpts: { version: "1.x" } })).toEqual(["fetchOpts.version: 1.x"]);
      expect(chart({ version: "1.4.2", fetchOpts: { version: "latest" } })).toEqual(["fetchOpts.version: latest"]);
    });

    it("takes an archive elsewhere by the version in its name", () => {
      expect(chart({ chart: "https://a.example.com/kueue-0.18.3.tgz" })).toEqual([]);
      expect(chart({ chart: "https://a.example.com/kueue-latest.tgz" })).toEqual(["version: nothing"]);
    });
  });

  it("takes a chart that lies in a folder without a version", () => {
    expect(found("IMG-01", of("kubernetes:helm.sh/v3:Chart", "c", { path: "./charts/own" }))).toEqual([]);
  });

  it("sees what is wrong beside an image that is not known yet", () => {
    expect(said("IMG-01", of("kubernetes:core/v1:Pod", "probe", pod(UNKNOWN, "python")))).toEqual([
      `IMG-01 test/probe: 'spec.containers[1].image' must be ${BY_DIGEST}, got 'python'`,
    ]);
  });
});

it("IMG-01 looks at the images of models that SageMaker hosts", () => {
  const model = (inputs: object) => found("IMG-01", of("aws:sagemaker/model:Model", "m", inputs));
  const exact = `1.dkr.ecr.eu-west-1.amazonaws.com/m@sha256:${"a".repeat(64)}`;
  expect(model({ primaryContainer: { image: exact } })).toEqual([]);
  expect(model({ primaryContainer: { modelPackageName: "p" } })).toEqual([]);
  expect(model({ primaryContainer: { image: "m:1" } })).toEqual(["primaryContainer.image: m:1"]);
  expect(model({ containers: [{ image: exact }, { image: "m:latest" }] })).toEqual(["containers[1].image: m:latest"]);
});
