import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readable, SECRET, Undecided } from "#policies/resource";
import { secret, UNKNOWN } from "../harness/wire.ts";

const sdk = createRequire(import.meta.url)("@pulumi/pulumi/runtime/rpc");

/** Inputs as loosely typed as a program writes them. */
const loose = (value: unknown): any => readable(value as object);

describe("readable", () => {
  it("leaves what is known as it is", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(JSON.parse(JSON.stringify(loose(value)))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("throws where a value is not known, with the way down to it, and only there", () => {
    const inputs = loose({ a: { list: ["known", UNKNOWN] }, b: 1 });
    expect(inputs.b).toBe(1);
    expect(inputs.a.list[0]).toBe("known");
    expect(() => inputs.a.list[1]).toThrow(new Undecided("a.list.1"));
    expect(() => inputs.a.list.map((each: string) => each.length)).toThrow("'a.list.1' is not known yet");
    expect(() => JSON.stringify(inputs)).toThrow(Undecided);
    expect(() => ({ ...inputs.a.list })).toThrow(Undecided);
  });

  it("says that something is set without reading it", () => {
    const inputs = loose({ kmsKeyId: UNKNOWN });
    expect("kmsKeyId" in inputs).toBe(true);
    expect("other" in inputs).toBe(false);
    expect(Object.keys(inputs)).toEqual(["kmsKeyId"]);
  });

  it("knows every mark that the SDK puts where a value is not known", () => {
    const marks = Object.entries(sdk).filter(([name, value]) => /^unknown\w*Value$/.test(name) && typeof value === "string");
    expect(marks.length).toBeGreaterThan(0);
    expect(UNKNOWN).toBe(sdk.unknownValue);
    for (const [, mark] of marks) {
      expect(() => loose({ mark }).mark).toThrow(Undecided);
    }
  });

  it("shows that there is a secret, never which", () => {
    const inputs = loose({ password: secret("hunter2"), count: secret(2), none: secret(null) });
    expect({ ...inputs }).toEqual({ password: SECRET, count: SECRET, none: null });
  });

  it("keeps the shape of a secret map or list, so that rules need not know of it", () => {
    const inputs = loose({ data: secret({ key: "hunter2", list: ["hunter2", { deep: "hunter2" }] }) });
    expect(JSON.parse(JSON.stringify(inputs))).toEqual({ data: { key: SECRET, list: [SECRET, { deep: SECRET }] } });
    expect(inputs.data.list.map((each: unknown) => typeof each)).toEqual(["string", "object"]);
    expect(() => loose({ data: secret({ key: UNKNOWN }) }).data.key).toThrow(new Undecided("data.key"));
  });

  it("lets arrays be arrays", () => {
    const { list } = loose({ list: [3, 1, 2] });
    expect(Array.isArray(list)).toBe(true);
    expect([list.length, list.toSorted(), list.filter((each: number) => each > 1), [...list], list.includes(3)]).toEqual([
      3,
      [1, 2, 3],
      [3, 2],
      [3, 1, 2],
      true,
    ]);
  });

  it("is told of unknown values by what Pulumi's SDK writes for them", async () => {
    const written = await sdk.serializeProperties("test", { known: "yes", later: pulumi.unknown });
    expect(() => loose(written).later).toThrow(new Undecided("later"));
    expect(loose(written).known).toBe("yes");
  });
});
