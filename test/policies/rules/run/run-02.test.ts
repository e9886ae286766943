import { describe, expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

const PROJECT = "aws:codebuild/project:Project";
const FLEET = "aws:codebuild/fleet:Fleet";
const runner = { layer: "foundation", resource: "ci-runner", type: PROJECT } as const;

describeRule("RUN-02", [
  {
    ...runner,
    what: "a build without a log",
    change: (inputs) => (inputs.logsConfig.cloudwatchLogs.status = "DISABLED"),
    says: "foundation-prod/ci-runner: 'logsConfig.cloudwatchLogs.status' must be ENABLED, got 'DISABLED'",
    unknown: "logsConfig.cloudwatchLogs.status",
  },
  {
    ...runner,
    what: "a build outside of the network",
    change: (inputs) => delete inputs.vpcConfig,
    says: "foundation-prod/ci-runner: 'vpcConfig' must be set, with private subnets of your own, got 'nothing'",
    unknown: "vpcConfig",
  },
]);

describe("RUN-02", () => {
  const vpcConfig = { vpcId: "vpc-1", subnets: ["subnet-1"], securityGroupIds: ["sg-1"] };

  it.each<[string, object, string[]]>([
    [PROJECT, { vpcConfig }, []],
    [PROJECT, { vpcConfig, logsConfig: { cloudwatchLogs: { status: "DISABLED" }, s3Logs: { status: "ENABLED" } } }, []],
    [
      PROJECT,
      { vpcConfig, logsConfig: { s3Logs: { status: "ENABLED", encryptionDisabled: "true" } } },
      ["logsConfig.s3Logs.encryptionDisabled: true"],
    ],
    [PROJECT, { vpcConfig: { subnets: [] } }, ["vpcConfig: nothing"]],
    [PROJECT, { environment: { fleet: { fleetArn: "arn" } } }, []],
    [PROJECT, { vpcConfig, projectVisibility: "PUBLIC_READ" }, ["projectVisibility: PUBLIC_READ"]],
    [PROJECT, { vpcConfig, artifacts: { type: "S3", encryptionDisabled: true } }, ["artifacts.encryptionDisabled: true"]],
    [PROJECT, { vpcConfig, secondaryArtifacts: [{ encryptionDisabled: false }] }, []],
    [FLEET, { vpcConfigs: [vpcConfig] }, []],
    [FLEET, {}, ["vpcConfig: nothing"]],
  ])("reads %s %j as %j", (type, inputs, faults) => {
    expect(found("RUN-02", of(type, "x", inputs))).toEqual(faults);
  });

  it("asks programs of others for a log alone", () => {
    const quiet = of(PROJECT, "x", { logsConfig: { cloudwatchLogs: { status: "DISABLED" } } });
    expect(found("RUN-02", quiet, ruleOf("RUN-02").elsewhere)).toEqual(["logsConfig.cloudwatchLogs.status: DISABLED"]);
  });
});
