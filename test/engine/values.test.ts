import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adoptDrift, containsUnknown, differences, isSecret, restoreSecrets, reveal, secret, UNKNOWN } from "#engine/values";

const json = fc.jsonValue({ maxDepth: 4 });
const paths = (before: unknown, after: unknown): Record<string, string> => Object.fromEntries(differences(before, after));

describe("secrets", () => {
  it("are wrapped once, and come out again at any depth", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(isSecret(secret(value))).toBe(true);
        expect(secret(secret(value))).toEqual(secret(value));
        expect(reveal({ list: [secret(value)], plain: value })).toEqual({ list: [value], plain: value });
      }),
    );
  });

  it("are marked wherever the program had them", () => {
    const pattern = { data: { password: secret("x") }, list: ["a", secret("b")] };
    expect(restoreSecrets({ data: { password: "y", user: "u" }, list: ["c", "d", "e"], other: null }, pattern)).toEqual({
      data: { password: secret("y"), user: "u" },
      list: ["c", secret("d"), "e"],
      other: null,
    });
  });
});

describe("unknown values", () => {
  it("are found at any depth", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(containsUnknown({ a: [value, { b: secret(UNKNOWN) }] })).toBe(true);
      }),
    );
    expect(containsUnknown({ a: ["b", { c: null }] })).toBe(false);
  });
});

describe("differences", () => {
  it("are none between a value and itself, secret or not", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect([paths(value, value), paths(secret(value), value)]).toEqual([{}, {}]);
      }),
    );
  });

  it("are the same seen from the other side, with adding and deleting exchanged", () => {
    const turned = { add: "delete", delete: "add", update: "update" } as const;
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), fc.dictionary(fc.string(), json), (before, after) => {
        const back = [...differences(after, before)].map(([path, change]) => [path, turned[change]]);
        expect(Object.fromEntries(back)).toEqual(paths(before, after));
      }),
    );
  });

  it("are named in the notation of the CLI", () => {
    const before = { spec: { ports: [{ port: 80 }], "app.kubernetes.io/name": "a" }, gone: 1 };
    const after = { spec: { ports: [{ port: 81 }, { port: 82 }], "app.kubernetes.io/name": "b" } };
    expect(paths(before, after)).toEqual({
      "spec.ports[0].port": "update",
      "spec.ports[1]": "add",
      'spec["app.kubernetes.io/name"]': "update",
      gone: "delete",
    });
  });
});

describe("drift", () => {
  it("is taken over, and whatever did not drift keeps its spelling", () => {
    const inputs = { memory: "1024Mi", replicas: 2, key: secret("a"), list: [{ cpu: "1000m" }] };
    const expected = { memory: "1Gi", replicas: 2, key: "a", list: [{ cpu: "1" }], added: true };
    expect(adoptDrift(inputs, { ...expected, replicas: 5, key: "b", list: [{ cpu: "1" }, "y"] }, expected)).toStrictEqual({
      memory: "1024Mi",
      replicas: 5,
      key: secret("b"),
      list: [{ cpu: "1000m" }, "y"],
    });
    expect(adoptDrift(inputs, { memory: "1Gi", key: "a", list: [{ cpu: "1" }], added: true }, expected)).toStrictEqual({
      memory: "1024Mi",
      key: secret("a"),
      list: [{ cpu: "1000m" }],
    });
  });

  it("is none where the object is as it was expected", () => {
    fc.assert(
      fc.property(json, json, (inputs, live) => {
        expect(adoptDrift(inputs, live, live)).toEqual(inputs);
      }),
    );
  });
});
