import { describe, expect, it } from "vitest";
import { describeRule, found, of } from "../../harness.ts";
import { release } from "./samples.ts";

const SERVER = "workloads-prod/fraud-rollout: 'spec.template.spec.containers[0].env";

describeRule("CAN-11", [
  {
    ...release,
    what: "a container that serves another version than was fetched",
    change: ({ spec }) => {
      spec.template.spec.containers[0].env[3].value = "0".repeat(64);
    },
    says: `${SERVER}[3].value' must be 'eb08aebbc0870d645dc7722cb6f634966b7e242a8a54349c8226d986c4b7f468', as in the other containers, got '${"0".repeat(64)}'`,
    unknown: "spec.template.spec.containers.0.env.3.value",
  },
  {
    ...release,
    what: "a label of another version",
    change: ({ spec }) => {
      spec.template.metadata.labels.version = "v4";
    },
    says: "workloads-prod/fraud-rollout: 'spec.template.metadata.labels.version' must be the label of version 3, which 'MODEL_VERSION' names, got 'v4'",
  },
]);

const DIGEST = "a".repeat(64);
const env = (values: Record<string, unknown>) => ({
  name: "server",
  env: Object.entries(values).map(([name, value]) => ({ name, value })),
});
const FETCH = ["/usr/local/bin/fetch-model"];
const server = (values: object, labels: object = {}, init: object = { command: FETCH }) =>
  of("kubernetes:apps/v1:Deployment", "d", {
    metadata: { name: "d", namespace: "models" },
    spec: {
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: "fraud",
          initContainers: [
            { ...env({ MODEL_URI: "s3://store/models/fraud/3", MODEL_VERSION: "3", MODEL_SHA256: DIGEST, ...values }), ...init },
          ],
          containers: [{ name: "server" }],
        },
      },
    },
  });
const association = of("aws:eks/podIdentityAssociation:PodIdentityAssociation", "a", {
  namespace: "models",
  serviceAccount: "fraud",
  roleArn: "arn:aws:iam::111111111111:role/team/reader",
});
const reads = (resource: string, action = "s3:GetObject") =>
  of("aws:iam/rolePolicy:RolePolicy", "p", {
    role: "reader",
    policy: { Statement: [{ Effect: "Allow", Action: [action], Resource: resource }] },
  });
const FOREIGN = ["spec.template.spec.initContainers[0].env[0].value: s3://store/models/fraud/3"];

describe("CAN-11", () => {
  it.each([
    {},
    { MODEL_VERSION: "" },
    { MODEL_URI: "s3://store/models/fraud/champion" },
    { MODEL_URI: "s3://store/models/fraud/3/" },
    { MODEL_URI: "s3://store/models/fraud/v3" },
    { MODEL_SHA256: DIGEST.toUpperCase() },
  ])("accepts %j", (values) => expect(found("CAN-11", [server(values, { version: "v3" })])).toEqual([]));

  it.each([{ MODEL_SHA256: "abc" }, { MODEL_SHA256: "" }, { MODEL_URI: "s3://store/models/fraud/2" }])("refuses %j", (values) =>
    expect(found("CAN-11", [server(values)])).toHaveLength(1),
  );

  it("takes a value from elsewhere as it is", () => {
    const own: any = server({});
    const pod = {
      spec: {
        initContainers: [
          {
            command: FETCH,
            env: [
              { name: "MODEL_URI", valueFrom: {} },
              { name: "MODEL_SHA256", valueFrom: {} },
            ],
          },
        ],
      },
    };
    expect(found("CAN-11", [{ ...own, inputs: { spec: { template: pod } } }])).toEqual([]);
  });

  it("wants the bytes fetched and compared before anything serves them", () => {
    const path = "spec.template.spec.initContainers";
    expect(found("CAN-11", [server({}, {}, { command: ["true"] })])).toEqual([`${path}[0].command: true`]);
    expect(found("CAN-11", [server({}, {}, {})])).toEqual([`${path}[0].command: nothing`]);
    expect(found("CAN-11", [server({}, {}, { command: FETCH, restartPolicy: "Always" })])).toEqual([`${path}: nothing`]);
  });

  it("wants the folder of the model", () => {
    expect(found("CAN-11", [server({ MODEL_NAME: "fraud" })])).toEqual([]);
    expect(found("CAN-11", [server({ MODEL_NAME: "spam" })])).toHaveLength(1);
  });

  it("knows what the role of the pods may read", () => {
    const stack = (...more: any[]) => found("CAN-11", [server({}), association, ...more]);
    expect(stack(reads("arn:aws:s3:::store/models/fraud/*"))).toEqual([]);
    expect(stack(reads("arn:aws-us-gov:s3:::store/*", "s3:Get*"))).toEqual([]);
    expect(stack(reads("*", "*"))).toEqual([]);
    expect(stack(reads("arn:aws:s3:::store/models/spam/*"))).toEqual(FOREIGN);
    expect(stack(reads("arn:aws:s3:::store/*", "s3:ListBucket"))).toEqual(FOREIGN);
    expect(stack()).toEqual([]);
    const attached = of("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "b", { role: "reader", policyArn: "x" });
    expect(stack(reads("arn:aws:s3:::other/*"), attached)).toEqual([]);
  });

  it("asks nothing of pods without a model", () => {
    expect(
      found("CAN-11", [
        of("kubernetes:apps/v1:Deployment", "d", { spec: { template: { spec: { containers: [env({ A: "b" })] } } } }),
      ]),
    ).toEqual([]);
  });
});
