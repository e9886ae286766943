import { ENDPOINT, ENDPOINT_CONFIGURATION } from "../../aws/types.ts";
import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { bag, bags, isSet, number, shown, text, texts } from "../../read.ts";
import { type Resource, whenKnown } from "../../resource.ts";
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
const ROLLING = ["deploymentConfig", "rollingUpdatePolicy"] as const;
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
    "Give the endpoint a `blueGreenUpdatePolicy` of type CANARY or LINEAR, or a `rollingUpdatePolicy`, and `autoRollbackConfiguration` with alarms of this stack on its errors and its latency. `SageMakerEndpoint` makes all of them.",
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
          () => unmeasured(endpoint, alarmsAre(named, resources) ? alarms : undefined, guarded.by),
          () => tooShort(endpoint, alarms),
          ...alarms.map((alarm) => () => faultsOfAlarm(alarm, endpoint, variantsOf(endpoint, resources))),
        );
      },
    ),
});

/** Names of the variants of an endpoint; none where another program makes its configuration, or where nobody knows them yet. */
function variantsOf({ inputs }: Resource, resources: readonly Resource[]): string[] {
  const told = whenKnown(() => text(inputs, "endpointConfigName"));
  const configuration = resources.find(
    (each) => each.type === ENDPOINT_CONFIGURATION && told !== undefined && whenKnown(() => text(each.inputs, "name")) === told,
  );
  const names = bags(configuration?.inputs, "productionVariants").map((each) => whenKnown(() => text(each, "variantName")));
  return names.every((name) => name !== undefined) ? names : [];
}

/** A rolling update moves at most half of the instances at a time, as SageMaker has it. */
const isRolling = ({ inputs }: Resource): boolean => isSet(inputs, ...ROLLING);

function ungradual(resource: Resource): Fault[] {
  const got = text(resource.inputs, ...ROUTING, "type") ?? "ALL_AT_ONCE, as AWS does it";
  return unless(isRolling(resource) || ["CANARY", "LINEAR"].includes(got), {
    resource,
    property: [...ROUTING, "type"].join("."),
    got,
    want: "CANARY or LINEAR",
  });
}

/** An alarm of another stack, or one that is not there at all: AWS refuses the second, and only once there is a release. */
function unknown(resource: Resource, named: readonly string[], resources: readonly Resource[]): Fault[] {
  const there = namesOf(resources);
  return named.flatMap((got, index) =>
    unless(there.includes(got), { resource, property: `${GUARDS}[${index}].alarmName`, got, want: "an alarm of this stack" }),
  );
}

/** Whether all names are those of alarms, of one metric or of several: the others are refused by themselves. */
const alarmsAre = (named: readonly string[], resources: readonly Resource[]): boolean => {
  const there = namesOf(resources);
  return named.every((name) => there.includes(name));
};

const namesOf = (resources: readonly Resource[]): string[] =>
  resources
    .filter(({ type }) => [ALARM, COMPOSITE].includes(type))
    .flatMap(({ inputs }) => [...texts(inputs, "name"), ...texts(inputs, "alarmName")]);

/** @param alarms those of metrics; a composite one by itself measures nothing. Without them nothing is said of what they measure. */
function unmeasured(resource: Resource, alarms: readonly Resource[] | undefined, by: readonly Signal[]): Finding[] {
  const seen = alarms?.flatMap(signalsOf) ?? by;
  const missing = by.filter((signal) => !seen.includes(signal));
  const isBare = bags(resource.inputs, ...GUARDS.split(".")).length === 0;
  return unless(missing.length === 0, {
    resource,
    property: GUARDS,
    got: isBare ? "nothing" : `no alarm on ${missing.join(" and ")}`,
    want: `alarms on ${by.map((signal) => `${signal} (${SIGNALS[signal].join(", ")})`).join(" and ")}`,
  });
}

/** A step that ends before an alarm can fire is a step that nobody has looked at. */
function tooShort(resource: Resource, alarms: readonly Resource[]): Fault[] {
  const least = Math.max(0, ...alarms.map(fireSeconds));
  const policy = bag(resource.inputs, ...POLICY);
  const routing = bag(resource.inputs, ...ROUTING);
  const waits: [path: readonly string[], seconds: number | undefined][] = isRolling(resource)
    ? [[[...ROLLING, "waitIntervalInSeconds"], number(resource.inputs, ...ROLLING, "waitIntervalInSeconds")]]
    : [
        [[...POLICY, "terminationWaitInSeconds"], number(policy, "terminationWaitInSeconds")],
        [
          [...ROUTING, "waitIntervalInSeconds"],
          text(routing, "type") === "ALL_AT_ONCE" ? Infinity : number(routing, "waitIntervalInSeconds"),
        ],
      ];
  return alarms.length === 0
    ? []
    : waits.flatMap(([path, got = 0]) =>
        unless(got >= least, {
          resource,
          property: path.join("."),
          got: String(got),
          want: `at least ${least}, the time in which its alarms fire`,
        }),
      );
}
