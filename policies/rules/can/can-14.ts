import { ENDPOINT } from "../../aws/types.ts";
import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { bag, bags, number, shown, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { ALARM, faultsOfAlarm, fireSeconds, SIGNALS, type Signal, signalsOf } from "./endpoint-alarms.ts";

interface Guarded {
  /** What alarms must be about. */
  by: readonly Signal[];
  /** Whether a part of the users meets a version before all of them do. */
  gradual: boolean;
}

const PARTS: Guarded = { by: ["errors", "latency"], gradual: true };

const COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm";
const POLICY = ["deploymentConfig", "blueGreenUpdatePolicy"] as const;
const ROUTING = [...POLICY, "trafficRoutingConfiguration"] as const;
const GUARDS = "deploymentConfig.autoRollbackConfiguration.alarms";

/** Without an alarm SageMaker moves everybody to whatever answers `/ping`. */
export const CAN_14 = stackRule<Guarded>({
  id: "CAN-14",
  title: "A release of an endpoint reaches a part of the users first, and alarms that can fire roll it back",
  severity: "critical",
  levels: levels("A/M/M"),
  frameworks: ["NIST AI RMF MEASURE 2.4", "NIST AI RMF MANAGE 4.1"],
  remediation:
    "Give the endpoint a `blueGreenUpdatePolicy` of type CANARY or LINEAR, and `autoRollbackConfiguration` with alarms of this stack on its errors and its latency. `SageMakerEndpoint` makes all of them.",
  parameters: { dev: { ...PARTS, gradual: false }, staging: PARTS, prod: PARTS },
  elsewhere: { by: [], gradual: false },
  types: [ENDPOINT, ALARM],
  relate: (resources, guarded) =>
    ofEach(
      resources.filter(({ type }) => type === ENDPOINT),
      (endpoint) => {
        const named = bags(endpoint.inputs, "deploymentConfig", "autoRollbackConfiguration", "alarms").map((each) =>
          shown(each["alarmName"]),
        );
        const alarms = resources.filter((each) => each.type === ALARM && named.includes(text(each.inputs, "name") ?? ""));
        return together(
          () => (guarded.gradual ? ungradual(endpoint) : []),
          () => unknown(endpoint, named, resources),
          () => unmeasured(endpoint, named, alarms, guarded.by),
          () => tooShort(endpoint, alarms),
          ...alarms.map((alarm) => () => faultsOfAlarm(alarm, endpoint)),
        );
      },
    ),
});

function ungradual(resource: Resource): Fault[] {
  const got = text(resource.inputs, ...ROUTING, "type") ?? "ALL_AT_ONCE, as AWS does it";
  return unless(["CANARY", "LINEAR"].includes(got), {
    resource,
    property: [...ROUTING, "type"].join("."),
    got,
    want: "CANARY or LINEAR",
  });
}

/** An alarm of another stack, or one that is not there at all: AWS refuses the second, and only once there is a release. */
function unknown(resource: Resource, named: readonly string[], resources: readonly Resource[]): Fault[] {
  const there = resources
    .filter(({ type }) => [ALARM, COMPOSITE].includes(type))
    .flatMap(({ inputs }) => [...texts(inputs, "name"), ...texts(inputs, "alarmName")]);
  return named.flatMap((got, index) =>
    unless(there.includes(got), { resource, property: `${GUARDS}[${index}].alarmName`, got, want: "an alarm of this stack" }),
  );
}

function unmeasured(resource: Resource, named: readonly string[], alarms: readonly Resource[], by: readonly Signal[]): Finding[] {
  // What a composite alarm is made of is in its rule.
  const seen = alarms.length < named.length ? by : alarms.flatMap(signalsOf);
  const missing = named.length === 0 ? by : by.filter((signal) => !seen.includes(signal));
  return unless(missing.length === 0, {
    resource,
    property: GUARDS,
    got: named.length === 0 ? "nothing" : `no alarm on ${missing.join(" and ")}`,
    want: `alarms on ${by.map((signal) => `${signal} (${SIGNALS[signal].join(", ")})`).join(" and ")}`,
  });
}

/** A step that ends before an alarm can fire is a step that nobody has looked at. */
function tooShort(resource: Resource, alarms: readonly Resource[]): Fault[] {
  const least = Math.max(0, ...alarms.map(fireSeconds));
  const policy = bag(resource.inputs, ...POLICY);
  const waits = [
    ["terminationWaitInSeconds", number(policy, "terminationWaitInSeconds") ?? 0],
    ...(text(resource.inputs, ...ROUTING, "type") === "ALL_AT_ONCE"
      ? []
      : [
          [
            "trafficRoutingConfiguration.waitIntervalInSeconds",
            number(resource.inputs, ...ROUTING, "waitIntervalInSeconds") ?? 0,
          ],
        ]),
  ] as [string, number][];
  return alarms.length === 0
    ? []
    : waits.flatMap(([property, got]) =>
        unless(got >= least, {
          resource,
          property: `${POLICY.join(".")}.${property}`,
          got: String(got),
          want: `at least ${least}, the time in which its alarms fire`,
        }),
      );
}
