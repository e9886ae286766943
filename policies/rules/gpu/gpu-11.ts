import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { expressionsShown, fits, labelsOf, nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { NAMESPACE } from "../../kubernetes/types.ts";
import { type Bag, bag, bags, isSet, shown, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { CLUSTER_QUEUES, LOCAL_QUEUES, quotasOf, RESOURCE_FLAVORS } from "./pools.ts";

interface Flavors {
  /** Flavors that other stacks make. */
  flavors: readonly string[];
}

const MILLRACE: Flavors = { flavors: ["training", "cpu"] };

export const GPU_11 = stackRule<Flavors>({
  id: "GPU-11",
  title: "A queue serves one team, starts what it accepts, and hands out nodes that exist",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation:
    "Select the team's namespaces by a label with its value. Leave `stopPolicy` out, set `reclaimWithinCohort: Any` and `borrowWithinCohort: { policy: Never }`. Give a flavor the labels of its nodes and a toleration of each of their taints by key.",
  parameters: { dev: MILLRACE, staging: MILLRACE, prod: MILLRACE },
  elsewhere: { flavors: [] },
  types: [...CLUSTER_QUEUES, ...LOCAL_QUEUES, ...RESOURCE_FLAVORS],
  relate: (resources, { flavors }) => {
    const known = new Set([...flavors, ...resources.filter(({ type }) => RESOURCE_FLAVORS.includes(type)).map(nameOf)]);
    return together(
      () => ofEach(ofTypes(resources, CLUSTER_QUEUES), (queue) => clusterQueue(queue, known)),
      () => ofEach(ofTypes(resources, LOCAL_QUEUES), (queue) => localQueue(queue, resources)),
      () => ofEach(ofTypes(resources, RESOURCE_FLAVORS), flavorFaults),
    );
  },
});

const ofTypes = (resources: readonly Resource[], types: readonly string[]): Resource[] =>
  resources.filter(({ type }) => types.includes(type));

function clusterQueue(resource: Resource, flavors: ReadonlySet<string>): Finding[] {
  const spec = bag(resource.inputs, "spec");
  const preemption = bag(spec, "preemption");
  const shared = text(spec, "cohortName") ?? text(spec, "cohort");
  const wrong = (property: string, got: string, want: string): Fault => ({ resource, property: `spec.${property}`, got, want });
  return together(
    () => unless(namesNamespaces(spec), wrong("namespaceSelector", selectorShown(spec), "a label with its value")),
    () => running(resource),
    () => {
      const got = text(preemption, "reclaimWithinCohort") ?? "Never";
      const holds = shared === undefined || got !== "Never";
      return unless(holds, wrong("preemption.reclaimWithinCohort", got, "Any, so that a team gets its own share back"));
    },
    () => {
      const got = text(preemption, "borrowWithinCohort", "policy") ?? "Never";
      return unless(
        got === "Never",
        wrong("preemption.borrowWithinCohort.policy", got, "Never: what is borrowed ends no other job"),
      );
    },
    () =>
      [...new Set(quotasOf(resource).map(({ flavor }) => flavor))].flatMap((got) =>
        unless(
          flavors.size === 0 || flavors.has(got),
          wrong("resourceGroups", got, `a flavor that exists (${[...flavors].join(", ")})`),
        ),
      ),
  );
}

const namesNamespaces = (spec: Bag): boolean =>
  Object.keys(bag(spec, "namespaceSelector", "matchLabels")).length > 0 ||
  bags(spec, "namespaceSelector", "matchExpressions").some(
    (each) => text(each, "operator") === "In" && texts(each, "values").length > 0,
  );

const selectorShown = (spec: Bag): string =>
  expressionsShown(bag(spec, "namespaceSelector")) ||
  (isSet(spec, "namespaceSelector") ? "every namespace" : "nothing, which is no namespace");

function running(resource: Resource): Fault[] {
  const got = text(resource.inputs, "spec", "stopPolicy") ?? "None";
  return unless(got === "None", { resource, property: "spec.stopPolicy", got, want: "None: a held queue starts no job" });
}

/** The queue behind it must select the namespace, if the stack has both. */
function localQueue(resource: Resource, resources: readonly Resource[]): Finding[] {
  const property = "spec.clusterQueue";
  const want = "a ClusterQueue that selects the namespace of the LocalQueue";
  return together(
    () => running(resource),
    () => {
      const got = text(resource.inputs, "spec", "clusterQueue") ?? "nothing";
      const queues = ofTypes(resources, CLUSTER_QUEUES);
      const behind = queues.find((each) => nameOf(each) === got);
      const namespace = resources.find((each) => each.type === NAMESPACE && nameOf(each) === namespaceOf(resource));
      const selected =
        behind === undefined
          ? queues.length === 0
          : namespace === undefined ||
            fits(bag(behind.inputs, "spec", "namespaceSelector", "matchLabels"), {
              "kubernetes.io/metadata.name": nameOf(namespace),
              ...labelsOf(namespace),
            });
      return unless(selected, { resource, property, got, want });
    },
  );
}

function flavorFaults(resource: Resource): Fault[] {
  const spec = bag(resource.inputs, "spec");
  const tolerations = bags(spec, "tolerations");
  const wrong = (property: string, got: string, want: string): Fault => ({ resource, property: `spec.${property}`, got, want });
  const unmet = bags(spec, "nodeTaints").filter((taint) => !tolerations.some((each) => text(each, "key") === text(taint, "key")));
  return [
    ...unless(Object.keys(bag(spec, "nodeLabels")).length > 0, wrong("nodeLabels", "nothing", "labels of the pool's nodes")),
    ...unmet.map((taint) => wrong("tolerations", "nothing", `a list with a toleration of ${shown(taint["key"])}`)),
    ...tolerations.flatMap((each, index) =>
      unless((text(each, "key") ?? "") !== "", wrong(`tolerations[${index}].key`, "nothing", "the key of one taint")),
    ),
  ];
}
