import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { ROLLOUT } from "../../kubernetes/types.ts";
import { bag, isSet, number, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

const SCALERS = /^kubernetes:(autoscaling\/v\w+:HorizontalPodAutoscaler|keda\.sh\/v1alpha1:ScaledObject)$/;

/** Two scalers of one workload undo each other; a release of no pods has nothing to measure. */
export const CAN_13 = stackRule({
  id: "CAN-13",
  title: "A release has pods, from a template that exists, and one scaler counts them",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["NIST AI RMF MANAGE 4.1"],
  remediation:
    "Give the Rollout a `template`, or a `workloadRef` to a Deployment of the stack, leave `replicas` to its one HorizontalPodAutoscaler, and delete the others.",
  types: [ROLLOUT, "kubernetes:autoscaling/v*:HorizontalPodAutoscaler", "kubernetes:keda.sh/v1alpha1:ScaledObject"],
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
      () => doubled(resources.filter(({ type }) => SCALERS.test(type))),
    ),
});

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
