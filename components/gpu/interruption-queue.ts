import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Component, type ComponentOptions } from "../component.ts";
import { policyDocument } from "../iam.ts";

/** What EC2 and AWS Health announce before an instance goes (Karpenter 1.14 documentation, "Interruption"). */
const EVENTS = {
  health: { source: "aws.health", detail: "AWS Health Event" },
  "spot-interruption": { source: "aws.ec2", detail: "EC2 Spot Instance Interruption Warning" },
  rebalance: { source: "aws.ec2", detail: "EC2 Instance Rebalance Recommendation" },
  "state-change": { source: "aws.ec2", detail: "EC2 Instance State-change Notification" },
  "reservation-end": { source: "aws.ec2", detail: "EC2 Capacity Reservation Instance Interruption Warning" },
} as const;

/**
 * A queue with the announcements that an instance will go, so that Karpenter can drain its node in the two minutes that a spot
 * instance has left.
 */
export class InterruptionQueue extends Component {
  readonly queueName: pulumi.Output<string>;
  readonly queueArn: pulumi.Output<string>;

  constructor(name: string, opts?: ComponentOptions) {
    super("gpu:InterruptionQueue", name, {}, opts);

    const child = { parent: this };
    const queue = new aws.sqs.Queue(
      name,
      // A message older than five minutes speaks of an instance that is gone.
      { messageRetentionSeconds: 300, sqsManagedSseEnabled: true },
      child,
    );
    const rules = Object.entries(EVENTS).map(([event, { source, detail }]) => {
      const eventPattern = JSON.stringify({ source: [source], "detail-type": [detail] });
      const rule = new aws.cloudwatch.EventRule(`${name}-${event}`, { eventPattern }, child);
      new aws.cloudwatch.EventTarget(`${name}-${event}-target`, { rule: rule.name, arn: queue.arn }, child);
      return rule;
    });
    new aws.sqs.QueuePolicy(`${name}-policy`, { queueUrl: queue.url, policy: onlyFrom(queue.arn, rules) }, child);

    this.queueName = queue.name;
    this.queueArn = queue.arn;
    this.registerOutputs({ queueName: queue.name, queueArn: queue.arn });
  }
}

function onlyFrom(queueArn: pulumi.Output<string>, rules: readonly aws.cloudwatch.EventRule[]): pulumi.Output<string> {
  return policyDocument([
    {
      sid: "RulesSend",
      principals: { Service: "events.amazonaws.com" },
      actions: ["sqs:SendMessage"],
      resources: [queueArn],
      conditions: { ArnEquals: { "aws:SourceArn": rules.map(({ arn }) => arn) } },
    },
    {
      sid: "TlsOnly",
      effect: "Deny",
      principals: "*",
      actions: ["sqs:*"],
      resources: [queueArn],
      conditions: { Bool: { "aws:SecureTransport": "false" } },
    },
  ]);
}
