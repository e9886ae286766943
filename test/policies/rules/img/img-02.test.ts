import { expect, it } from "vitest";

import { findingsOf } from "#policies/judge";
import { describeRule, of, ruleOf } from "../../harness.ts";
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

it("IMG-02 takes the accounts that are named, and a repository that a pull-through cache fills", () => {
  const rule = ruleOf("IMG-02");
  const resource = (image: string) => of("kubernetes:core/v1:Pod", "probe", pod(image));
  const registries = ["333333333333.dkr.ecr.*.amazonaws.com"];
  expect(findingsOf(rule, resource(`${OUR_REGISTRY}/ghcr/mlflow/mlflow:v3`), { registries })).toEqual([]);
  expect(findingsOf(rule, resource("444444444444.dkr.ecr.eu-west-1.amazonaws.com/mlflow"), { registries })).toEqual([
    {
      property: "spec.containers[0].image",
      got: "444444444444.dkr.ecr.eu-west-1.amazonaws.com/mlflow",
      want: "an image from 333333333333.dkr.ecr.*.amazonaws.com",
    },
  ]);
});
