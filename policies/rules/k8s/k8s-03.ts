import { type Fault, together, unless } from "../../findings.ts";
import { CONTAINERS, everyContainer, PODS } from "../../kubernetes/pod-expressions.ts";
import { amountOf } from "../../kubernetes/quantity.ts";
import { containersOf, type Pod, podsOf, WORKLOADS } from "../../kubernetes/workloads.ts";
import { type Bag, bag, bags, isSet, shown, text } from "../../read.ts";
import { levels, rule } from "../../rule.ts";

export const K8S_03 = rule({
  id: "K8S-03",
  title: "Every container has requests for CPU and memory and a limit for memory, and so has each volume in memory",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation:
    'Set `resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "512Mi" } }`, with the values that it needs when it is busy. A LimitRange in the namespace fills in missing requests.',
  peers: ["CKV_K8S_10", "CKV_K8S_11", "CKV_K8S_12", "CKV_K8S_13", "KSV-0015", "KSV-0016", "KSV-0018", "polaris", "kube-linter"],
  types: WORKLOADS,
  check: (resource) =>
    together(
      podsOf(resource)
        .flatMap(containersOf)
        .map(
          ({ path, container }) =>
            () =>
              oddAmounts(bag(container, "resources"), `${path}.resources`),
        ),
      podsOf(resource)
        // Resources of the pod apply to all its containers together (Kubernetes 1.34).
        .filter(({ spec }) => missing(bag(spec, "resources")).length > 0)
        .flatMap(containersOf)
        .filter(({ ephemeral }) => !ephemeral)
        .map(
          ({ path, container }) =>
            () =>
              missing(bag(container, "resources")).map((property) => ({
                property: `${path}.resources.${property}`,
                got: "nothing",
                want: "a quantity",
              })),
        ),
      podsOf(resource).map((pod) => () => unboundedMemory(pod)),
    ),
  admission: {
    objects: [PODS],
    variables: [CONTAINERS],
    validations: [
      {
        // The API server has copied limits to missing requests and applied the namespace's LimitRange by now. A limit is not asked for:
        // pods come from Jobs here, which would hang, and a default limit would refuse those that ask for more.
        expression: `has(object.spec.resources) || ${everyContainer(
          "has(c.resources) && has(c.resources.requests) && 'cpu' in c.resources.requests && 'memory' in c.resources.requests",
        )}`,
        message: "a container must have requests: set resources.requests.cpu and resources.requests.memory",
      },
    ],
  },
});

/** A limit is also a request, unless one is made (Kubernetes documentation, "Resource Management for Pods and Containers"). */
function missing(resources: Bag): string[] {
  const has = (kind: "requests" | "limits", name: string): boolean => isSet(resources, kind, name);
  return [
    ...(has("requests", "cpu") || has("limits", "cpu") ? [] : ["requests.cpu"]),
    ...(has("requests", "memory") || has("limits", "memory") ? [] : ["requests.memory"]),
    ...(has("limits", "memory") ? [] : ["limits.memory"]),
  ];
}

/** A volume in memory counts as memory of the container that writes to it, which it ends when it is full. */
function unboundedMemory({ path, spec }: Pod): Fault[] {
  const limitOf = (holder: Bag): number | undefined => amountOf(text(holder, "resources", "limits", "memory"));
  const all = containersOf({ path, spec })
    .filter(({ ephemeral }) => !ephemeral)
    .reduce((sum, { container }) => sum + (limitOf(container) ?? Infinity), 0);
  const most = limitOf(spec) ?? all;
  return bags(spec, "volumes").flatMap((volume, index) => {
    const got = text(volume, "emptyDir", "sizeLimit");
    const size = amountOf(got);
    return unless((text(volume, "emptyDir", "medium") ?? "") === "" || (size !== undefined && size > 0 && size <= most), {
      property: `${path}.volumes[${index}].emptyDir.sizeLimit`,
      got: shown(got),
      want: "an amount, at most the limits of memory of the pod's containers",
    });
  });
}

/** Less memory than any program needs: a unit was left out, or thousandths were meant to be millions. */
const LEAST_BYTES = 2 ** 20;

/** Amounts that the API server refuses, or that no container can start with. */
function oddAmounts(resources: Bag, path: string): Fault[] {
  const said = (kind: string, name: string): string | undefined => text(resources, kind, name);
  return ["cpu", "memory"].flatMap((name): Fault[] => {
    const [request, limit] = [said("requests", name), said("limits", name)];
    const [least, most] = [amountOf(request), amountOf(limit)];
    const small = name === "memory" ? [["requests", request, least] as const, ["limits", limit, most] as const] : [];
    return [
      ...small.flatMap(([kind, got, bytes]) =>
        unless(bytes === undefined || bytes >= LEAST_BYTES, {
          property: `${path}.${kind}.${name}`,
          got: got ?? "",
          want: "an amount with its unit, such as 128Mi",
        }),
      ),
      ...unless(least === undefined || most === undefined || least <= most, {
        property: `${path}.requests.${name}`,
        got: request ?? "",
        want: `at most the limit, ${limit ?? ""}`,
      }),
    ];
  });
}
