import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { boundsOf, SCALERS } from "../../kubernetes/scalers.ts";
import { ROLLOUT } from "../../kubernetes/types.ts";
import { bag, isSet, number, numberOr, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** Two scalers of one workload undo each other; a release of no pods has nothing to measure. */
export const CAN_13 = stackRule({
  id: "CAN-13",
  title: "A release has pods, from a template that exists, and one scaler counts them",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["NIST AI RMF MANAGE 4.1"],
  remediation:
    "Give the Rollout a `template`, or a `workloadRef` to a Deployment of the stack, leave `replicas` to its one HorizontalPodAutoscaler or ScaledObject, and delete the others. Keep one server at least: requests to a model without servers fail, and wake none.",
  types: [ROLLOUT, ...SCALERS],
  relate: (resources) =>
    together(
      () =>
        ofEach(
          resources.filter(({ type }) => type === ROLLOUT),
          (rollout) =>
            together(
              () => without(rollout),
              () => dangling(rollout, resources),
            ),
        ),
      () => doubled(resources.filter(({ type }) => SCALERS.includes(type))),
      () => ofEach(resources.filter(scalesModel), emptied),
    ),
});

/** Whether a scaler counts the servers of a model. */
const scalesModel = ({ type, inputs }: Resource): boolean =>
  SCALERS.includes(type) && text(inputs, "spec", "scaleTargetRef", "kind") === "Rollout";

function without(resource: Resource): Fault[] {
  const replicas = number(resource.inputs, "spec", "replicas") ?? 1;
  return unless(replicas > 0, { resource, property: "spec.replicas", got: String(replicas), want: "at least 1, or left out" });
}

/** Pods of a workload that is not there. */
function dangling(resource: Resource, resources: readonly Resource[]): Fault[] {
  const { inputs } = resource;
  if (!isSet(inputs, "spec", "workloadRef")) {
    return unless(isSet(inputs, "spec", "template"), {
      resource,
      property: "spec.template",
      got: "nothing",
      want: "the template of its pods",
    });
  }
  const { kind, name } = named(bag(inputs, "spec", "workloadRef"));
  const isThere = resources.some(
    (each) => each.type.endsWith(`:${kind}`) && nameOf(each) === name && namespaceOf(each) === namespaceOf(resource),
  );
  return unless(isThere, {
    resource,
    property: "spec.workloadRef.name",
    got: name || "nothing",
    want: `a ${kind} of this stack`,
  });
}

const named = (reference: unknown): { kind: string; name: string } => ({
  kind: text(reference, "kind") ?? "Deployment",
  name: text(reference, "name") ?? "",
});

/** A model of which no server is left while nobody asks: the gateway has nobody then to send the next request to. */
function emptied(resource: Resource): Finding[] {
  const { inputs } = resource;
  const { least, leastDefault } = boundsOf(resource);
  const numbers: Record<string, () => number> = {
    [`spec.${least}`]: () => numberOr(leastDefault, inputs, "spec", least),
    "spec.idleReplicaCount": () => numberOr(1, inputs, "spec", "idleReplicaCount"),
    [`metadata.annotations.${PAUSED_AT}`]: () => numberOr(1, inputs, "metadata", "annotations", PAUSED_AT),
  };
  return together(
    ...Object.entries(numbers).map(
      ([property, replicas]) =>
        () =>
          unless(replicas() >= 1, { resource, property, got: "0", want: "at least 1: nothing wakes a model without servers" }),
    ),
  );
}

const PAUSED_AT = "autoscaling.keda.sh/paused-replicas";

function doubled(scalers: readonly Resource[]): Finding[] {
  const targets = new Map<string, Resource[]>();
  const unread = ofEach(scalers, (scaler) => {
    const { kind, name } = named(bag(scaler.inputs, "spec", "scaleTargetRef"));
    const target = `${kind} ${namespaceOf(scaler)}/${name}`;
    targets.set(target, [...(targets.get(target) ?? []), scaler]);
    return [];
  });
  const faults = [...targets].flatMap(([target, all]) =>
    all.length < 2
      ? []
      : all.map((resource) => ({
          resource,
          property: "spec.scaleTargetRef.name",
          got: `${all.length} scalers of the ${target}`,
          want: "the only scaler of its target",
        })),
  );
  return [...unread, ...faults];
}
