import { typesOf } from "../../aws/buckets.ts";
import { accountIn, knownAccounts, NOBODY_ELSE, type Trusted } from "../../aws/outsiders.ts";
import { type Finding, ofEach, together, unless } from "../../findings.ts";
import { bags, flag, list, text } from "../../read.ts";
import { type Resource, whenKnown } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

const EVENT_RULE = "aws:cloudwatch/eventRule:EventRule";
const EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";
const NOTIFICATIONS = typesOf("BucketNotification");

/** Where events and logs go, by the property that says so. */
const RECEIVERS: Readonly<Record<string, string>> = {
  [EVENT_TARGET]: "arn",
  "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": "destinationArn",
  [SUBSCRIPTION]: "endpoint",
};

/** What tells of events and may be switched off: the property, and its value then. */
const SWITCHES: Readonly<Record<string, readonly (readonly [property: string, off: string])[]>> = {
  [EVENT_RULE]: [
    ["state", "DISABLED"],
    ["isEnabled", "false"],
  ],
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": [["actionsEnabled", "false"]],
  "aws:cloudwatch/metricAlarm:MetricAlarm": [["actionsEnabled", "false"]],
  "aws:lambda/eventSourceMapping:EventSourceMapping": [["enabled", "false"]],
  "aws:pipes/pipe:Pipe": [["desiredState", "STOPPED"]],
  "aws:scheduler/schedule:Schedule": [["state", "DISABLED"]],
};

export const AUD_02 = stackRule<Trusted>({
  id: "AUD-02",
  title: "Events reach somebody: rules and alarms are switched on, and notifications go encrypted to receivers in known accounts",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["FSBP CloudWatch.17", "SOC2 CC7.2"],
  remediation:
    "Leave `state` and `actionsEnabled` at their defaults, give each rule a target and each notification a receiver, or remove both. List accounts that may receive events in the parameter `accounts`.",
  peers: ["CKV_AWS_319", "prowler"],
  types: [...Object.keys(SWITCHES), ...Object.keys(RECEIVERS), ...NOTIFICATIONS],
  parameters: { dev: NOBODY_ELSE, staging: NOBODY_ELSE, prod: NOBODY_ELSE },
  relate: (resources, trusted) => {
    const targets = resources.filter(({ type }) => type === EVENT_TARGET);
    return ofEach(resources, (resource) => [
      ...together(
        () => switchedOff(resource),
        () => elsewhere(resource, trusted),
        () => (resource.type === SUBSCRIPTION ? inTheClear(resource) : []),
        () => (resource.type === EVENT_RULE ? targetless(resource, targets) : []),
        () => (NOTIFICATIONS.includes(resource.type) ? deaf(resource) : []),
      ),
    ]);
  },
});

const switchedOff = (resource: Resource): Finding[] =>
  (SWITCHES[resource.type] ?? []).flatMap(([property, off]) =>
    unless(text(resource.inputs, property) !== off, { resource, property, got: off, want: "left out" }),
  );

/** Receivers of a bucket's notifications: the list, and the property of each with its ARN. */
const OF_A_BUCKET: Readonly<Record<string, string>> = {
  lambdaFunctions: "lambdaFunctionArn",
  queues: "queueArn",
  topics: "topicArn",
};

/** Where events go, by path. What is not known yet is made by the same program. */
function receiversOf({ type, inputs }: Resource): [path: string, arn: string][] {
  const property = RECEIVERS[type];
  if (property !== undefined) {
    return [[property, whenKnown(() => text(inputs, property)) ?? ""]];
  }
  return NOTIFICATIONS.includes(type)
    ? Object.entries(OF_A_BUCKET).flatMap(([key, arn]) =>
        bags(inputs, key).map((each, index): [string, string] => [
          `${key}.${index}.${arn}`,
          whenKnown(() => text(each, arn)) ?? "",
        ]),
      )
    : [];
}

function elsewhere(resource: Resource, trusted: Trusted): Finding[] {
  const known = knownAccounts(resource, trusted);
  return receiversOf(resource).flatMap(([property, got]) => {
    const account = accountIn(got);
    const want = "the ARN of a receiver in a known account";
    return unless(account === undefined || known.length === 0 || known.includes(account), { resource, property, got, want });
  });
}

const inTheClear = (resource: Resource): Finding[] =>
  unless(text(resource.inputs, "protocol") !== "http", { resource, property: "protocol", got: "http", want: "https" });

/** By its dependencies, or by its name as soon as that is known. */
function targetless(resource: Resource, targets: readonly Resource[]): Finding[] {
  const name = whenKnown(() => text(resource.inputs, "name"));
  const isHeard = targets.some(
    ({ inputs, dependencies }) =>
      dependencies.includes(resource.name) || (name !== undefined && whenKnown(() => text(inputs, "rule")) === name),
  );
  return unless(isHeard, { resource, property: "EventTarget", got: "nothing", want: "at least one, which receives its events" });
}

const deaf = (resource: Resource): Finding[] =>
  unless(
    flag(resource.inputs, "eventbridge") === true ||
      Object.keys(OF_A_BUCKET).some((key) => list(resource.inputs, key).length > 0),
    {
      resource,
      property: "eventbridge",
      got: text(resource.inputs, "eventbridge") ?? "nothing",
      want: "true, or replaced by functions, queues or topics",
    },
  );
