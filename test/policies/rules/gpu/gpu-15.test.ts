import { describe, expect, it } from "vitest";
import { answerOf } from "#policies/rules/k8s/answers";
import { describeRule } from "../../harness.ts";

const AT = "platform-prod/queues-guard";

describeRule("GPU-15", [
  {
    layer: "platform",
    resource: "queues-guard-pods",
    what: "a guard of pods that looks at jobs",
    change: ({ spec }) => (spec.matchConstraints.resourceRules[0].resources = ["jobs"]),
    says: `${AT}-pods: 'spec.matchConstraints.resourceRules' must be a list with 'pods' of the group '', in v1, got 'another one'`,
    unknown: "spec.matchConstraints",
  },
  {
    layer: "platform",
    resource: "queues-guard-pods",
    what: "a guard of pods that asks for another field",
    change: ({ spec }) => (spec.validations[0].expression = "!has(object.spec.priority) || object.spec.priority < 1000"),
    says: `${AT}-pods: 'spec.validations' must be checks that refuse it, got 'no refusal of a pod with a GPU'`,
  },
  {
    layer: "platform",
    resource: "queues-guard-jobs",
    what: "a guard of other namespaces than those of teams",
    change: ({ spec }) => (spec.matchConstraints.namespaceSelector = { matchLabels: { gpu: "yes" } }),
    says: `${AT}-jobs: 'spec.matchConstraints.namespaceSelector' must be the label 'millrace.dev/team', which namespaces of teams have, got 'another one'`,
  },
  {
    layer: "platform",
    resource: "queues-guard-jobs",
    what: "a guard that does not look into init containers",
    change: ({ spec }) => (spec.variables[0].expression = "object.spec.template.spec.containers"),
    says: `${AT}-jobs: 'spec.validations' must be checks that refuse it, got 'no refusal of a Job with a GPU in an init container in the queue of CPUs'`,
  },
]);

describe("what the API server answers to an expression", () => {
  const question = {
    names: { object: { a: 1, list: [{ x: "one" }, {}], map: { k: "v" } }, oldObject: null },
    variables: { yes: "object.a == 1", circle: "variables.circle", twice: "variables.yes && variables.yes" },
  };

  it.each([
    ["object.a == 1 && has(object.list)", true],
    ["has(object.b) || object.a >= 2", false],
    ["object.b == 1", "error"],
    ["object.b == 1 || object.a == 1", true],
    ["object.a == 1 || object.b == 1", true],
    ["object.b == 1 && object.a == 2", false],
    ["object.list.exists(e, has(e.x) && e.x.startsWith('o'))", true],
    ["object.list.all(e, has(e.x))", false],
    ["object.map.exists(k, k == 'k') && 'k' in object.map", true],
    ["size(object.list + [1]) == 3", true],
    ["object.list.filter(e, has(e.x)).size() == 1", true],
    ["object.a in [1, 2] ? variables.twice : false", true],
    ["object.a", "error"],
    ["object.", "error"],
    ["variables.circle", undefined],
    ["object.map.k.matches('v')", undefined],
    ["oldObject.spec.a == 1", "error"],
  ])("%s: %s", (expression, answer) => expect(answerOf(expression, question)).toBe(answer));
});
