import { describe, expect, it } from "vitest";
import { readable } from "#policies/resource";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const PROJECT = "aws:codebuild/project:Project";
const runner = { layer: "foundation", resource: "ci-runner", type: PROJECT } as const;

describeRule("RUN-01", [
  {
    ...runner,
    what: "a build that is root on its machine",
    change: (inputs) => (inputs.environment.privilegedMode = true),
    says: "foundation-prod/ci-runner: 'environment.privilegedMode' must be false, got 'true'",
    unknown: "environment.privilegedMode",
  },
  {
    ...runner,
    what: "a build that trusts every certificate",
    change: (inputs) => (inputs.source.insecureSsl = "true"),
    says: "foundation-prod/ci-runner: 'source.insecureSsl' must be false, got 'true'",
    unknown: "source.insecureSsl",
  },
  {
    ...runner,
    what: "a build in the image of a stranger",
    change: (inputs) => (inputs.environment.image = "docker.io/somebody/runner:latest"),
    says: "foundation-prod/ci-runner: 'environment.image' must be an image of CodeBuild or of a registry of your own (aws/codebuild/*, *.dkr.ecr.*.amazonaws.com/*), got 'docker.io/somebody/runner:latest'",
    unknown: "environment.image",
  },
]);

describe("RUN-01", () => {
  it.each<[object, string[]]>([
    [{ environment: { image: "aws/codebuild/standard:7.0" } }, []],
    [{ environment: { image: "111111111111.dkr.ecr.eu-north-1.amazonaws.com/ci@sha256:1" } }, []],
    [
      { environment: { image: "999999999999.dkr.ecr.eu-north-1.amazonaws.com/ci:1" } },
      ["environment.image: 999999999999.dkr.ecr.eu-north-1.amazonaws.com/ci:1"],
    ],
    [{ source: { location: "http://github.com/a/b.git" } }, ["source.location: an address of plain HTTP"]],
    [{ source: { location: "https://ci:hunter2@github.com/a/b.git" } }, ["source.location: an address with a password"]],
    [{ source: { location: "https://github.com/a/b.git" } }, []],
    [{ secondarySources: [{}, { insecureSsl: true }] }, ["secondarySources.1.insecureSsl: true"]],
    [{ environment: null, source: [], secondarySources: "x" }, []],
  ])("reads %j as %j", (inputs, faults) => {
    const provider = readable({ allowedAccountIds: '["111111111111"]' });
    expect(found("RUN-01", { ...of(PROJECT, "x", inputs), provider })).toEqual(faults);
  });

  it("lets listed projects run Docker, and programs of others choose their images", () => {
    const project = of(PROJECT, "images", { environment: { privilegedMode: true, image: "golang:1.25" } });
    expect(found("RUN-01", project, { images: ["golang:*"], privileged: ["image*"] })).toEqual([]);
    expect(found("RUN-01", project, ruleOf("RUN-01").elsewhere)).toEqual(["environment.privilegedMode: true"]);
  });
});
