import { describe, expect, it } from "vitest";
import { SageMakerEndpoint } from "#components/serving/sagemaker-endpoint";
import { resourcesOf } from "#plan/policy";
import type { Recorded } from "#plan/record";
import type { Resource } from "#policies/resource";
import { endpoint } from "../../../components/serving/fixture.ts";
import { record } from "../../../harness/graph.ts";
import { UNKNOWN } from "../../../harness/wire.ts";
import { describeRule, found, of } from "../../harness.ts";

const ENDPOINT = "aws:sagemaker/endpoint:Endpoint";
const alarms = "alarms on errors (Invocation5XXErrors, InvocationModelErrors) and latency (ModelLatency)";

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

  const formula = (inputs: Record<string, any>, alarm: string): any => inputs[`fraud-${alarm}`].metricQueries[2];

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
      "the same alarm twice",
      (inputs) => (guards(inputs).alarms = [guards(inputs).alarms[0], guards(inputs).alarms[0]]),
      ["deploymentConfig.autoRollbackConfiguration.alarms: no alarm on latency"],
    ],
    ["errors above every share", (inputs) => (inputs["fraud-errors"].threshold = 1), ["threshold: 1"]],
    ["errors that nobody can count", (inputs) => (inputs["fraud-errors"].threshold = 1e9), ["threshold: 1000000000"]],
    ["errors below none", (inputs) => (inputs["fraud-errors"].threshold = -1), ["threshold: -1"]],
    ["the minute of SageMaker", (inputs) => (inputs["fraud-latency"].threshold = 60_000_000), ["threshold: 60000000"]],
    [
      "the other direction",
      (inputs) => (inputs["fraud-errors"].comparisonOperator = "LessThanThreshold"),
      ["comparisonOperator: LessThanThreshold"],
    ],
    ["nothing of the errors", (inputs) => (formula(inputs, "errors").expression = "0 * errors"), ["threshold: 0.01"]],
    [
      "more requests than there are",
      (inputs) => (formula(inputs, "errors").expression = "IF(requests >= 1e12, errors / requests, 0)"),
      ["threshold: 0.01"],
    ],
    [
      "microseconds for milliseconds",
      (inputs) => (formula(inputs, "latency").expression = "latency / 1000"),
      ["threshold: 200000"],
    ],
    [
      "what it cannot read",
      (inputs) => (formula(inputs, "latency").expression = "ANOMALY_DETECTION_BAND(latency)"),
      ["threshold: 200000, and no value to compare with it"],
    ],
    [
      "another metric that is returned",
      (inputs) => (formula(inputs, "latency").expression = "requests"),
      ["deploymentConfig.autoRollbackConfiguration.alarms: no alarm on latency"],
    ],
    [
      "the time around the model alone",
      (inputs) => (metric(inputs, "latency", 1).metricName = "OverheadLatency"),
      ["deploymentConfig.autoRollbackConfiguration.alarms: no alarm on latency"],
    ],
    [
      "the fastest answers",
      (inputs) => (metric(inputs, "latency", 1).stat = "p1"),
      ["threshold: 200000, and no value to compare with it"],
    ],
    [
      "metrics of nobody",
      (inputs) => (metric(inputs, "errors", 1).namespace = "Acme/Nothing"),
      ["metricQueries[1].metric.namespace: Acme/Nothing"],
    ],
    ...[undefined, "Other"].map((variant): [string, (inputs: Record<string, any>) => void, string[]] => [
      `variant ${variant}`,
      (inputs) => (metric(inputs, "errors", 1).dimensions.VariantName = variant),
      [`metricQueries[1].metric.dimensions.VariantName: ${variant ?? "nothing"}`],
    ]),
    [
      "a rolling update that goes on before an alarm fires",
      (inputs) => {
        const { deploymentConfig } = inputs["fraud-endpoint"];
        delete deploymentConfig.blueGreenUpdatePolicy;
        deploymentConfig.rollingUpdatePolicy = { waitIntervalInSeconds: 60 };
      },
      ["deploymentConfig.rollingUpdatePolicy.waitIntervalInSeconds: 60"],
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

  it("accepts latency in milliseconds, counts of errors, and a rolling update", async () => {
    const good = await changed((inputs) => {
      formula(inputs, "latency").expression = "latency / 1000";
      inputs["fraud-latency"].threshold = 200;
      const { dimensions } = metric(inputs, "errors", 1);
      delete inputs["fraud-errors"].metricQueries;
      Object.assign(inputs["fraud-errors"], {
        namespace: "AWS/SageMaker",
        metricName: "Invocation5XXErrors",
        statistic: "Sum",
        period: 60,
        dimensions,
        threshold: 5,
      });
      const { deploymentConfig } = inputs["fraud-endpoint"];
      delete deploymentConfig.blueGreenUpdatePolicy;
      deploymentConfig.rollingUpdatePolicy = { waitIntervalInSeconds: 300 };
    });
    expect(found("CAN-14", good)).toEqual([]);
  });

  it.each(["alone", "beside an alarm"])("refuses a composite alarm %s, which measures nothing", async (where) => {
    const composed = await changed((inputs) => {
      const composite = { alarmName: "never" };
      guards(inputs).alarms = where === "alone" ? [composite] : [guards(inputs).alarms[0], composite];
    });
    const never = of("aws:cloudwatch/compositeAlarm:CompositeAlarm", "never", { alarmName: "never", alarmRule: "FALSE" });
    expect(found("CAN-14", [...composed, ...[never].flat()])).toEqual([
      `deploymentConfig.autoRollbackConfiguration.alarms: no alarm on ${where === "alone" ? "errors and latency" : "latency"}`,
    ]);
  });

  it("leaves dev's way to its users, and other programs", async () => {
    const atOnce = await changed((inputs) => {
      policyOf(inputs).trafficRoutingConfiguration = { type: "ALL_AT_ONCE", waitIntervalInSeconds: 0 };
    });
    expect(found("CAN-14", atOnce, { by: ["errors"], gradual: false })).toEqual([]);
  });
});
