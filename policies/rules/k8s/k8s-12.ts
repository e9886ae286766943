import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { SERVES, TEAM } from "../../kubernetes/labels.ts";
import { labelsOf, nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { LIMIT_RANGE, NAMESPACE, RESOURCE_QUOTA } from "../../kubernetes/types.ts";
import { bags, hasKey, number, shown, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** Priorities of Kubernetes itself: their pods push all others off a node (Kubernetes documentation, "Guaranteed Scheduling For Critical Add-On Pods"). */
const CRITICAL = ["system-cluster-critical", "system-node-critical"];

/** Services that a namespace may not make: each opens a way in next to the gateway. */
const NO_SERVICES = ["services.loadbalancers", "services.nodeports"];

/** Priorities of a program itself, above those of pods of teams. */
const OWN = { priorities: ["millrace-platform"] };

export const K8S_12 = stackRule<typeof OWN>({
  id: "K8S-12",
  title: "A team's namespace has a limited number of pods, opens no way in, and cannot take the system's priority",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 4.6.1"],
  remediation: `Give the namespace a ResourceQuota with \`pods\`, \`${NO_SERVICES.join(": 0`, `")}: 0\`, one with \`pods: 0\` for the priorities ${CRITICAL.join(" and ")}, and a LimitRange. Millrace's \`Team\` makes them.`,
  types: [NAMESPACE, RESOURCE_QUOTA, LIMIT_RANGE],
  parameters: { dev: OWN, staging: OWN, prod: OWN },
  elsewhere: { priorities: [] },
  relate: (resources, { priorities }) => {
    const quotas = resources.filter(({ type }) => type === RESOURCE_QUOTA);
    return ofEach(
      resources.filter((each) => each.type === NAMESPACE && [TEAM, SERVES].some((label) => hasKey(labelsOf(each), label))),
      (namespace) => limited(namespace, ofNamespace(quotas, namespace), resources, [...CRITICAL, ...priorities]),
    );
  },
});

const ofNamespace = (objects: readonly Resource[], namespace: Resource): Resource[] =>
  objects.filter((each) => namespaceOf(each) === nameOf(namespace));

function limited(
  namespace: Resource,
  quotas: readonly Resource[],
  resources: readonly Resource[],
  priorities: readonly string[],
): Finding[] {
  const general = quotas.filter(({ inputs }) => !hasKey(inputs, "spec", "scopeSelector") && !hasKey(inputs, "spec", "scopes"));
  // What is wrong with a quota is said of it; where there is none, of the namespace.
  const at = (quota: Resource | undefined, key: string, got: string, want: string): Fault =>
    quota === undefined
      ? { resource: namespace, property: `quota of ${key}`, got, want }
      : { resource: quota, property: `spec.hard.${key}`, got, want };
  const most = (key: string): { quota: Resource | undefined; got: number | undefined } => {
    const quota = general.find(({ inputs }) => hasKey(inputs, "spec", "hard", key));
    return { quota: quota ?? general[0], got: number(quota?.inputs, "spec", "hard", key) };
  };
  return together(
    () => {
      const { quota, got } = most("pods");
      return unless(got !== undefined, at(quota, "pods", "nothing", "a number"));
    },
    ...NO_SERVICES.map((key) => () => {
      const { quota, got } = most(key);
      return unless(got === 0, at(quota, key, shown(got), "0"));
    }),
    ...priorities.map((priority) => () => {
      const quota = quotas.find((each) => isAbout(each, priority));
      const first = quotas.find((each) => CRITICAL.some((one) => isAbout(each, one)));
      const got = number(quota?.inputs, "spec", "hard", "pods");
      return unless(
        got === 0,
        at(
          quota ?? (CRITICAL.includes(priority) ? undefined : first),
          quota === undefined ? `pods of priority ${priority}` : "pods",
          shown(got),
          `0 for ${priority}`,
        ),
      );
    }),
    () => {
      const holds = resources.some((each) => each.type === LIMIT_RANGE && namespaceOf(each) === nameOf(namespace));
      const want = "a LimitRange with defaults, so that a quota refuses no pod without requests";
      return unless(holds, { resource: namespace, property: "LimitRange", got: "nothing", want });
    },
  );
}

const isAbout = ({ inputs }: Resource, priority: string): boolean =>
  bags(inputs, "spec", "scopeSelector", "matchExpressions").some((each) => texts(each, "values").includes(priority));
