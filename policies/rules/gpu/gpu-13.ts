import { type Fault, ofEach, unless } from "../../findings.ts";
import { nameOf } from "../../kubernetes/objects.ts";
import { numberOr } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { PRIORITY_CLASSES } from "./pools.ts";

/** Words of names, from the last served to the first. */
const RANKS: readonly (readonly string[])[] = [
  ["lowest", "idle"],
  ["low", "batch", "background"],
  ["middle", "medium", "normal", "default", "standard"],
  ["high", "important", "urgent"],
  ["highest", "critical"],
];

/** Whoever asks for low priority must wait, and whoever asks for high priority must not: people read the name, the scheduler the value. */
export const GPU_13 = stackRule({
  id: "GPU-13",
  title: "Priorities are in the order of their names",
  severity: "medium",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation: "Give the class with the lower name the lower `value`, such as -1000 for `low` and 1000 for `high`.",
  types: PRIORITY_CLASSES,
  relate: (resources) => {
    const ranked = resources.filter(({ type }) => PRIORITY_CLASSES.includes(type));
    return ofEach(ranked, (lower) =>
      rankOf(lower) < 0
        ? []
        : ranked
            .filter((higher) => kindOf(higher) === kindOf(lower) && rankOf(higher) > rankOf(lower))
            .flatMap((higher) => misplaced(lower, higher)),
    );
  },
});

/** Jobs of queues and pods have priorities of their own. */
const kindOf = ({ type }: Resource): string => type.split(":").at(-1) ?? "";

const valueOf = ({ inputs }: Resource): number => numberOr(0, inputs, "value");

/** What has no class has 0: a lower one above that is the one that is wrong, else the higher one is. */
function misplaced(lower: Resource, higher: Resource): Fault[] {
  const [less, more] = [valueOf(lower), valueOf(higher)];
  const [resource, other, want] = less > 0 ? [lower, higher, "less"] : [higher, lower, "more"];
  return unless(less < more, {
    resource,
    property: "value",
    got: String(valueOf(resource)),
    want: `${want} than ${valueOf(other)}, which '${nameOf(other)}' has`,
  });
}

/** By the words of a name, such as `gpu-low`; -1 where it says nothing about an order. */
function rankOf(resource: Resource): number {
  const words = nameOf(resource)
    .toLowerCase()
    .split(/[^a-z]+/);
  return RANKS.findIndex((rank) => rank.some((word) => words.includes(word)));
}
