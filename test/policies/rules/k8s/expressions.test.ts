import { describe, expect, it } from "vitest";
import { isConstant, neverHolds, passIn, selfSaidIn } from "#policies/rules/k8s/expressions";

describe("a check of an admission policy", () => {
  it.each([
    "true",
    "!false",
    "!(!(true))",
    "1 == 1",
    "'a' in ['a']",
    "2 > 1",
    "object.spec.x == object.spec.x",
    "object.spec.x == object.spec['x']",
    "dyn(object.spec.x) == object.spec.x",
    "object.spec.x <= object.spec.x",
    "!(object.spec.x != object.spec.x)",
    "!(object.spec.x < object.spec.x)",
    "object.spec.x || true",
    "true || object.spec.x",
    "object.spec.x || (1 < 2)",
    "object.spec.x == 1 || object.spec.x != 1",
    "object.spec.x < 3 || object.spec.x >= 3",
    "has(object.spec.x) || !has(object.spec.x)",
    "has(object.spec.x) ? true : true",
    "has(object.spec.x) ? true : !has(object.spec.x)",
    "!(has(object.spec.x) && !has(object.spec.x))",
    "(has(object.a) && has(object.b)) || !has(object.a) || !has(object.b)",
    "object.spec.containers.size() >= 0",
    "size(object.spec.containers) >= 0",
    "0 <= size(object.spec.containers)",
    "size(object.spec.containers) > -1",
    "size(object.spec.containers) != -1",
    "size(object.metadata.name) > 0",
    "object.metadata.name.size() != 0",
    "object.metadata.name != ''",
    "object != null",
    "has(object.metadata)",
    "has(object.metadata.name)",
    "object.metadata.name.startsWith('')",
    'object.spec.x.contains("")',
    "object.spec.x.matches('.*')",
    "object.spec.x.matches(r'^.*$')",
    "object.spec.x in [object.spec.x]",
    "object.spec.x in ['a', object.spec.x]",
    "object.spec.containers.all(c, true)",
    "object.spec.containers.all(c, c.image == c.image)",
    "!object.spec.containers.exists(c, false)",
    "[].all(c, object.spec.x)",
    "cel.bind(x, object.spec.x, x == x)",
    "[object.spec.x].size() == 1",
    "true // object.spec.x",
  ])("cannot fail: %s", (expression) => expect(isConstant(expression)).toBe(true));

  it.each([
    "object.spec.x == object.spec.y",
    "object.spec.x == oldObject.spec.x",
    "!has(object.spec.x) || object.spec.x == 1",
    "has(object.spec.x) ? object.spec.x : true",
    "size(object.spec.containers) > 0",
    "object.spec.containers.size() >= 1",
    "object.spec.containers.all(c, has(c.image))",
    "object.spec.containers.exists(c, true)",
    "object.spec.x.startsWith('a')",
    "object.spec.x.matches('^[a-z].*')",
    "object.spec.x in ['a', 'b']",
    "object.spec.x in params.allowed",
    "object.metadata.name != 'true'",
    "object.spec.?x.orValue(0) < 3",
    "object.spec.x < 3 || object.spec.y >= 3",
    "object.spec.x[?0].hasValue()",
    "{'a': 1}[object.spec.x] == 1",
    "object.spec.x == 1 ? object.spec.y == 2 : object.spec.z == 3",
    "(((((",
    "object.spec.x ==",
    "",
  ])("can fail, or is refused by the API server: %s", (expression) => expect(isConstant(expression)).toBe(false));

  it("may be longer than every combination of its questions could be tried", () => {
    const many = Array.from({ length: 40 }, (_, index) => `object.spec.a${index} == 1`);
    expect(isConstant(many.join(" || "))).toBe(false);
    expect(isConstant(`${many.join(" || ")} || true`)).toBe(true);
    expect(isConstant("(".repeat(100_000))).toBe(false);
  });

  it.each([
    "object.spec.x || 'skip' in object.metadata.labels",
    "object.metadata.?annotations['a/exempt'].orValue('') == 'true' || object.spec.x",
    "!(object.spec.x && !('bypass' in object.metadata.labels))",
    "'skip' in object.metadata.labels ? true : object.spec.x",
    "object.metadata.name == 'a' || object.spec.x",
    "object['metadata']['labels']['a/skip'] == 'x' || object.spec.x",
  ])("is passed by what an object says of itself: %s", (expression) => expect(passIn(expression)).toBeDefined());

  it.each([
    "'team' in object.metadata.labels",
    "!object.spec.x || 'team' in object.metadata.labels",
    "object.spec.type != 'LoadBalancer' || object.metadata.annotations['internal'] == 'true'",
    "!has(object.metadata.annotations) || !('a/skip' in object.metadata.annotations)",
  ])("is not: %s", (expression) => expect(passIn(expression)).toBeUndefined());
});

describe("a condition of an admission policy", () => {
  it.each([
    "false",
    "!true",
    "has(object.a) && false",
    "object.a != object.a",
    "has(object.a) && !has(object.a)",
    "size(object.a) < 0",
  ])("never holds: %s", (expression) => expect(neverHolds(expression)).toBe(true));

  it.each(["has(object.a)", "object.a != oldObject.a", "has(object.a) && !has(object.b)", "request.operation == 'CREATE'"])(
    "may hold: %s",
    (expression) => expect(neverHolds(expression)).toBe(false),
  );

  it.each([
    "!('skip' in object.metadata.labels)",
    "!has(object.metadata.labels.skip)",
    'object["metadata"]["annotations"]["a"] != "b"',
    "object.metadata.?labels.?skip.orValue('') == ''",
    "object.metadata.labels.exists(k, k == 'a')",
    "!object.metadata.name.startsWith('debug-')",
    "object.metadata.generateName == 'a'",
    "request.name != 'a'",
    "oldObject.metadata.labels['a'] == 'b'",
    "size(object.metadata.ownerReferences) == 0",
  ])("lets an object choose: %s", (expression) => expect(selfSaidIn(expression)).toBeDefined());

  it.each([
    "!has(object.metadata.deletionTimestamp)",
    "object.metadata.namespace != 'kube-system'",
    "namespaceObject.metadata.labels['a'] == 'b'",
    "object.metadata.labels != oldObject.metadata.labels",
    "object.spec.labels == 'a'",
    "object.metadata.labelsOf == 'a'",
  ])("does not: %s", (expression) => expect(selfSaidIn(expression)).toBeUndefined());
});
