import { type Fault, ofEach, unless } from "../../findings.ts";
import { nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { amountOf } from "../../kubernetes/quantity.ts";
import { LIMIT_RANGE } from "../../kubernetes/types.ts";
import { containersOf, type PodContainer, podsOf, WORKLOADS } from "../../kubernetes/workloads.ts";
import { type Bag, bag, bags, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** The values of a LimitRange, from the smallest to the largest. */
const ORDER = ["min", "defaultRequest", "default", "max"] as const;

export const K8S_17 = stackRule({
  id: "K8S-17",
  title: "A LimitRange admits the pods of its namespace, and its defaults lie between its bounds",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: ["CIS EKS 4.6.1"],
  remediation: "Raise `max` to what the largest pod of the namespace asks for, or leave it out. A ResourceQuota limits the sum.",
  types: [LIMIT_RANGE, ...WORKLOADS],
  relate: (resources) =>
    ofEach(
      resources.filter(({ type }) => type === LIMIT_RANGE),
      (range) => {
        const containers = resources
          .filter((each) => WORKLOADS.includes(each.type) && namespaceOf(each) === namespaceOf(range))
          .flatMap((workload) =>
            podsOf(workload)
              .flatMap(containersOf)
              .map((each): Asking => ({ workload, ...each })),
          );
        return bags(range.inputs, "spec", "limits").flatMap((limit, index) => {
          const at: Limit = { range, limit, path: `spec.limits[${index}]` };
          const ofPods =
            text(limit, "type") === "Container" ? ["cpu", "memory"].flatMap((kind) => refused(containers, kind, at)) : [];
          const told = ofPods.map(({ property }) => property);
          return [...ofPods, ...unordered(at).filter(({ property }) => !told.includes(property))];
        });
      },
    ),
});

/** A container, and who runs it. */
interface Asking extends PodContainer {
  workload: Resource;
}

interface Limit {
  range: Resource;
  limit: Bag;
  path: string;
}

const amount = (holder: Bag, ...path: string[]): number | undefined => amountOf(text(holder, ...path));

function unordered({ range, limit, path }: Limit): Fault[] {
  const names = new Set(ORDER.flatMap((key) => Object.keys(bag(limit, key))));
  return [...names].flatMap((name) => {
    const said = ORDER.filter((key) => amount(limit, key, name) !== undefined);
    return said.slice(1).flatMap((key, index) => {
      const before = said[index] ?? key;
      return unless((amount(limit, before, name) ?? 0) <= (amount(limit, key, name) ?? 0), {
        resource: range,
        property: `${path}.${key}.${name}`,
        got: text(limit, key, name) ?? "",
        want: `at least ${before}, ${text(limit, before, name) ?? ""}`,
      });
    });
  });
}

/** A pod above the bound, or below the least, is never made, and its workload waits without a word. */
function refused(containers: readonly Asking[], kind: string, { range, limit, path }: Limit): Fault[] {
  const [floor, filled, bound] = (["min", "default", "max"] as const).map((key) => amount(limit, key, kind));
  const asked = containers.map(({ workload, container }) => {
    const [request, own] = (["requests", "limits"] as const).map((key) => amount(container, "resources", key, kind));
    return { name: nameOf(workload), request: request ?? own, own, most: Math.max(request ?? 0, own ?? 0) };
  });
  const fault = (key: string, who: (each: (typeof asked)[number]) => boolean, want: string): Fault[] => {
    const found = asked.find(who);
    const got = text(limit, key, kind) ?? "";
    return found === undefined
      ? []
      : [{ resource: range, property: `${path}.${key}.${kind}`, got, want: `${want} '${found.name}' asks for` }];
  };
  return [
    ...fault("max", ({ most }) => bound !== undefined && most > bound, "at least what a container of"),
    ...fault(
      "min",
      ({ request }) => floor !== undefined && request !== undefined && request < floor,
      "at most what a container of",
    ),
    ...fault(
      "default",
      ({ own, most }) => filled !== undefined && own === undefined && most > filled,
      "at least what a container of",
    ),
  ];
}
