import { type Fault, ofEach, unless } from "../../findings.ts";
import { namespaceOf } from "../../kubernetes/objects.ts";
import { amountOf } from "../../kubernetes/quantity.ts";
import { boundsOf, SCALERS, scales } from "../../kubernetes/scalers.ts";
import { RESOURCE_QUOTA } from "../../kubernetes/types.ts";
import { containersOf, type Pod, podOf, WORKLOADS } from "../../kubernetes/workloads.ts";
import { bag, hasKey, number, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

export const K8S_19 = stackRule({
  id: "K8S-19",
  title: "The quota of a namespace holds all pods that a scaler may add",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 A1.1"],
  remediation:
    "Raise the ResourceQuota to the highest number of pods times what each asks for, or lower the scaler's highest number.",
  types: [...SCALERS, RESOURCE_QUOTA, ...WORKLOADS],
  relate: (resources) =>
    ofEach(
      resources.filter(({ type }) => SCALERS.includes(type)),
      (scaler) => {
        const workload = resources.find((each) => WORKLOADS.includes(each.type) && scales(scaler, each));
        const pod = workload === undefined ? undefined : podOf(workload);
        return pod === undefined
          ? []
          : resources
              .filter((each) => each.type === RESOURCE_QUOTA && namespaceOf(each) === namespaceOf(scaler) && isGeneral(each))
              .flatMap((quota) => tooSmall(quota, pod, scaler));
      },
    ),
});

/** A quota with a scope counts some pods only. */
const isGeneral = ({ inputs }: Resource): boolean =>
  !hasKey(inputs, "spec", "scopeSelector") && !hasKey(inputs, "spec", "scopes");

/** Pods above a quota are never made, and the load stays with those that run. */
function tooSmall(quota: Resource, pod: Pod, scaler: Resource): Fault[] {
  const { most: highest, mostDefault = 0 } = boundsOf(scaler);
  const most = number(scaler.inputs, "spec", highest) ?? mostDefault;
  return Object.keys(bag(quota.inputs, "spec", "hard")).flatMap((key) => {
    const got = text(quota.inputs, "spec", "hard", key);
    const hard = amountOf(got);
    const needed = most * ofPod(pod, key);
    return unless(hard === undefined || needed <= hard, {
      resource: quota,
      property: `spec.hard.${key}`,
      got: got ?? "nothing",
      want: `at least ${needed}, for ${most} pods of '${text(scaler.inputs, "spec", "scaleTargetRef", "name") ?? ""}'`,
    });
  });
}

/** What a pod takes of a part of a quota: containers side by side, or one that prepares them. */
function ofPod(pod: Pod, key: string): number {
  if (key === "pods" || key === "count/pods") {
    return 1;
  }
  const [, list = "requests", name = ""] = /^(?:(requests|limits)\.)?(.+)$/.exec(key) ?? [];
  const asks = containersOf(pod).map(({ container, init }) => {
    const said = text(container, "resources", list, name) ?? text(container, "resources", "limits", name);
    return { init, amount: amountOf(said) ?? 0 };
  });
  const together = asks.filter(({ init }) => !init).reduce((sum, { amount }) => sum + amount, 0);
  return Math.max(together, ...asks.filter(({ init }) => init).map(({ amount }) => amount));
}
