import { describe, expect, it } from "vitest";
import { readable } from "#policies/resource";
import { UNKNOWN } from "../../../harness/wire.ts";
import { describeRule, found, of } from "../../harness.ts";

const RULE = "aws:cloudwatch/eventRule:EventRule";
const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const NOTIFICATION = "aws:s3/bucketNotification:BucketNotification";

describeRule("AUD-02", [
  {
    what: "a rule that is switched off",
    layer: "platform",
    resource: "karpenter-interruptions-health",
    type: RULE,
    change: (inputs) => (inputs.state = "DISABLED"),
    says: "platform-prod/karpenter-interruptions-health: 'state' must be left out, got 'DISABLED'",
    unknown: "state",
  },
  {
    what: "events for another account",
    layer: "platform",
    resource: "karpenter-interruptions-health-target",
    type: TARGET,
    change: (inputs) => (inputs.arn = "arn:aws:sqs:eu-north-1:999999999999:queue"),
    says: "platform-prod/karpenter-interruptions-health-target: 'arn' must be the ARN of a receiver in a known account, got 'arn:aws:sqs:eu-north-1:999999999999:queue'",
    unknown: "arn",
  },
  {
    what: "arrivals of which nobody is told",
    layer: "foundation",
    resource: "data-events",
    type: NOTIFICATION,
    change: (inputs) => (inputs.eventbridge = "false"),
    says: "foundation-prod/data-events: 'eventbridge' must be true, or replaced by functions, queues or topics, got 'false'",
    unknown: "eventbridge",
  },
]);

describe("AUD-02", () => {
  const rule = of(RULE, "rule", { name: "lost-nodes" });
  const target = (inputs: object, dependencies: string[] = []) => of(TARGET, "target", inputs, dependencies);

  it("looks for the target of a rule by name and by dependency", () => {
    expect(found("AUD-02", [rule])).toEqual(["EventTarget: nothing"]);
    expect(found("AUD-02", [rule, target({ rule: "lost-nodes" })])).toEqual([]);
    expect(found("AUD-02", [rule, target({ rule: UNKNOWN, arn: UNKNOWN }, ["rule"])])).toEqual([]);
    expect(found("AUD-02", [rule, target({ rule: "other" })])).toEqual(["EventTarget: nothing"]);
  });

  it.each<[string, object, string[]]>([
    [NOTIFICATION, { queues: [{ queueArn: "a" }] }, []],
    [NOTIFICATION, { topics: [], lambdaFunctions: [{ events: ["s3:ObjectCreated:*"] }] }, []],
    [
      NOTIFICATION,
      { queues: [{ queueArn: "arn:aws:sqs:eu-north-1:999999999999:q" }] },
      ["queues.0.queueArn: arn:aws:sqs:eu-north-1:999999999999:q"],
    ],
    [NOTIFICATION, { queues: [] }, ["eventbridge: nothing"]],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", { actionsEnabled: "false" }, ["actionsEnabled: false"]],
    ["aws:cloudwatch/metricAlarm:MetricAlarm", {}, []],
    ["aws:scheduler/schedule:Schedule", { state: "ENABLED" }, []],
    ["aws:sns/topicSubscription:TopicSubscription", { protocol: "http", endpoint: "http://a.example.com" }, ["protocol: http"]],
    ["aws:sns/topicSubscription:TopicSubscription", { protocol: "https", endpoint: "https://a.example.com" }, []],
    ["aws:sns/topicSubscription:TopicSubscription", { protocol: "email", endpoint: "ops@example.com" }, []],
    [
      "aws:sns/topicSubscription:TopicSubscription",
      { protocol: "sqs", endpoint: "arn:aws:sqs:eu-north-1:999999999999:q" },
      ["endpoint: arn:aws:sqs:eu-north-1:999999999999:q"],
    ],
  ])("reads %s %j as %j", (type, inputs, faults) => {
    const provider = readable({ allowedAccountIds: '["111111111111"]' });
    expect(found("AUD-02", [{ ...of(type, "x", inputs), provider }])).toEqual(faults);
  });

  it("takes accounts that are trusted, and every account where a program limits itself to none", () => {
    const foreign = target({ rule: "lost-nodes", arn: "arn:aws:events:eu-north-1:999999999999:event-bus/central" });
    const provider = readable({ allowedAccountIds: '["111111111111"]' });
    expect(found("AUD-02", [rule, foreign])).toEqual([]);
    expect(found("AUD-02", [rule, { ...foreign, provider }])).toHaveLength(1);
    expect(found("AUD-02", [rule, { ...foreign, provider }], { accounts: ["999999999999"] })).toEqual([]);
  });
});
