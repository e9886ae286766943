import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { secret } from "../../../harness/wire.ts";
import { describeRule, found, of } from "../../harness.ts";

const SCRIPT = "#!/bin/sh\nexport DB_PASSWORD=hunter2secret\n";
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describeRule("SEC-03", [
  {
    what: "user data with a password",
    layer: "platform",
    resource: "system-nodes-template",
    change: (inputs) => (inputs.userData = base64(SCRIPT)),
    says: "platform-prod/system-nodes-template: 'userData' must be fetched at run time, by the name of a secret, got 'a password'",
    unknown: "userData",
  },
  {
    what: "a build with a token",
    layer: "foundation",
    resource: "ci-runner",
    type: "aws:codebuild/project:Project",
    change: (inputs) =>
      (inputs.environment.environmentVariables = [{ name: "TOKEN", value: "ghp_q7Rk9sLw2mXvB4tZq7Rk9sLw2mXvB4tZq7Rk" }]),
    says: "foundation-prod/ci-runner: 'environment.environmentVariables.0.value' must be fetched at run time, by the name of a secret, got 'a GitHub token'",
    unknown: "environment",
  },
]);

describe("SEC-03", () => {
  const cloudConfig = `#cloud-config\nwrite_files:\n- encoding: b64\n  path: /etc/app.env\n  content: ${base64(SCRIPT)}\n`;
  const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
  const CREDENTIAL = "aws:codebuild/sourceCredential:SourceCredential";
  const KEY = ["AKIA", "Q3EGRZNJ7YQ2LKXW"].join("");
  const TASK = "aws:ecs/taskDefinition:TaskDefinition";
  const FUNCTION = "aws:lambda/function:Function";
  const PARAMETER = "aws:ssm/parameter:Parameter";

  it.each<[string, object, number]>([
    ["aws:ec2/instance:Instance", { userData: SCRIPT }, 1],
    ["aws:ec2/instance:Instance", { userDataBase64: base64(SCRIPT) }, 1],
    ["aws:ec2/launchConfiguration:LaunchConfiguration", { userData: SCRIPT }, 1],
    [TEMPLATE, { userData: base64(cloudConfig) }, 1],
    [TEMPLATE, { userData: gzipSync(cloudConfig).toString("base64") }, 1],
    [TEMPLATE, { userData: base64("#!/bin/sh\nexport DB_PASSWORD=$(aws secretsmanager get-secret-value --secret-id db)\n") }, 0],
    [TEMPLATE, { userData: base64("[settings.kubernetes]\ncluster-name = 'a'\n") }, 0],
    [TASK, { containerDefinitions: JSON.stringify([{ environment: [{ name: "DB_PASSWORD", value: "hunter2secret" }] }]) }, 1],
    [TASK, { containerDefinitions: JSON.stringify([{ secrets: [{ name: "DB_PASSWORD", valueFrom: "prod/db-1" }] }]) }, 0],
    [TASK, { containerDefinitions: JSON.stringify([{ environment: [{ name: "LOG_LEVEL", value: "info" }] }]) }, 0],
    [FUNCTION, { environment: { variables: { DB_PASSWORD: "hunter2secret", TABLE: "a" } } }, 1],
    [FUNCTION, { environment: { variables: { DB_PASSWORD_ARN: "arn:aws:secretsmanager:a", TABLE: "a" } } }, 0],
    [
      "aws:codebuild/project:Project",
      { environment: { environmentVariables: [{ name: "DB_PASSWORD", value: "prod/db-1", type: "SECRETS_MANAGER" }] } },
      0,
    ],
    [PARAMETER, { name: "/app/db-password", type: "String", value: "x" }, 1],
    [PARAMETER, { name: "/app/db-password", type: "SecureString", value: "x" }, 0],
    [PARAMETER, { name: "/app/image", type: "String", value: "x" }, 0],
    ["aws:glue/connection:Connection", { connectionProperties: { PASSWORD: "hunter2secret" } }, 1],
    ["aws:glue/connection:Connection", { connectionProperties: { SECRET_ID: "prod/db-1" } }, 0],
    ["aws:dms/endpoint:Endpoint", { password: "hunter2secret" }, 1],
    ["aws:mq/broker:Broker", { users: [{ username: "a", password: "hunter2secret" }] }, 1],
    ["aws:elasticache/user:User", { authenticationMode: { type: "iam" } }, 0],
    [PARAMETER, { name: "/app/settings", type: "String", insecureValue: `{"a":"${KEY}"}` }, 1],
    ["aws:s3/bucketObjectv2:BucketObjectv2", { key: "a", contentBase64: base64(`key=${KEY}`) }, 1],
    ["aws:s3/bucketObjectv2:BucketObjectv2", { key: "a", content: "max_tokens: 512" }, 0],
    ["aws:ssm/document:Document", { content: JSON.stringify({ mainSteps: [`export A=${KEY}`] }) }, 1],
    ["aws:codebuild/project:Project", { source: { buildspec: `variables:\n  A: ${KEY}\n` } }, 1],
    [CREDENTIAL, { authType: "PERSONAL_ACCESS_TOKEN", token: "x" }, 1],
    [CREDENTIAL, {}, 1],
    [CREDENTIAL, { authType: "CODECONNECTIONS", token: "arn:aws:codeconnections:x" }, 0],
    [FUNCTION, { environment: null }, 0],
    [TASK, { containerDefinitions: "no JSON" }, 0],
  ])("finds in %s %j so many faults: %i", (type, inputs, faults) => {
    expect(found("SEC-03", of(type, "x", inputs))).toHaveLength(faults);
  });
});

describe("SEC-03, values of secrets", () => {
  it("refuses a value that the program does not mark", () => {
    const version = (inputs: object) => found("SEC-03", of("aws:secretsmanager/secretVersion:SecretVersion", "v", inputs));
    expect(version({ secretString: "hunter2" })).toEqual(["secretString: plain text"]);
    expect(version({ secretBinary: "aHVudGVyMg==" })).toHaveLength(1);
    expect(version({ secretString: secret("hunter2") })).toEqual([]);
    expect(version({ secretId: "smtp" })).toEqual([]);
  });
});
