import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { fits, labelsOf, nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { amountOf } from "../../kubernetes/quantity.ts";
import { NAMESPACE, NODE_POOL } from "../../kubernetes/types.ts";
import { type Bag, bag, bags, isSet, number, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { CLUSTER_QUEUES, GPU, quotasOf, RESOURCE_FLAVORS, selects } from "./pools.ts";

const LOCAL_QUEUES = ["v1beta1", "v1beta2"].map((version) => `kubernetes:kueue.x-k8s.io/${version}:LocalQueue`);

interface Limits {
  /** GPUs of pools that other stacks make, by the name of their flavor. */
  limits: Record<string, number>;
}

/** A queue without a selector of its own serves every namespace: its quota is no longer that of a team. */
export const GPU_11 = stackRule<Limits>({
  id: "GPU-11",
  title: "A queue serves the namespaces of one team, borrows no more than its pool has, and gets back what it lent",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation:
    "Give the ClusterQueue a `namespaceSelector` with labels of one team, point its LocalQueue at it, and set `reclaimWithinCohort: Any` in a cohort. Name the labels of nodes in each ResourceFlavor.",
  parameters: { dev: { limits: { training: 2 } }, staging: { limits: { training: 8 } }, prod: { limits: { training: 64 } } },
  relate: (resources, { limits }) => {
    const queues = resources.filter(({ type }) => CLUSTER_QUEUES.includes(type));
    return together(
      () => ofEach(queues, (queue) => ofQueue(queue, resources, limits)),
      () =>
        ofEach(
          resources.filter(({ type }) => LOCAL_QUEUES.includes(type)),
          (queue) => ofTeam(queue, queues, resources),
        ),
      () =>
        ofEach(
          resources.filter(({ type }) => RESOURCE_FLAVORS.includes(type)),
          flavorFaults,
        ),
    );
  },
});

function ofQueue(queue: Resource, resources: readonly Resource[], limits: Record<string, number>): Finding[] {
  return together(
    () => selection(queue),
    () => returned(queue),
    () => borrowed(queue, resources, limits),
  );
}

/** Whether a selector names what it wants: a label with its value, or one of some values. */
const isNamed = (selector: Bag): boolean =>
  Object.keys(bag(selector, "matchLabels")).length > 0 ||
  bags(selector, "matchExpressions").some((each) => text(each, "operator") === "In" && texts(each, "values").length > 0);

function selection(resource: Resource): Fault[] {
  const selector = bag(resource.inputs, "spec", "namespaceSelector");
  const got = isSet(resource.inputs, "spec", "namespaceSelector") ? JSON.stringify(selector) : "nothing, which is no namespace";
  return unless(isNamed(selector), {
    resource,
    property: "spec.namespaceSelector",
    got,
    want: "labels of one team's namespaces, with their values",
  });
}

function returned(resource: Resource): Fault[] {
  const { inputs } = resource;
  const shares = isSet(inputs, "spec", "cohortName") || isSet(inputs, "spec", "cohort");
  // Kueue's default.
  const got = text(inputs, "spec", "preemption", "reclaimWithinCohort") ?? "Never";
  return unless(!shares || got !== "Never", {
    resource,
    property: "spec.preemption.reclaimWithinCohort",
    got,
    want: "Any or LowerPriority, or others keep what they borrowed",
  });
}

/** Its own share and what it may borrow, GPUs. */
function borrowed(resource: Resource, resources: readonly Resource[], limits: Record<string, number>): Fault[] {
  return quotasOf(resource).flatMap(({ flavor, quota }) => {
    const most = poolOf(flavor, resources) ?? number(limits, flavor);
    const said = text(quota, "borrowingLimit");
    const limit = amountOf(said);
    return text(quota, "name") !== GPU || most === undefined || limit === undefined
      ? []
      : unless(limit <= most, {
          resource,
          property: "spec.resourceGroups.borrowingLimit",
          got: said ?? "",
          want: `at most ${most}, the GPUs of '${flavor}'`,
        });
  });
}

function poolOf(flavor: string, resources: readonly Resource[]): number | undefined {
  const object = resources.find((each) => RESOURCE_FLAVORS.includes(each.type) && nameOf(each) === flavor);
  const pools = object === undefined ? [] : resources.filter((each) => each.type === NODE_POOL && selects(object, each));
  const sizes = pools.map(({ inputs }) => amountOf(text(inputs, "spec", "limits", GPU)));
  return sizes.length === 0 || sizes.includes(undefined) ? undefined : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

/** A LocalQueue hands the jobs of its namespace to a quota that is meant for them. */
function ofTeam(resource: Resource, queues: readonly Resource[], resources: readonly Resource[]): Fault[] {
  const name = text(resource.inputs, "spec", "clusterQueue") ?? "nothing";
  const queue = queues.find((each) => nameOf(each) === name);
  if (queue === undefined) {
    const want = "a ClusterQueue of this stack";
    return unless(queues.length === 0, { resource, property: "spec.clusterQueue", got: name, want });
  }
  const home = resources.find((each) => each.type === NAMESPACE && nameOf(each) === namespaceOf(resource));
  const wanted = bag(queue.inputs, "spec", "namespaceSelector", "matchLabels");
  const labels = home === undefined ? {} : { ...labelsOf(home), "kubernetes.io/metadata.name": nameOf(home) };
  return home === undefined || fits(wanted, labels)
    ? []
    : [{ resource, property: "spec.clusterQueue", got: name, want: "a queue whose selector fits this namespace's labels" }];
}

function flavorFaults(resource: Resource): Fault[] {
  const labels = bag(resource.inputs, "spec", "nodeLabels");
  const keyless = bags(resource.inputs, "spec", "tolerations").some((each) => !isSet(each, "key"));
  return [
    ...unless(Object.keys(labels).length > 0, {
      resource,
      property: "spec.nodeLabels",
      got: "nothing, which is every node",
      want: "labels of one pool",
    }),
    ...unless(!keyless, {
      resource,
      property: "spec.tolerations",
      got: "a toleration of every taint",
      want: "tolerations that name their taint",
    }),
  ];
}
