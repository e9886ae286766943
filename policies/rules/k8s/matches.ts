import { type Fault, unless } from "../../findings.ts";
import { NAMESPACE_NAME } from "../../kubernetes/labels.ts";
import { type Bag, bag, bags, isSet, shown, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";

/**
 * What a policy or a webhook does not see, of all that it is about.
 *
 * @param path of the match below the inputs.
 * @param match `matchConstraints` of a policy, or a webhook with its rules as `resourceRules`.
 * @param alwaysNew whether it judges objects as they are, and not how they change.
 */
export function gapsInMatch(resource: Resource, path: string, match: Bag, alwaysNew: boolean): Fault[] {
  const rules = bags(match, "resourceRules");
  const named = path.startsWith("webhooks") ? "rules" : "resourceRules";
  const policy = text(match, "matchPolicy") ?? "Equivalent";
  return [
    ...unless(policy === "Equivalent", {
      resource,
      property: `${path}.matchPolicy`,
      got: policy,
      want: "Equivalent: another version of the API is no way round",
    }),
    ...rules.flatMap((rule, index) => [
      ...operationFaults(resource, `${path}.${named}[${index}]`, rule, rules, alwaysNew),
      ...unless(!isSet(rule, "resourceNames") || texts(rule, "resourceNames").length === 0, {
        resource,
        property: `${path}.${named}[${index}].resourceNames`,
        got: texts(rule, "resourceNames").join(", "),
        want: "left out: whoever makes an object names it",
      }),
    ]),
    ...bags(match, "excludeResourceRules").flatMap((excluded, index) =>
      unless(!rules.some((rule) => takesFrom(excluded, rule)), {
        resource,
        property: `${path}.excludeResourceRules[${index}]`,
        got: ["apiGroups", "resources", "operations"].map((key) => texts(excluded, key).join(", ") || "nothing").join(" · "),
        want: "left out: it takes away what the policy is about",
      }),
    ),
    ...unless(isEmpty(bag(match, "objectSelector")), {
      resource,
      property: `${path}.objectSelector`,
      got: shown(match["objectSelector"]),
      want: "left out: whoever makes an object sets its labels",
    }),
    ...exemptions(bag(match, "namespaceSelector"), text(match, "clientConfig", "service", "namespace")).map((got) => ({
      resource,
      property: `${path}.namespaceSelector`,
      got,
      want: "a label that namespaces must have, or all but the namespaces of the system by name",
    })),
  ];
}

const isEmpty = (selector: Bag): boolean =>
  Object.keys(bag(selector, "matchLabels")).length === 0 && bags(selector, "matchExpressions").length === 0;

/** Objects that are made and never changed: reviews of the API server, and parts of other objects such as `pods/eviction`. */
const NEVER_CHANGED = /reviews?$|^bindings$|\//;

/** What is made well can be changed later, and what may not be changed can be made anew. */
function operationFaults(resource: Resource, path: string, rule: Bag, all: readonly Bag[], alwaysNew: boolean): Fault[] {
  const wanted = texts(rule, "resources").filter((each) => !NEVER_CHANGED.test(each));
  const operations = (of: string): string[] =>
    all
      .filter((each) => meets(texts(each, "apiGroups"), texts(rule, "apiGroups")) && covers(texts(each, "resources"), of))
      .flatMap((each) => texts(each, "operations"));
  const lacks = (of: string): boolean => {
    const asked = operations(of);
    const sees = (operation: string): boolean => asked.includes("*") || asked.includes(operation);
    return (sees("CREATE") && !sees("UPDATE")) || (alwaysNew && sees("UPDATE") && !sees("CREATE"));
  };
  return unless(!wanted.some(lacks), {
    resource,
    property: `${path}.operations`,
    got: texts(rule, "operations").join(", ") || "nothing",
    want: "CREATE and UPDATE",
  });
}

const meets = (some: readonly string[], others: readonly string[]): boolean =>
  some.some((each) => each === "*" || others.includes(each)) || others.includes("*");

/** Whether resources of a rule include one, as Kubernetes reads them: `*` is all but parts, `pods/*` the parts of pods. */
const covers = (resources: readonly string[], one: string): boolean =>
  resources.some(
    (each) =>
      each === one ||
      each === "*/*" ||
      (each === "*" && !one.includes("/")) ||
      (each.endsWith("/*") && one.startsWith(each.slice(0, -1))) ||
      (each.startsWith("*/") && one.endsWith(each.slice(1))),
  );

/** Whether an exclusion takes something away that a rule names. All versions of the API reach the same objects. */
const takesFrom = (excluded: Bag, rule: Bag): boolean =>
  names(excluded, rule, "apiGroups") &&
  names(excluded, rule, "operations") &&
  texts(rule, "resources").some((each) => covers(texts(excluded, "resources"), each));

const names = (excluded: Bag, rule: Bag, key: string): boolean =>
  texts(excluded, key).includes("*") || texts(rule, key).some((each) => each === "*" || texts(excluded, key).includes(each));

const OF_THE_SYSTEM = /^kube-|-system$/;

/** Where a selector lets namespaces choose that they are not looked at. */
const exemptions = (selector: Bag, own: string | undefined): string[] =>
  bags(selector, "matchExpressions")
    .filter((each) => ["NotIn", "DoesNotExist"].includes(text(each, "operator") ?? ""))
    .filter(
      (each) =>
        text(each, "key") !== NAMESPACE_NAME ||
        text(each, "operator") === "DoesNotExist" ||
        !texts(each, "values").every((name) => name === own || OF_THE_SYSTEM.test(name)),
    )
    .map((each) => [shown(each["key"]), shown(each["operator"]), texts(each, "values").join(", ")].join(" ").trimEnd());
