import { type Finding, together, unless } from "../../findings.ts";
import { KINDS } from "../../kubernetes/chart-values/tree.ts";
import { amountOf } from "../../kubernetes/quantity.ts";
import { at, shown } from "../../read.ts";

/** What stands wrong in the resources of a container (Kubernetes API, ResourceRequirements). */
export const strangeResources = (resources: object, property: string): Finding[] =>
  together(
    Object.keys(resources).map((key) => () => {
      const place = `${property}.${key}`;
      if (key === "requests" || key === "limits") {
        return strangeAmounts(at(resources, key), place);
      }
      return unless(key === "claims", { property: place, got: key, want: KINDS.r });
    }),
  );

/** Names of resources that Kubernetes knows. Others have the domain of whoever offers them. */
const NAME = /^(cpu|memory|ephemeral-storage|hugepages-\d+([KMGT]i)?|[\w.-]+\/[\w.-]+)$/;
const NAMES = "cpu, memory, ephemeral-storage, hugepages-<size> or a name with a domain and /";

function strangeAmounts(amounts: unknown, property: string): Finding[] {
  if (amounts === undefined || amounts === "") {
    return [];
  }
  if (typeof amounts !== "object" || amounts === null || Array.isArray(amounts)) {
    return [
      { property, got: Array.isArray(amounts) ? "a list" : shown(amounts), want: `a map from resources, ${NAMES}, to amounts` },
    ];
  }
  return together(
    Object.keys(amounts).map((name) => () => {
      const place = `${property}.${name}`;
      if (!NAME.test(name)) {
        return [{ property: place, got: name, want: `the name of a resource: ${NAMES}` }];
      }
      const amount = at(amounts, name);
      return unless(amount === undefined || isAmount(amount), {
        property: place,
        got: shown(amount),
        want: "an amount without blanks that is not negative, as 2, 250m or 768Mi",
      });
    }),
  );
}

/** Whether the API server takes a value for an amount, or a template in the values says it. */
const isAmount = (value: unknown): boolean =>
  typeof value === "number"
    ? Number.isFinite(value) && value >= 0
    : typeof value === "string" && (value.includes("{{") || (!/\s/.test(value) && (amountOf(value) ?? -1) >= 0));
