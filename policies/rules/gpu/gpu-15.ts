import type { Fault } from "../../findings.ts";
import { NAMESPACE_NAME, TEAM } from "../../kubernetes/labels.ts";
import { nameOf } from "../../kubernetes/objects.ts";
import { type Bag, bag, bags, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";
import { answerOf, type Question } from "../k8s/answers.ts";
import { GUARDS, type Guard, type Passer } from "./passers.ts";

/** Whoever reads the policy sees a check; only an object that should be refused shows whether it is the right one. */
export const GPU_15 = rule({
  id: "GPU-15",
  title: "The guards of the queues refuse pods and jobs that no queue counts",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation:
    "Leave both policies as Millrace's `QueueGuard` makes them. More checks may stand beside its own, and more conditions only where they leave no pod of a team out.",
  types: ["v1", "v1beta1"].map((version) => `kubernetes:admissionregistration.k8s.io/${version}:ValidatingAdmissionPolicy`),
  check: (resource) => {
    const guard = GUARDS.get(nameOf(resource));
    return guard === undefined ? [] : faultsOf(resource, guard);
  },
});

function faultsOf(resource: Resource, guard: Guard): Fault[] {
  const spec = bag(resource.inputs, "spec");
  const constraints = bag(spec, "matchConstraints");
  const seen = bags(constraints, "resourceRules").filter((each) => names(each, guard));
  if (seen.length === 0 || !holdsTeams(bag(constraints, "namespaceSelector"))) {
    const [property, want] =
      seen.length === 0
        ? ["resourceRules", `a list with '${guard.kind}' of the group '${guard.group}', in v1`]
        : ["namespaceSelector", `the label '${TEAM}', which namespaces of teams have`];
    return [{ resource, property: `spec.matchConstraints.${property}`, got: "another one", want }];
  }
  const operations = new Set(seen.flatMap((each) => texts(each, "operations")));
  const missed = guard.passers.find(
    (passer) => (!operations.has("*") && !operations.has(passer.operation)) || isLetThrough(spec, passer),
  );
  return missed === undefined
    ? []
    : [{ resource, property: "spec.validations", got: `no refusal of ${missed.what}`, want: "checks that refuse it" }];
}

const names = (listed: Bag, { group, kind }: Guard): boolean =>
  [["apiGroups", group] as const, ["apiVersions", "v1"] as const].every(([key, value]) =>
    ["*", value].some((each) => texts(listed, key).includes(each)),
  ) &&
  ["*", "*/*", kind].some((each) => texts(listed, "resources").includes(each)) &&
  text(listed, "scope") !== "Cluster";

/** Labels of a team's namespace. Its team may be any. */
const OF_TEAM: Readonly<Record<string, string>> = { [TEAM]: "any", [NAMESPACE_NAME]: "team-any" };

function holdsTeams(selector: Bag): boolean {
  const labels = bag(selector, "matchLabels");
  return (
    Object.keys(labels).every((key) => OF_TEAM[key] === text(labels, key)) &&
    bags(selector, "matchExpressions").every((each) => {
      const value = OF_TEAM[text(each, "key") ?? ""];
      const isListed = value !== undefined && texts(each, "values").includes(value);
      switch (text(each, "operator")) {
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        case "NotIn":
          return !isListed;
        default:
          return isListed;
      }
    })
  );
}

/** Whether a guard surely admits an object. What cannot be read may refuse it. */
function isLetThrough(spec: Bag, passer: Passer): boolean {
  const question = questionOf(spec, passer);
  const answers = (list: string) => bags(spec, list).map((each) => answerOf(text(each, "expression") ?? "", question));
  const conditions = answers("matchConditions");
  if (conditions.includes(false)) {
    return true;
  }
  return conditions.every((answer) => answer === true) && answers("validations").every((answer) => answer === true);
}

const questionOf = (spec: Bag, { operation, object, before }: Passer): Question => ({
  names: {
    object,
    oldObject: before,
    request: {
      operation,
      name: "a",
      namespace: "team-any",
      dryRun: false,
      userInfo: { username: "someone", groups: ["system:authenticated"] },
    },
    namespaceObject: { metadata: { name: "team-any", labels: OF_TEAM } },
  },
  variables: Object.fromEntries(
    bags(spec, "variables").map((each) => [text(each, "name") ?? "", text(each, "expression") ?? ""]),
  ),
});
