import { expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";

const AWS = "pulumi:providers:aws";
const KUBERNETES = "pulumi:providers:kubernetes";

describeRule("AWS-03", [
  {
    what: "calls of AWS without a check",
    layer: "platform",
    resource: "aws",
    type: AWS,
    change: (inputs) => (inputs.insecure = "true"),
    says: "platform-prod/aws: 'insecure' must be false, got 'true'",
    unknown: "insecure",
  },
  {
    what: "a cluster that may be anybody",
    layer: "platform",
    resource: "cluster",
    type: KUBERNETES,
    change: (inputs) => {
      const config = JSON.parse(inputs.kubeconfig);
      config.clusters[0].cluster["insecure-skip-tls-verify"] = true;
      inputs.kubeconfig = JSON.stringify(config);
    },
    says: "platform-prod/cluster: 'kubeconfig.clusters.cluster.insecure-skip-tls-verify' must be left out, in favour of certificate-authority-data, got 'true'",
    unknown: "kubeconfig",
  },
]);

const cluster = (fields: string) => `clusters:\n- name: c\n  cluster:\n    ${fields}\n`;

it.each([
  ["another name of the same", "pulumi:providers:grafana", { insecureSkipVerify: true }],
  ["a check that is off", "pulumi:providers:proxmoxve", { verifySsl: "false" }],
  ["a service in the clear", AWS, { endpoints: '[{"s3":"http://s3.example.com"}]' }],
  ["a cluster in the clear", KUBERNETES, { kubeconfig: cluster("server: http://10.0.0.1") }],
])("AWS-03 refuses %s", (_, type, inputs) => {
  expect(found("AWS-03", [of(type, "p", inputs)])).toHaveLength(1);
});

it.each([
  ["a switch that says what holds anyway", AWS, { insecure: "false", skipRegionValidation: "true" }],
  ["a service at another address", AWS, { endpoints: [{ s3: "https://bucket.vpce-1.s3.eu-north-1.vpce.amazonaws.com" }] }],
  ["a server of tests", AWS, { endpoints: [{ s3: "http://127.0.0.1:4566" }] }],
  ["a cluster on the same machine", KUBERNETES, { kubeconfig: cluster("server: http://localhost:8001") }],
  ["a cluster with its authority", KUBERNETES, { kubeconfig: cluster("{server: https://a, certificate-authority-data: YQ==}") }],
])("AWS-03 accepts %s", (_, type, inputs) => {
  expect(found("AWS-03", [of(type, "p", inputs)])).toEqual([]);
});
