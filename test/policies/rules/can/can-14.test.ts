import { describe, expect, it } from "vitest";
import { SageMakerEndpoint } from "#components/serving/sagemaker-endpoint";
import { resourcesOf } from "#plan/policy";
import type { Recorded } from "#plan/record";
import type { Resource } from "#policies/resource";
import { endpoint } from "../../../components/serving/fixture.ts";
import { record } from "../../../harness/graph.ts";
import { UNKNOWN } from "../../../harness/wire.ts";
import { describeRule, found } from "../../harness.ts";

const ENDPOINT = "aws:sagemaker/endpoint:Endpoint";
const alarms = "alarms on errors (Invocation5XXErrors, InvocationModelErrors) and latency (ModelLatency, OverheadLatency)";

describeRule("CAN-14", [
  {
    layer: "workloads",
    what: "an endpoint that nothing guards",
    add: {
      type: ENDPOINT,
      name: "bare",
      inputs: {
        name: "bare",
        endpointConfigName: "c",
        deploymentConfig: {
          blueGreenUpdatePolicy: { trafficRoutingConfiguration: { type: "CANARY", waitIntervalInSeconds: 300 } },
        },
      },
    },
    says: `workloads-prod/bare: 'deploymentConfig.autoRollbackConfiguration.alarms' must be ${alarms}, got 'nothing'`,
    unknown: "deploymentConfig",
  },
  {
    layer: "workloads",
    what: "an endpoint whose alarm nobody made",
    add: {
      type: ENDPOINT,
      name: "bare",
      inputs: {
        name: "bare",
        endpointConfigName: "c",
        deploymentConfig: {
          blueGreenUpdatePolicy: { trafficRoutingConfiguration: { type: "CANARY", waitIntervalInSeconds: 300 } },
          autoRollbackConfiguration: { alarms: [{ alarmName: "gone" }] },
        },
      },
    },
    says: "workloads-prod/bare: 'deploymentConfig.autoRollbackConfiguration.alarms[0].alarmName' must be an alarm of this stack, got 'gone'",
  },
]);

describe("CAN-14", () => {
  /** The component's resources, with a change of what it says to AWS. */
  const changed = async (change: (inputs: Record<string, any>) => void = () => undefined): Promise<Resource[]> => {
    const registrations: Recorded[] = await record(() => new SageMakerEndpoint("fraud", endpoint));
    const inputs = Object.fromEntries(registrations.map((each) => [each.name, each.inputs]));
    change(inputs);
    return resourcesOf({ layer: "workloads", registrations }, "prod");
  };
  const policyOf = (inputs: Record<string, any>): any => inputs["fraud-endpoint"].deploymentConfig.blueGreenUpdatePolicy;
  const guards = (inputs: Record<string, any>): any => inputs["fraud-endpoint"].deploymentConfig.autoRollbackConfiguration;
  const metric = (inputs: Record<string, any>, alarm: string, at: number): any =>
    inputs[`fraud-${alarm}`].metricQueries[at].metric;

  it("accepts what the component makes", async () => {
    expect(found("CAN-14", await changed())).toEqual([]);
  });

  it.each<[what: string, change: (inputs: Record<string, any>) => void, faults: string[]]>([
    [
      "all users at once",
      (inputs) => (policyOf(inputs).trafficRoutingConfiguration = { type: "ALL_AT_ONCE", waitIntervalInSeconds: 0 }),
      ["deploymentConfig.blueGreenUpdatePolicy.trafficRoutingConfiguration.type: ALL_AT_ONCE"],
    ],
    [
      "AWS's own way",
      (inputs) => delete inputs["fraud-endpoint"].deploymentConfig.blueGreenUpdatePolicy,
      [
        "deploymentConfig.blueGreenUpdatePolicy.trafficRoutingConfiguration.type: ALL_AT_ONCE, as AWS does it",
        "deploymentConfig.blueGreenUpdatePolicy.terminationWaitInSeconds: 0",
        "deploymentConfig.blueGreenUpdatePolicy.trafficRoutingConfiguration.waitIntervalInSeconds: 0",
      ],
    ],
    [
      "no alarm on latency",
      (inputs) => guards(inputs).alarms.pop(),
      ["deploymentConfig.autoRollbackConfiguration.alarms: no alarm on latency"],
    ],
    [
      "a step that is over before an alarm fires",
      (inputs) => (policyOf(inputs).trafficRoutingConfiguration.waitIntervalInSeconds = 60),
      ["deploymentConfig.blueGreenUpdatePolicy.trafficRoutingConfiguration.waitIntervalInSeconds: 60"],
    ],
    [
      "an alarm that takes longer than the soak",
      (inputs) => (metric(inputs, "errors", 1).period = 3_600),
      [
        "deploymentConfig.blueGreenUpdatePolicy.terminationWaitInSeconds: 600",
        "deploymentConfig.blueGreenUpdatePolicy.trafficRoutingConfiguration.waitIntervalInSeconds: 600",
      ],
    ],
    ["milliseconds", (inputs) => (inputs["fraud-latency"].threshold = 200), ["threshold: 200"]],
    ["more than SageMaker waits", (inputs) => (inputs["fraud-latency"].threshold = 200_000_000), ["threshold: 200000000"]],
    ...["notBreaching", "breaching", "ignore"].map((missing): [string, (inputs: Record<string, any>) => void, string[]] => [
      `missing data as ${missing}`,
      (inputs) => (inputs["fraud-errors"].treatMissingData = missing),
      [`treatMissingData: ${missing}`],
    ]),
    [
      "an alarm on another endpoint",
      (inputs) => (metric(inputs, "errors", 1).dimensions.EndpointName = "other"),
      ["metricQueries[1].metric.dimensions.EndpointName: other"],
    ],
    [
      "an alarm on the version before",
      (inputs) => (metric(inputs, "latency", 0).dimensions.EndpointConfigName = "older"),
      ["metricQueries[0].metric.dimensions.EndpointConfigName: older"],
    ],
    [
      "an alarm that is gone",
      (inputs) => (inputs["fraud-errors"].name = "renamed"),
      ["deploymentConfig.autoRollbackConfiguration.alarms[0].alarmName: millrace-dev-fraud-errors"],
    ],
  ])("refuses %s", async (_, change, faults) => {
    expect(found("CAN-14", await changed(change))).toEqual(faults);
  });

  it("accepts alarms on both versions together, and accuses nobody of what is not known yet", async () => {
    const both = await changed((inputs) => {
      for (const at of [0, 1]) {
        delete metric(inputs, "errors", at).dimensions.EndpointConfigName;
      }
    });
    expect(found("CAN-14", both)).toEqual([]);
    const early = await changed((inputs) => {
      inputs["fraud-endpoint"].endpointConfigName = UNKNOWN;
      metric(inputs, "errors", 1).dimensions.EndpointConfigName = UNKNOWN;
    });
    expect(found("CAN-14", early)).toEqual([]);
  });

  it("leaves dev's way to its users, and other programs", async () => {
    const atOnce = await changed((inputs) => {
      policyOf(inputs).trafficRoutingConfiguration = { type: "ALL_AT_ONCE", waitIntervalInSeconds: 0 };
    });
    expect(found("CAN-14", atOnce, { by: ["errors"], gradual: false })).toEqual([]);
  });
});
