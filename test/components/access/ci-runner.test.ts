import { describe, expect, it } from "vitest";
import { CiRunner, type CiRunnerArgs } from "#components/access/ci-runner";
import { record, refusal } from "../../harness/graph.ts";
import { ciRunner as minimal } from "../minimal.ts";
import { named } from "../named.ts";

const runner = (args: Partial<CiRunnerArgs> = {}) => record(() => new CiRunner("runner", { ...minimal, ...args }));

describe("CiRunner", () => {
  it("starts a runner in the private subnets for each job that asks for it", async () => {
    const graph = await runner();
    expect(named(graph, "runner").inputs).toMatchObject({
      name: "millrace-test-runner",
      source: {
        type: "GITHUB",
        location: "https://github.com/example/millrace.git",
        auth: { type: "CODECONNECTIONS", resource: minimal.connectionArn },
      },
      artifacts: { type: "NO_ARTIFACTS" },
      vpcConfig: { vpcId: "vpc-1", subnets: ["subnet-a", "subnet-b"] },
      buildTimeout: 120,
    });
    expect(named(graph, "runner-jobs").inputs["filterGroups"]).toEqual([
      {
        filters: [
          { type: "EVENT", pattern: "WORKFLOW_JOB_QUEUED" },
          { type: "WORKFLOW_NAME", pattern: "^(preview|up)$" },
        ],
      },
    ]);
  });

  it("lets nothing in, and HTTPS out", async () => {
    const rules = (await runner()).filter(({ type }) => type.startsWith("aws:vpc/"));
    expect(rules.map(({ name, inputs }) => [name, inputs["fromPort"], inputs["toPort"]])).toEqual([["runner-https", 443, 443]]);
  });

  it("may write its log and join the network, and has no right on what is deployed", async () => {
    const { Statement } = JSON.parse(named(await runner(), "runner-role-permissions").inputs["policy"]);
    expect(Statement.flatMap(({ Action }: { Action: string[] }) => Action).sort()).toEqual([
      "codeconnections:GetConnection",
      "codeconnections:GetConnectionToken",
      "ec2:CreateNetworkInterface",
      "ec2:CreateNetworkInterfacePermission",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeDhcpOptions",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSubnets",
      "ec2:DescribeVpcs",
      "logs:CreateLogStream",
      "logs:PutLogEvents",
    ]);
    const open = Statement.filter(({ Resource }: { Resource: string[] }) => Resource.includes("*"));
    expect(open.map(({ Sid }: { Sid: string }) => Sid)).toEqual(["LookAtNetwork"]);
  });

  it("is a CodeBuild project of our own account", async () => {
    const { Statement } = JSON.parse(named(await runner(), "runner-role").inputs["assumeRolePolicy"]);
    expect(Statement[0]).toMatchObject({
      Principal: { Service: "codebuild.amazonaws.com" },
      Condition: { StringEquals: { "aws:SourceAccount": "111111111111" } },
    });
  });

  it.each<[Partial<CiRunnerArgs>, RegExp]>([
    [{ runnerName: "Runner" }, /^'runnerName' must be lower-case letters/],
    [{ repository: "https://github.com/a/b" }, /^'repository' must be `<organisation>\/<repository>`/],
    [{ connectionArn: "github" }, /^'connectionArn' must be the ARN of a connection to GitHub .*, got 'github'$/],
    [
      { connectionArn: "arn:aws:codeconnections:eu-west-1:111111111111:host/11111111-2222-3333-4444-555555555555" },
      /^'connectionArn' must be the ARN of a connection/,
    ],
    [{ timeoutMinutes: 481 }, /^'timeoutMinutes' must be a whole number from 5 to 480, got '481'$/],
    [{ logDays: 31 }, /^'logDays' must be one of /],
  ])("refuses %j", async (args, message) => {
    expect(await refusal(() => new CiRunner("runner", { ...minimal, ...args }))).toMatch(message);
  });
});
