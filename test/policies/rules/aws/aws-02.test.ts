import { expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const AWS = "pulumi:providers:aws";
const KUBERNETES = "pulumi:providers:kubernetes";
const TOKEN = "q7Rk9sLw2mXvB4tZq7Rk9sLw2mXvB4tZ";

describeRule("AWS-02", [
  {
    what: "a key in the program",
    layer: "platform",
    resource: "aws",
    type: AWS,
    change: (inputs) => (inputs.accessKey = "AKIAIOSFODNN7EXAMPLE"),
    says: "platform-prod/aws: 'accessKey' must be left out, in favour of credentials that end, got 'a credential'",
    unknown: "endpoints",
  },
  {
    what: "a token of the cluster",
    layer: "platform",
    resource: "cluster",
    type: KUBERNETES,
    change: (inputs) => {
      const config = JSON.parse(inputs.kubeconfig);
      config.users[0].user = { token: TOKEN };
      inputs.kubeconfig = JSON.stringify(config);
    },
    says: "platform-prod/cluster: 'kubeconfig.users.deployer.token' must be left out, in favour of credentials that end, got 'a credential'",
    unknown: "kubeconfig",
  },
]);

const user = (fields: string) => `apiVersion: v1\nkind: Config\nusers:\n- name: ci\n  user:\n    ${fields}\n`;

it.each([
  ["a certificate of a person, in YAML", KUBERNETES, { kubeconfig: user("client-key-data: TEtFWQ==") }],
  ["a password", KUBERNETES, { kubeconfig: user("password: abc") }],
  ["a key, whatever it is", AWS, { secretKey: "x" }],
  ["a token of another service", "pulumi:providers:github", { token: `ghp_${"a1B2".repeat(9)}` }],
])("AWS-02 refuses %s", (_, type, inputs) => {
  expect(found("AWS-02", [of(type, "p", inputs)])).toHaveLength(1);
});

it.each([
  ["a command that fetches a token", KUBERNETES, { kubeconfig: user("exec: {command: aws}") }],
  ["a file by its path", KUBERNETES, { kubeconfig: "/home/ci/.kube/config" }],
  ["a text that is no YAML", KUBERNETES, { kubeconfig: "{: [" }],
  ["a profile by its name", AWS, { profile: "prod", accessKey: "" }],
  ["a key for a server of tests", AWS, { accessKey: "test", secretKey: "test", endpoints: '[{"s3":"http://localhost:4566"}]' }],
  ["an organisation by its name", "pulumi:providers:github", { owner: "example" }],
  ["a resource that is no provider", "aws:iam/accessKey:AccessKey", { user: "ci", token: TOKEN }],
])("AWS-02 accepts %s", (_, type, inputs) => {
  expect(found("AWS-02", [of(type, "p", inputs)])).toEqual([]);
});
